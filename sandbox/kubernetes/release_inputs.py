"""What a program wants of a Helm release, and what an update to that would do.

Nothing is installed here; see `releases`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sandbox.engine.plugin import UNKNOWN, contains_unknown
from sandbox.kubernetes import diff, naming, release_charts, value_files
from sandbox.kubernetes.charts import ArchiveError, Chart, ChartError
from sandbox.kubernetes.diff import Diff, Difference
from sandbox.kubernetes.helm_arguments import DEFAULT_TIMEOUT_SECONDS
from sandbox.kubernetes.helm_records import Stored
from sandbox.kubernetes.kinds import Object, name_of
from sandbox.kubernetes.objects import plain, pruned, with_secrets
from sandbox.kubernetes.session import Session
from sandbox.kubernetes.state import INPUTS, STANDS_IN

_OUTPUTS: Final = ("resourceNames", "status")
_FLAGS: Final = (
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
)


class ReleaseInputs:
    """Check and diff the inputs of Helm releases."""

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


def imported(stored: Stored) -> Object:
    """The inputs of a release that no program has made."""
    return {
        "chart": stored.chart,
        "name": stored.name,
        "namespace": stored.namespace,
        "values": stored.values,
        "version": stored.version,
        "timeout": DEFAULT_TIMEOUT_SECONDS,
        **dict.fromkeys(_FLAGS, False),
    }
