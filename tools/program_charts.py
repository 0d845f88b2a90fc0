"""The Helm charts that the program installs: `python -m tools.program_charts` prints them."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import components


def charts() -> list[str]:
    """All of them, as `oci://...:VERSION`: a component's module names its `CHART` and its `CHART_VERSION`."""
    modules = (
        import_module(module.name)
        for module in pkgutil.walk_packages(components.__path__, f"{components.__name__}.")
    )
    return [f"{module.CHART}:{module.CHART_VERSION}" for module in modules if hasattr(module, "CHART")]


if __name__ == "__main__":
    print(" ".join(charts()))
