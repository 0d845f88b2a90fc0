"""Container registries and Azure Monitor."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.facts.locations import LOCATIONS
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import DATA_COLLECTION_RULE, MONITOR_WORKSPACE, REGISTRY
from sandbox.azure.rules.reading import (
    at,
    is_same_id,
    location_of,
    name_of,
    property_change_not_allowed,
    values_at,
)
from sandbox.azure.rules.registry import Request, rule


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


@rule(
    REGISTRY,
    on=("update",),
    source="https://learn.microsoft.com/azure/container-registry/zone-redundancy",
)
def zone_redundancy_stays(request: Request) -> Iterator[Refusal]:
    """A registry's zone redundancy cannot change."""
    asked, current = (at(p, "zoneRedundancy") or "Disabled" for p in (request.properties, request.current))
    if asked != current:
        yield property_change_not_allowed("properties.zoneRedundancy")


@rule(
    MONITOR_WORKSPACE,
    on=("create",),
    source="https://learn.microsoft.com/azure/azure-monitor/metrics/azure-monitor-workspace-overview",
)
def workspace_region_offers_workspaces(request: Request) -> Iterator[Refusal]:
    """An Azure Monitor workspace is in a region that offers them."""
    location = LOCATIONS.get(location_of(request) or "")
    if location is not None and not location.offers_monitor_workspace:
        offered = ",".join(one.name for one in LOCATIONS.values() if one.offers_monitor_workspace)
        yield Refusal(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{location.name}' is not available for resource type "
            f"'Microsoft.Monitor/accounts'. List of available regions for the resource type is '{offered}'.",
        )


@rule(
    DATA_COLLECTION_RULE,
    source="https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure",
)
def data_flows_name_their_destinations(request: Request) -> Iterator[Refusal]:
    """Each destination that a data flow names is one of the rule's."""
    kinds = (request.properties.get("destinations") or {}).values()
    named = [
        one.get("name") for kind in kinds for one in (kind if isinstance(kind, list | tuple) else [kind])
    ]
    for destination in values_at(request.properties, "dataFlows.destinations") or ():
        if destination not in named:
            yield Refusal(
                400,
                "InvalidPayload",
                f"Data flow destination '{destination}' is not among the destinations of the rule.",
            )
