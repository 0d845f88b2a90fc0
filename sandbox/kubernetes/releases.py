"""``kubernetes:helm.sh/v3:Release``: what the provider makes of a Helm release."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sandbox.kubernetes import diff, helm_command, helm_records, naming, release_charts, value_files
from sandbox.kubernetes.backend import Backend, ClusterUnreachableError
from sandbox.kubernetes.charts import ArchiveError, Chart, ChartError, Instance
from sandbox.kubernetes.diff import Diff, Difference
from sandbox.kubernetes.helm_arguments import DEFAULT_TIMEOUT_SECONDS, for_install, for_uninstall, for_upgrade
from sandbox.kubernetes.helm_command import HelmError
from sandbox.kubernetes.helm_records import Stored
from sandbox.kubernetes.kinds import Object, name_of
from sandbox.kubernetes.objects import INPUTS, STANDS_IN, plain, pruned, split_name, with_secrets
from sandbox.kubernetes.provider_error import ProviderError
from sandbox.kubernetes.release_warnings import Warnings, troubles
from sandbox.kubernetes.session import Session
from sandbox.plugin import UNKNOWN, ResourceInitFailed, Secret, contains_unknown

_OUTPUTS: Final = ("resourceNames", "status")
_FLAGS: Final = [
    "atomic",
    "cleanupOnFail",
    "createNamespace",
    "dependencyUpdate",
    "devel",
    "disableCRDHooks",
    "disableOpenapiValidation",
    "disableWebhooks",
    "forceUpdate",
    "lint",
    "recreatePods",
    "renderSubchartNotes",
    "replace",
    "resetValues",
    "reuseValues",
    "skipAwait",
    "skipCrds",
    "verify",
    "waitForJobs",
]


class Releases:
    """Check, diff, create, read, update and delete Helm releases."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(
        self, urn: str, old: Object, new: Object, random_seed: bytes
    ) -> tuple[Object, list[tuple[str, str]]]:
        """The inputs as the provider keeps them, and what is wrong with them as pairs of property and reason.

        A chart that cannot be found is a failure here; values that its schema refuses are one when it is
        installed, as in Helm. Values that the chart does not have are only warned of: Helm takes them and
        nothing reads them.
        """
        inputs = {key: value for key, value in new.items() if value is not None and key not in _OUTPUTS}
        if not inputs.get("name"):
            inputs["name"] = plain(old).get("name") or naming.unique_name(f"{name_of(urn)}-", random_seed)
        inputs["namespace"] = inputs.get("namespace") or self._session.options.namespace
        for flag in _FLAGS:
            inputs.setdefault(flag, False)
        if not plain(inputs).get("skipAwait"):
            inputs.setdefault("timeout", DEFAULT_TIMEOUT_SECONDS)
        values = plain(new.get("values")) or {}
        files = inputs.pop("valueYamlFiles", None)
        if files is UNKNOWN or values is UNKNOWN:
            inputs["values"] = UNKNOWN
        elif files:
            inputs["values"] = with_secrets(
                value_files.merged([*(value_files.read(file) for file in plain(files)), values]),
                new.get("values"),
            )
        else:
            inputs.setdefault("values", {})
        if contains_unknown(plain(new)):
            return inputs, []
        try:
            chart = release_charts.chart(inputs)
        except ArchiveError as error:
            return inputs, [("chart", f"{error}.")]
        except ChartError as error:
            return inputs, [("chart", f"{error}; check the chart name and repository configuration.")]
        inputs["version"] = chart.version
        self._warn(urn, inputs, chart)
        return inputs, []

    def _warn(self, urn: str, inputs: Object, chart: Chart) -> None:
        if chart.stands_in and (others := release_charts.other_versions(inputs)):
            here = ", ".join(others)
            self._session.log.warning(
                urn,
                f"the chart {chart.name} {chart.version} is stood in for: on this computer is only {here}",
            )
        for path in sorted(chart.unknown(plain(inputs["values"]))):
            self._session.log.warning(urn, f'the chart {chart.name} has no value "{path}": Helm ignores it')

    def diff(self, urn: str, state: Object, new: Object, ignored: Sequence[str]) -> Diff:
        """What an update to the new inputs would do.

        A chart that has come to this computer since its stand-in was installed, or has gone from it, is a
        difference too.
        """
        known = plain(state)
        old_inputs = known.pop(INPUTS, None) or {}
        stood_in = known.pop(STANDS_IN, None)
        base = pruned(known, old_inputs)
        found = diff.differences(base, plain(new), ("name", "namespace"), ignored)
        came_or_went = stood_in is not None and release_charts.stands_in(new) not in (None, stood_in)
        if came_or_went and not {"chart"}.intersection(
            (*ignored, *(difference.text for difference in found))
        ):
            found.append(Difference(("chart",), "update", replaces=False))
        return Diff(tuple(found), tuple(difference.text for difference in found if difference.replaces))

    def create(self, urn: str, new: Object, preview: bool, timeout: float = 0.0) -> tuple[str, Object]:
        """Install the release: id and state. In a preview nothing is installed and the id is empty.

        Args:
            urn: the resource.
            new: its inputs, checked.
            preview: install nothing.
            timeout: not heeded: a release has a ``timeout`` of its own.

        Raises:
            ProviderError: Helm refuses, or there is no API server.
            ResourceInitFailed: the release was installed but did not become ready.
        """
        if preview:
            return "", {**_state(new, None), "resourceNames": UNKNOWN, "status": UNKNOWN}
        inputs = plain(new)
        backend = self._backend("create")
        instance = _instance(inputs)
        resource_id = f"{instance.namespace}/{instance.name}"
        stored = self._run(
            urn,
            new,
            backend,
            instance,
            arguments=for_install(inputs),
            summary=f'Helm release "{resource_id}" was created, but failed to initialize completely. ',
        )
        return resource_id, _state(new, stored)

    def update(self, urn: str, state: Object, new: Object, preview: bool, timeout: float = 0.0) -> Object:
        """Upgrade the release: the new state. See :meth:`create`.

        Raises:
            ProviderError: Helm refuses, or there is no API server.
            ResourceInitFailed: the release was upgraded but did not become ready.
        """
        if preview:
            return {**_state(new, None), "resourceNames": UNKNOWN, "status": UNKNOWN}
        backend = self._backend("update")
        instance = _instance(plain(state))
        summary = f'Helm release "{instance.namespace}/{instance.name}" failed to initialize completely. '
        arguments = for_upgrade(plain(new))
        return _state(new, self._run(urn, new, backend, instance, arguments=arguments, summary=summary))

    def read(
        self, urn: str, resource_id: str, state: Object, old: Object
    ) -> tuple[str, Object, Object] | None:
        """The release as it is now: id, state and inputs; None when it is gone.

        Raises:
            ProviderError: there is no API server.
        """
        backend = self._reachable_for_read()
        if backend is None:
            return None
        namespace, name = split_name(resource_id)
        stored = helm_records.look_up(backend, Instance(name, namespace or self._session.options.namespace))
        if stored is None:
            return None
        inputs = old or _imported(stored)
        return resource_id, _state(inputs, stored), inputs

    def delete(self, urn: str, resource_id: str, state: Object, timeout: float = 0.0) -> None:
        """Uninstall the release; one that is gone already is no error.

        Raises:
            ProviderError: Helm refuses, or there is no API server.
        """
        try:
            backend = self._session.backend()
        except ClusterUnreachableError as error:
            raise ProviderError(
                f"can't delete Helm Release with unreachable cluster. Reason: {json.dumps(str(error))}"
            ) from error
        inputs = plain(state)
        instance = _instance(inputs)
        if helm_records.look_up(backend, instance) is None:
            return
        arguments = ["uninstall", instance.name, *for_uninstall(inputs), f"--namespace={instance.namespace}"]
        try:
            helm_command.run(arguments, kubeconfig=backend.kubeconfig)
        except HelmError as error:
            raise ProviderError(str(error)) from error

    def _backend(self, action: str) -> Backend:
        try:
            return self._session.backend()
        except ClusterUnreachableError as error:
            raise ProviderError(f"can't {action} Helm Release with unreachable cluster: {error}") from error

    def _reachable_for_read(self) -> Backend | None:
        try:
            return self._session.backend()
        except ClusterUnreachableError as error:
            if self._session.options.delete_unreachable:
                return None
            raise ProviderError(
                "failed to read resource state due to unreachable cluster. If the cluster was deleted, you"
                " can remove this resource from Pulumi state by rerunning the operation with the"
                ' PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
            ) from error

    def _run(
        self,
        urn: str,
        new: Object,
        backend: Backend,
        instance: Instance,
        *,
        arguments: list[str],
        summary: str,
    ) -> Stored:
        """Let Helm install or upgrade the release and answer its record.

        Meanwhile the cluster's warnings are shown: Helm itself says no more than that time has run out.
        """
        inputs = plain(new)
        values = inputs.get("values") or {}
        before = helm_records.look_up(backend, instance)
        warnings = Warnings(backend, instance.namespace, lambda text: self._session.log.warning(urn, text))
        try:
            chart = release_charts.chart(inputs)
            release_charts.check_values(chart, values)
            with TemporaryDirectory(prefix="chart-") as work:
                given = Path(work) / "values.json"
                given.write_text(json.dumps(values))
                directory = chart.directory(instance, values, Path(work))
                command, *options = arguments
                helm_command.run(
                    [
                        command, instance.name, str(directory), f"--namespace={instance.namespace}",
                        f"--values={given}", *options,
                    ],
                    kubeconfig=backend.kubeconfig,
                    observe=warnings.show_new,
                )  # fmt: skip
        except ChartError as error:
            raise ProviderError(str(error)) from error
        except HelmError as error:
            warnings.show_new()
            stored = helm_records.look_up(backend, instance)
            changed = stored is not None and (before is None or stored.revision != before.revision)
            if stored is None or not changed or inputs.get("atomic"):
                raise ProviderError("\n".join([str(error), *warnings.shown])) from error
            reason = (
                f"{summary}Use Helm CLI to investigate: failed to become available within allocated timeout. "
                f"Error: Helm Release {instance.namespace}/{instance.name}: {error}"
            )
            raise ResourceInitFailed(
                f"{instance.namespace}/{instance.name}",
                _state(new, stored),
                new,
                [reason, *troubles(stored, backend)],
            ) from error
        stored = helm_records.look_up(backend, instance)
        if stored is None:
            raise ProviderError(f"release {instance.name} was deployed, and its record is gone")
        return stored


def _instance(inputs: Object) -> Instance:
    return Instance(str(inputs["name"]), str(inputs["namespace"]))


def _state(new: Object, stored: Stored | None) -> Object:
    state = {**new, INPUTS: Secret(new)}
    if stored is None:
        return state
    status = {
        "appVersion": stored.app_version,
        "chart": stored.chart,
        "name": stored.name,
        "namespace": stored.namespace,
        "revision": stored.revision,
        "status": stored.status,
        "version": stored.version,
    }
    values = with_secrets(stored.values, new.get("values"))
    if isinstance(new.get("values"), Secret):
        values = Secret(plain(values))
    return {
        **state,
        "values": values,
        "version": stored.version,
        "resourceNames": stored.resource_names,
        "status": status,
        STANDS_IN: stored.stands_in,
    }


def _imported(stored: Stored) -> Object:
    return {
        "chart": stored.chart,
        "name": stored.name,
        "namespace": stored.namespace,
        "values": stored.values,
        "version": stored.version,
        "timeout": DEFAULT_TIMEOUT_SECONDS,
        **dict.fromkeys(_FLAGS, False),
    }
