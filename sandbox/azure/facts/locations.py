"""Azure locations and what they offer."""

from dataclasses import dataclass
from typing import Final

from sandbox.azure.facts import facts


@dataclass(frozen=True)
class Location:
    """One location, by its programmatic name."""

    name: str
    has_zones: bool
    offers_monitor_workspace: bool


_FACTS: Final = facts("locations")

LOCATIONS: Final = {
    name: Location(name, name in _FACTS["zones"], name in _FACTS["monitorWorkspaces"])
    for name in sorted([*_FACTS["zones"], *_FACTS["noZones"]])
}
"""Every location, by its name."""
