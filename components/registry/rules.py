"""What a container registry can have."""

from components.registry.settings import RegistrySettings
from settings.rules import Refusals, refuse, rule


@rule
def retention_needs_premium(registry: RegistrySettings) -> Refusals:
    """Retention of untagged manifests needs the tier Premium."""
    if registry.retention_days is not None and registry.sku != "Premium":
        reason = f"registries of the tier {registry.sku} do not have it"
        yield refuse("retentionDays", "sku Premium", reason, "sku: Premium, or remove retentionDays")
