"""What a container registry can have."""

from azure_facts import private_link
from components.registry.settings import RegistrySettings
from settings.rules import Refusals, refuse, rule


@rule
def retention_needs_premium(registry: RegistrySettings) -> Refusals:
    """Retention of untagged manifests needs the tier Premium."""
    if registry.retention_days is not None and registry.sku != "Premium":
        reason = f"registries of the tier {registry.sku} do not have it"
        yield refuse("retentionDays", "sku Premium", reason, "sku: Premium, or remove retentionDays")


@rule
def a_private_endpoint_needs_premium(registry: RegistrySettings) -> Refusals:
    """A private endpoint needs the tier Premium."""
    if registry.private_endpoint.enabled and registry.sku != "Premium":
        reason = f"registries of the tier {registry.sku} have no private endpoints"
        instead = "sku: Premium, or remove privateEndpoint"
        yield refuse("privateEndpoint.enabled", "sku Premium", reason, instead)


@rule
def a_registry_can_be_reached(registry: RegistrySettings) -> Refusals:
    """A registry without public network access has a private endpoint."""
    if registry.public_network_access == "Disabled" and not registry.private_endpoint.enabled:
        reason = "without a private endpoint nothing could reach it, and no image could be pulled"
        instead = "privateEndpoint: {enabled: true}, or remove publicNetworkAccess"
        yield refuse("publicNetworkAccess", "Enabled without a private endpoint", reason, instead)


@rule
def the_zone_has_the_name_that_clients_ask_for(registry: RegistrySettings) -> Refusals:
    """The private DNS zone of a registry's endpoint is privatelink.azurecr.io."""
    zone, expected = registry.private_endpoint.private_dns_zone_id, private_link.REGISTRY.dns_zone
    if zone and not zone.lower().endswith(f"/{expected}"):
        reason = f"the public name of a registry leads to {expected}, and clients look nowhere else"
        instead = f"privateDnsZoneId: {zone.rpartition('/')[0]}/{expected}"
        yield refuse("privateEndpoint.privateDnsZoneId", f"a zone named {expected}", reason, instead)
