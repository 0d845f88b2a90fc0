"""Where metrics go."""

from azure_facts import locations
from components.monitoring.settings import MonitoringSettings
from components.settings import Settings
from settings.rules import Refusals, refuse, rule


@rule
def the_workspace_is_where_azure_offers_it(monitoring: MonitoringSettings, stack: Settings) -> Refusals:
    """Metrics go to a location that offers Azure Monitor workspaces."""
    if not monitoring.enabled:
        return
    chosen = locations.LOCATIONS.get(monitoring.location or stack.location)
    if chosen is None and monitoring.location:
        instead = f"location: {locations.nearest(monitoring.location)}"
        yield refuse("location", locations.EXPECTED, locations.why_not(monitoring.location), instead)
    elif chosen is not None and not chosen.offers_monitor_workspace:
        reason = f"{chosen.name} offers none; a workspace elsewhere works as well"
        limit = "a location that offers Azure Monitor workspaces"
        yield refuse("location", limit, reason, "location: westeurope, or another one nearby")
