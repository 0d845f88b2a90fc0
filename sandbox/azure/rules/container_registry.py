"""Container registries: global names, and what each SKU offers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from azure_facts.locations import LOCATIONS
from azure_facts.naming import REGISTRY_NAME_LIMIT, REGISTRY_NAME_MINIMUM
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import PRIVATE_ENDPOINT, REGISTRY
from sandbox.azure.rules.reading import (
    at,
    is_same_id,
    location_of,
    name_of,
    property_change_not_allowed,
    type_of,
)
from sandbox.azure.rules.registry import Request, rule

_SKUS = "https://learn.microsoft.com/azure/container-registry/container-registry-skus"
_ZONES = "https://learn.microsoft.com/azure/container-registry/zone-redundancy"
_MOST_DAYS = 365


@rule(
    REGISTRY,
    on=("create",),
    source="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerregistry",
)
def registry_name_is_alphanumeric(request: Request) -> Iterator[Refusal]:
    """A registry's name is 5 to 50 letters and digits."""
    name = name_of(request.id)
    if not re.fullmatch(rf"[A-Za-z0-9]{{{REGISTRY_NAME_MINIMUM},{REGISTRY_NAME_LIMIT}}}", name):
        yield Refusal(
            400,
            "InvalidResourceName",
            f"The resource name '{name}' is not valid: a registry name contains {REGISTRY_NAME_MINIMUM} to "
            f"{REGISTRY_NAME_LIMIT} alphanumeric characters.",
        )


@rule(
    REGISTRY,
    on=("create",),
    source="https://learn.microsoft.com/rest/api/containerregistry/registries/check-name-availability",
)
def registry_name_is_free_everywhere(request: Request) -> Iterator[Refusal]:
    """No two registries have the same name, in whatever resource group."""
    name = name_of(request.id).lower()
    for other in request.cloud.of_type(REGISTRY):
        if other.name.lower() == name and not is_same_id(other.id, request.id):
            yield Refusal(
                409,
                "AlreadyInUse",
                f"The registry DNS name {name}.azurecr.io is already in use. You can check if the name is "
                "already claimed using following API: "
                "https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability",
            )


@rule(REGISTRY, source=f"{_SKUS}#registry-service-tier-features-and-limits")
def registry_features_are_premium(request: Request) -> Iterator[Refusal]:
    """Zones, retention, trust, network rules, private access and customer keys are for the Premium SKU."""
    sku = at(request.properties, "sku.name")
    if sku == "Premium":
        return
    for feature in _premium_features(request.properties):
        yield _unsupported(feature, sku)


@rule(REGISTRY, source=f"{_SKUS}#registry-service-tier-features-and-limits")
def anonymous_pull_is_not_basic(request: Request) -> Iterator[Refusal]:
    """Anonymous pull needs the Standard or the Premium SKU."""
    if request.properties.get("anonymousPullEnabled") and at(request.properties, "sku.name") == "Basic":
        yield _unsupported("anonymousPullEnabled", "Basic", "Standard or Premium")


@rule(REGISTRY, source=_ZONES)
def zone_redundant_registry_is_in_a_region_with_zones(request: Request) -> Iterator[Refusal]:
    """A zone-redundant registry is in a region with zones."""
    location = LOCATIONS.get(location_of(request) or "")
    if (
        request.properties.get("zoneRedundancy") == "Enabled"
        and location is not None
        and not location.has_zones
    ):
        yield Refusal(
            400,
            "ZoneRedundancyNotSupported",
            f"Zone redundancy is not supported in location {location.name}.",
        )


@rule(REGISTRY, on=("update",), source=_ZONES)
def zone_redundancy_stays(request: Request) -> Iterator[Refusal]:
    """A registry's zone redundancy cannot change."""
    asked, current = (
        p.get("zoneRedundancy") or "Disabled" for p in (request.properties, request.current or {})
    )
    if asked != current:
        yield property_change_not_allowed("properties.zoneRedundancy")


@rule(
    REGISTRY,
    source="https://learn.microsoft.com/azure/container-registry/container-registry-retention-policy",
)
def retention_is_at_most_a_year(request: Request) -> Iterator[Refusal]:
    """Untagged manifests are kept for 0 to 365 days."""
    days = at(request.properties, "policies.retentionPolicy.days")
    if days is not None and not 0 <= days <= _MOST_DAYS:
        yield Refusal(
            400, "InvalidRetentionDays", f"Retention days {days:g} must be between 0 and {_MOST_DAYS}."
        )


@rule(
    PRIVATE_ENDPOINT,
    source="https://learn.microsoft.com/azure/container-registry/container-registry-private-link",
)
def private_endpoint_is_to_a_premium_registry(request: Request) -> Iterator[Refusal]:
    """A private endpoint leads to a Premium registry."""
    for connection in request.properties.get("privateLinkServiceConnections") or ():
        target = connection.get("privateLinkServiceId")
        registry = (
            request.cloud.get(target) if target and type_of(target).lower() == REGISTRY.lower() else None
        )
        if registry is not None and at(registry.properties, "sku.name") != "Premium":
            yield _unsupported("privateEndpointConnections", at(registry.properties, "sku.name"))


def _premium_features(properties: Mapping[str, Any]) -> Iterator[str]:
    if properties.get("zoneRedundancy") == "Enabled":
        yield "zoneRedundancy"
    for policy in ("retentionPolicy", "quarantinePolicy", "trustPolicy"):
        if str(at(properties, f"policies.{policy}.status")).lower() == "enabled":
            yield f"policies.{policy}"
    if properties.get("networkRuleSet"):
        yield "networkRuleSet"
    if properties.get("publicNetworkAccess") == "Disabled":
        yield "publicNetworkAccess"
    if properties.get("dataEndpointEnabled"):
        yield "dataEndpointEnabled"
    if at(properties, "encryption.status") == "enabled":
        yield "encryption"


def _unsupported(feature: str, sku: str | None, needed: str = "Premium") -> Refusal:
    return Refusal(
        400,
        "UnsupportedSku",
        f"The operation is not supported for the registry SKU {sku}: {feature} requires {needed}.",
    )
