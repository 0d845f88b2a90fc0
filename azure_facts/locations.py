"""Azure locations, and what they offer."""

import difflib
from dataclasses import dataclass
from typing import Final

from azure_facts.tables import table

EXPECTED: Final = "the programmatic name of an Azure location"


@dataclass(frozen=True)
class Location:
    """One Azure location, by its programmatic name."""

    name: str
    has_zones: bool
    offers_monitor_workspace: bool


_TABLE: Final = table("locations")

LOCATIONS: Final = {
    name: Location(name, name in _TABLE["with_zones"], name in _TABLE["with_monitor_workspace"])
    for name in sorted(_TABLE["with_zones"] + _TABLE["without_zones"])
}
"""Every location, by its programmatic name."""


def nearest(name: str) -> str:
    """The location that ``name`` is probably meant to be: a misspelt one, or a display name."""
    programmatic = name.replace(" ", "").lower()
    return next(iter(difflib.get_close_matches(programmatic, LOCATIONS, n=1)), "westeurope")
