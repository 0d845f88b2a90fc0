"""Azure locations and what they offer."""

from dataclasses import dataclass
from typing import Final

from sandbox.azure.facts import facts


@dataclass(frozen=True)
class Location:
    """One location, by its programmatic name."""

    name: str
    has_zones: bool | None
    """None where it is not published."""
    offers_monitor_workspace: bool


_FACTS: Final = facts("locations")

LOCATIONS: Final = {
    name: Location(name, has_zones, name in _FACTS["monitorWorkspaces"])
    for name, has_zones in sorted(
        [(name, True) for name in _FACTS["zones"]]
        + [(name, False) for name in _FACTS["noZones"]]
        + [(name, None) for name in _FACTS["zonesNotPublished"]]
    )
}
"""Every location, by its name."""
