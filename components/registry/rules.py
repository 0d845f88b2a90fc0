"""What a container registry can have."""

from components.registry.settings import RegistrySettings
from components.settings import Settings
from settings.rules import Refusals, refuse, rule


@rule
def zones_and_retention_need_premium(registry: RegistrySettings) -> Refusals:
    """Zone redundancy and retention of a registry need the tier Premium."""
    used = {
        "zoneRedundancy": registry.zone_redundancy,
        "retentionDays": registry.retention_days is not None,
    }
    for key in [key for key, is_used in used.items() if is_used and registry.sku != "Premium"]:
        reason = f"registries of the tier {registry.sku} do not have it"
        yield refuse(key, "sku Premium", reason, f"sku: Premium, or remove {key}")


@rule
def a_redundant_registry_has_zones(registry: RegistrySettings, stack: Settings) -> Refusals:
    """The registry is zone-redundant only where the location has zones."""
    if registry.zone_redundancy and registry.sku == "Premium" and stack.lacks_zones:
        reason = "this location has no availability zones"
        yield refuse("zoneRedundancy", f"false in {stack.location}", reason, "zoneRedundancy: false")
