"""Helm charts. One that is on this computer is rendered by Helm itself; any other is stood in for.

On this computer is a chart that a path names, and a remote one whose archive was pulled or put into the
directory of ``archives``.

A stand-in has the workload and the Service that its values describe, and what programs refer to, such as its
ingress class. A chart with a module here follows that chart's names, defaults and values; any other is
guessed at by ``generic``. Every object of a stand-in says so in the annotation :data:`STANDS_IN_FOR`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

STANDS_IN_FOR: Final = "sandbox.aks-platform/stands-in-for"


class ChartError(Exception):
    """Helm would not find, or not accept, the chart; the text is Helm's."""


class ArchiveError(ChartError):
    """The archive that is kept for a chart cannot be used; the text names its path and what to do."""


@dataclass(frozen=True)
class Instance:
    """An installation of a chart: the release's name and its namespace."""

    name: str
    namespace: str


class Chart(Protocol):
    """What the sandbox knows of a chart."""

    @property
    def name(self) -> str:
        """The name, as labels have it."""
        ...

    @property
    def version(self) -> str:
        """The exact version."""
        ...

    @property
    def app_version(self) -> str:
        """The version of what the chart installs."""
        ...

    @property
    def stands_in(self) -> bool:
        """Whether it stands in for a chart that is not on this computer."""
        ...

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """What the chart's values schema refuses, in Helm's words."""
        ...

    def unknown(self, given: Mapping[str, Any]) -> list[str]:
        """Paths of values that the chart does not have: Helm takes them and nothing reads them."""
        ...

    def directory(self, instance: Instance, given: Mapping[str, Any], work: Path) -> Path:
        """Where Helm finds a chart that renders an installation with these values.

        Args:
            instance: the installation.
            given: its values.
            work: an empty directory to use where the chart is to be made first.

        Raises:
            ChartError: the values leave out what the chart cannot do without.
        """
        ...


def merged(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The chart's defaults under the given values, as Helm merges them: a null takes a default away."""
    result = dict(defaults)
    for key, value in values.items():
        default = result.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(default, Mapping):
            result[key] = merged(default, value)
        else:
            result[key] = value
    return result


def full_name(instance: Instance, chart: str, values: Mapping[str, Any]) -> str:
    """The name that nearly every chart gives its objects: release and chart, said once."""
    if values.get("fullnameOverride"):
        return str(values["fullnameOverride"])[:63].rstrip("-")
    name = str(values.get("nameOverride") or chart)
    joined = instance.name if name in instance.name else f"{instance.name}-{name}"
    return joined[:63].rstrip("-")


def labels(instance: Instance, chart: Chart) -> dict[str, str]:
    """The labels that nearly every chart gives its objects."""
    return {
        "helm.sh/chart": f"{chart.name}-{chart.version}".replace("+", "_")[:63].rstrip("-"),
        **selector_labels(instance, chart.name),
        "app.kubernetes.io/version": chart.app_version,
        "app.kubernetes.io/managed-by": "Helm",
    }


def selector_labels(instance: Instance, name: str) -> dict[str, str]:
    """The labels that nearly every chart selects its pods by."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance.name}
