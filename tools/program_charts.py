"""The Helm charts that the program installs."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import NamedTuple

import components


class ProgramChart(NamedTuple):
    """A chart at an address.

    Attributes:
        reference: where it is, `oci://...`.
        version: the exact version.
    """

    reference: str
    version: str


def charts() -> list[ProgramChart]:
    """All of them: a component's module names its chart as `CHART` and the version as `CHART_VERSION`."""
    found = pkgutil.walk_packages(components.__path__, "components.")
    modules = [import_module(module.name) for module in found]
    return [
        ProgramChart(module.CHART, module.CHART_VERSION) for module in modules if hasattr(module, "CHART")
    ]
