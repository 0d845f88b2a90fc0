"""``kubernetes:helm.sh/v3:Release``: what the provider makes of a Helm release."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.kubernetes import charts, diff, helm, naming
from sandbox.kubernetes.backend import Backend, ClusterUnreachableError
from sandbox.kubernetes.charts import Chart, ChartError, Instance, finding
from sandbox.kubernetes.kinds import Object, name_of
from sandbox.kubernetes.objects import INPUTS, plain, pruned, split_name, with_secrets
from sandbox.kubernetes.resources import Diff, ProviderError
from sandbox.kubernetes.session import Session
from sandbox.plugin import UNKNOWN, ResourceInitFailed, Secret, contains_unknown

_OUTPUTS: Final = ("resourceNames", "status")
_DEFAULT_TIMEOUT_SECONDS: Final = 300
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
            inputs.setdefault("timeout", _DEFAULT_TIMEOUT_SECONDS)
        values = plain(new.get("values")) or {}
        files = inputs.pop("valueYamlFiles", None)
        if files is UNKNOWN or values is UNKNOWN:
            inputs["values"] = UNKNOWN
        elif files:
            inputs["values"] = with_secrets(
                _merged([*(_asset(file) for file in plain(files)), values]), new.get("values")
            )
        else:
            inputs.setdefault("values", {})
        if contains_unknown(plain(new)):
            return inputs, []
        try:
            chart = _chart(inputs)
        except ChartError as error:
            return inputs, [("chart", f"{error}; check the chart name and repository configuration.")]
        inputs["version"] = chart.version
        for path in sorted(chart.unknown(plain(inputs["values"]))):
            self._session.log.warning(urn, f'the chart {chart.name} has no value "{path}": Helm ignores it')
        return inputs, []

    def diff(self, urn: str, state: Object, new: Object, ignored: Sequence[str]) -> Diff:
        """What an update to the new inputs would do."""
        known = plain(state)
        old_inputs = known.pop(INPUTS, None) or {}
        base = pruned(known, old_inputs)
        found = diff.differences(base, plain(new), ("name", "namespace"), ignored)
        return Diff(tuple(found), tuple(difference.text for difference in found if difference.replaces))

    def create(self, urn: str, new: Object, preview: bool) -> tuple[str, Object]:
        """Install the release: id and state. In a preview nothing is installed and the id is empty.

        Raises:
            ProviderError: Helm refuses, or there is no API server.
            ResourceInitFailed: the release was installed but did not become ready.
        """
        if preview:
            return "", {**_state(new, None), "resourceNames": UNKNOWN, "status": UNKNOWN}
        inputs = plain(new)
        backend = self._backend("create")
        instance = _instance(inputs)
        try:
            stored = helm.install(
                backend,
                _chart(inputs),
                instance,
                inputs.get("values") or {},
                create_namespace=bool(inputs.get("createNamespace")),
                skip_definitions=bool(inputs.get("skipCrds")),
                wait=not inputs.get("skipAwait"),
            )
        except (ChartError, helm.HelmError) as error:
            raise ProviderError(str(error)) from error
        resource_id = f"{instance.namespace}/{instance.name}"
        self._require_deployed(
            urn,
            stored,
            new,
            f'Helm release "{resource_id}" was created, but failed to initialize completely. ',
            backend if inputs.get("atomic") else None,
        )
        return resource_id, _state(new, stored)

    def update(self, urn: str, state: Object, new: Object, preview: bool) -> Object:
        """Upgrade the release: the new state.

        Raises:
            ProviderError: Helm refuses, or there is no API server.
            ResourceInitFailed: the release was upgraded but did not become ready.
        """
        if preview:
            return {**_state(new, None), "resourceNames": UNKNOWN, "status": UNKNOWN}
        inputs = plain(new)
        backend = self._backend("update")
        try:
            stored = helm.upgrade(
                backend,
                _chart(inputs),
                _instance(plain(state)),
                inputs.get("values") or {},
                wait=not inputs.get("skipAwait"),
            )
        except (ChartError, helm.HelmError) as error:
            raise ProviderError(str(error)) from error
        name = f"{stored.namespace}/{stored.name}"
        self._require_deployed(
            urn, stored, new, f'Helm release "{name}" failed to initialize completely. ', None
        )
        return _state(new, stored)

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
        stored = helm.look_up(backend, Instance(name, namespace or self._session.options.namespace))
        if stored is None:
            return None
        inputs = old or _imported(stored)
        return resource_id, _state(inputs, stored), inputs

    def delete(self, urn: str, resource_id: str, state: Object) -> None:
        """Uninstall the release.

        Raises:
            ProviderError: Helm refuses, or there is no API server.
        """
        try:
            backend = self._session.backend()
        except ClusterUnreachableError as error:
            raise ProviderError(
                f"can't delete Helm Release with unreachable cluster. Reason: {json.dumps(str(error))}"
            ) from error
        try:
            helm.uninstall(backend, _instance(plain(state)))
        except helm.HelmError as error:
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

    def _require_deployed(
        self, urn: str, stored: helm.Stored, new: Object, summary: str, undone_at: Backend | None
    ) -> None:
        if stored.status == "deployed":
            return
        # Helm itself says no more than that time has run out; the cluster's events say why.
        for warning in stored.warnings:
            self._session.log.warning(urn, warning)
        if undone_at is not None:
            helm.uninstall(undone_at, Instance(stored.name, stored.namespace))
            raise ProviderError(
                f"release {stored.name} failed, and has been uninstalled due to atomic being set: context"
                " deadline exceeded"
            )
        reason = (
            f"{summary}Use Helm CLI to investigate: failed to become available within allocated timeout. "
            f"Error: Helm Release {stored.namespace}/{stored.name}: context deadline exceeded"
        )
        raise ResourceInitFailed(
            f"{stored.namespace}/{stored.name}", _state(new, stored), new, [reason, *stored.warnings]
        )


def _instance(inputs: Object) -> Instance:
    return Instance(str(inputs["name"]), str(inputs["namespace"]))


def _chart(inputs: Object) -> Chart:
    known = plain(inputs)
    repository = (known.get("repositoryOpts") or {}).get("repo") or ""
    return finding.find(
        str(known.get("chart") or "").strip(), str(known.get("version") or "").strip(), str(repository)
    )


def _state(new: Object, stored: helm.Stored | None) -> Object:
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
    }


def _imported(stored: helm.Stored) -> Object:
    return {
        "chart": stored.chart,
        "name": stored.name,
        "namespace": stored.namespace,
        "values": stored.values,
        "version": stored.version,
        "timeout": _DEFAULT_TIMEOUT_SECONDS,
        **dict.fromkeys(_FLAGS, False),
    }


def _merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for part in parts:
        result = charts.merged(result, part)
    return result


def _asset(asset: Object) -> dict[str, Any]:
    if asset.get("text"):
        text = asset["text"]
    elif asset.get("path"):
        text = Path(asset["path"]).read_text()
    else:
        raise ProviderError(
            "unsupported type for 'valueYamlFiles' arg: only text and file assets can be read here"
        )
    parsed = yaml.safe_load(text) or {}
    if not isinstance(parsed, dict):
        raise ProviderError("error unmarshaling JSON: a values file must hold a mapping")
    return parsed
