"""The chart that a Release's inputs name."""

from __future__ import annotations

from typing import Any

from sandbox.engine.plugin import contains_unknown
from sandbox.kubernetes.charts import Chart, ChartError, finding
from sandbox.kubernetes.charts.archives import Remote
from sandbox.kubernetes.helm_command import HelmError
from sandbox.kubernetes.kinds import Object
from sandbox.kubernetes.objects import plain


def chart(inputs: Object) -> Chart:
    """The chart, or its stand-in.

    Raises:
        ChartError: there is none.
    """
    reference, repository = _address(inputs)
    return finding.find(reference, str(plain(inputs).get("version") or "").strip(), repository)


def stands_in(inputs: Object) -> bool | None:
    """Whether the chart would be stood in for; None where nobody can tell yet."""
    known = plain(inputs)
    if contains_unknown([known.get(key) for key in ("chart", "version", "repositoryOpts")]):
        return None
    try:
        return chart(known).stands_in
    except ChartError:
        return None


def other_versions(inputs: Object) -> list[str]:
    """The versions of a remote chart that are on this computer."""
    return Remote(*_address(inputs)).versions()


def check_values(chart: Chart, values: dict[str, Any]) -> None:
    """Check values against a stand-in's schema, in Helm's words.

    Raises:
        HelmError: with every value that the schema refuses.
    """
    problems = chart.problems(values)
    if problems:
        listed = "\n".join(problems)
        raise HelmError(
            "values don't meet the specifications of the schema(s) in the following"
            f" chart(s):\n{chart.name}:\n{listed}\n"
        )


def _address(inputs: Object) -> tuple[str, str]:
    known = plain(inputs)
    repository = (known.get("repositoryOpts") or {}).get("repo") or ""
    return str(known.get("chart") or "").strip(), str(repository)
