"""Letting Helm install or upgrade a release, and what is made of its failure.

How long Helm waits and what it is asked to do stands in its arguments; see `helm_arguments`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.engine.plugin import ResourceInitFailed
from sandbox.kubernetes import chart_files, helm_command, helm_records, release_charts, release_state
from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.charts import ChartError, Instance
from sandbox.kubernetes.helm_command import HelmError
from sandbox.kubernetes.helm_records import Stored
from sandbox.kubernetes.kinds import Object
from sandbox.kubernetes.objects import plain
from sandbox.kubernetes.provider_error import ProviderError
from sandbox.kubernetes.release_warnings import Warnings, troubles


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One release that Helm is to install or upgrade.

    Attributes:
        instance: its name and namespace.
        new: its inputs, checked.
        backend: the API server.
        arguments: Helm's command and its options.
        failed: the beginning of the sentence that says that the release is there, but not ready.
    """

    instance: Instance
    new: Object
    backend: Backend
    arguments: list[str]
    failed: str

    def run(self, warn: Callable[[str], None]) -> Stored:
        """Let Helm do it, and answer its record.

        Args:
            warn: shows the cluster's warnings meanwhile: Helm itself says no more than that time has run out.

        Raises:
            ProviderError: Helm refuses.
            ResourceInitFailed: the release is there but did not become ready.
        """
        before = self._stored()
        warnings = Warnings(self.backend, self.instance.namespace, warn)
        try:
            self._call_helm(warnings)
        except ChartError as error:
            raise ProviderError(str(error)) from error
        except HelmError as error:
            warnings.show_new()
            stored = self._stored()
            changed = stored is not None and (before is None or stored.revision != before.revision)
            if stored is None or not changed or plain(self.new).get("atomic"):
                raise ProviderError("\n".join([str(error), *warnings.shown])) from error
            raise self._not_ready(stored, error) from error
        stored = self._stored()
        if stored is None:
            raise ProviderError(f"release {self.instance.name} was deployed, and its record is gone")
        return stored

    def _call_helm(self, warnings: Warnings) -> None:
        inputs = plain(self.new)
        values = inputs.get("values") or {}
        chart = release_charts.chart(inputs)
        release_charts.check_values(chart, values)
        command, *options = self.arguments
        with chart_files.laid_out(chart, self.instance, values) as files:
            helm_command.run(
                [command, *files, *options], kubeconfig=self.backend.kubeconfig, observe=warnings.show_new
            )

    def _not_ready(self, stored: Stored, error: HelmError) -> ResourceInitFailed:
        name = f"{self.instance.namespace}/{self.instance.name}"
        reason = (
            f"{self.failed}Use Helm CLI to investigate: failed to become available within allocated timeout. "
            f"Error: Helm Release {name}: {error}"
        )
        state = release_state.state_of(self.new, stored)
        return ResourceInitFailed(name, state, self.new, [reason, *troubles(stored, self.backend)])

    def _stored(self) -> Stored | None:
        return helm_records.look_up(self.backend, self.instance)
