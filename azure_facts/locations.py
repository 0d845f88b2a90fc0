"""Azure locations, and what they offer."""

import difflib
from dataclasses import dataclass
from typing import Final

from azure_facts.tables import table

EXPECTED: Final = "the programmatic name of an Azure location"

_ANY: Final = "westeurope"


@dataclass(frozen=True)
class Location:
    """One location of Azure's public cloud, by its programmatic name."""

    name: str
    has_zones: bool | None
    """None where it is not published."""
    offers_monitor_workspace: bool
    offers_vnet_integration: bool
    """Whether AKS has API Server VNet Integration there."""


_TABLE: Final = table("locations")


def _location(name: str) -> Location:
    return Location(
        name,
        has_zones=None if name in _TABLE["unpublished"] else name in _TABLE["with_zones"],
        offers_monitor_workspace=name in _TABLE["with_monitor_workspace"],
        offers_vnet_integration=name not in _TABLE["without_vnet_integration"],
    )


LOCATIONS: Final = {
    name: _location(name)
    for name in sorted(_TABLE["with_zones"] + _TABLE["without_zones"] + _TABLE["unpublished"])
}
"""Every location of the public cloud, by its programmatic name."""

SOVEREIGN: Final = frozenset(_TABLE["sovereign"])
"""Locations of Azure China and of Azure Government, which are clouds of their own."""


def why_not(name: str) -> str:
    """Why a stack cannot name ``name``, which is none of ``LOCATIONS``."""
    if _programmatic(name) in SOVEREIGN:
        return "this program does not offer Azure China and Azure Government yet"
    if _programmatic(name) in LOCATIONS:
        return "the programmatic name has no spaces and no capitals"
    return "Azure has no location of this name"


def nearest(name: str) -> str:
    """The location that ``name`` is probably meant to be: a misspelt one, or a display name."""
    if _programmatic(name) in SOVEREIGN:
        return _ANY
    return next(iter(difflib.get_close_matches(_programmatic(name), LOCATIONS, n=1)), _ANY)


def _programmatic(name: str) -> str:
    return name.replace(" ", "").lower()
