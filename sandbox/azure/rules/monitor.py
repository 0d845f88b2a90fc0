"""Azure Monitor workspaces and the rules that fill them."""

from __future__ import annotations

from collections.abc import Iterator

from azure_facts.locations import LOCATIONS
from azure_facts.naming import DATA_COLLECTION_ENDPOINT_NAME_LIMIT, DATA_COLLECTION_RULE_NAME_LIMIT
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import (
    DATA_COLLECTION_ENDPOINT,
    DATA_COLLECTION_RULE,
    DATA_COLLECTION_RULE_ASSOCIATION,
    MONITOR_WORKSPACE,
)
from sandbox.azure.rules.reading import at, location_of, name_of, normalised_location, users_of
from sandbox.azure.rules.registry import Request, rule

_WORKSPACE = "https://learn.microsoft.com/azure/azure-monitor/metrics/azure-monitor-workspace-overview"
_RULE = "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure"
_ENDPOINT = (
    "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-endpoint-overview"
)
_ASSOCIATION = (
    "https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-associations"
)
_ENDPOINT_ASSOCIATION = "configurationAccessEndpoint"
_PROMETHEUS = "Microsoft-PrometheusMetrics"
_NAME_LIMITS = {
    DATA_COLLECTION_ENDPOINT.lower(): DATA_COLLECTION_ENDPOINT_NAME_LIMIT,
    DATA_COLLECTION_RULE.lower(): DATA_COLLECTION_RULE_NAME_LIMIT,
}


@rule(MONITOR_WORKSPACE, on=("create",), source=_WORKSPACE)
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
    DATA_COLLECTION_ENDPOINT,
    DATA_COLLECTION_RULE,
    on=("create",),
    source="https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable",
)
def data_collection_names_are_short(request: Request) -> Iterator[Refusal]:
    """An endpoint's name has at most 44 characters, a rule's at most 64."""
    limit = _NAME_LIMITS[request.type.lower()]
    if len(name_of(request.id)) > limit:
        yield _invalid(f"The resource name '{name_of(request.id)}' is longer than {limit} characters.")


@rule(DATA_COLLECTION_RULE, source=_ENDPOINT)
def rule_and_endpoint_share_a_region(request: Request) -> Iterator[Refusal]:
    """A data collection rule is in the region of its endpoint."""
    endpoint_id = request.properties.get("dataCollectionEndpointId")
    endpoint = request.cloud.get(endpoint_id) if endpoint_id else None
    if endpoint is not None and normalised_location(endpoint.location) != location_of(request):
        yield _invalid(
            f"Data collection endpoint {endpoint_id} in {endpoint.location} must be in the same region as "
            f"the data collection rule, {location_of(request)}."
        )


@rule(DATA_COLLECTION_RULE, source=f"{_ENDPOINT}#when-is-a-dce-required")
def prometheus_rule_has_an_endpoint(request: Request) -> Iterator[Refusal]:
    """A rule that collects Prometheus metrics has a data collection endpoint."""
    forwarders = at(request.properties, "dataSources.prometheusForwarder")
    if forwarders and not request.properties.get("dataCollectionEndpointId"):
        yield _invalid("Data source prometheusForwarder requires dataCollectionEndpointId.")


@rule(
    DATA_COLLECTION_RULE,
    source=f"{_ENDPOINT}#how-to-set-up-data-collection-endpoints-based-on-your-deployment",
)
def prometheus_rule_is_in_the_workspace_region(request: Request) -> Iterator[Refusal]:
    """A rule that collects Prometheus metrics is in the region of its workspace."""
    for destination in at(request.properties, "destinations.monitoringAccounts") or ():
        workspace_id = destination.get("accountResourceId")
        workspace = request.cloud.get(workspace_id) if workspace_id else None
        if workspace is not None and normalised_location(workspace.location) != location_of(request):
            yield _invalid(
                f"Monitoring account {workspace_id} in {workspace.location} must be in the same region as "
                f"the data collection rule, {location_of(request)}."
            )


@rule(DATA_COLLECTION_RULE, source=_RULE)
def data_flows_name_their_destinations(request: Request) -> Iterator[Refusal]:
    """Each destination that a data flow names is one of the rule's."""
    destinations = request.properties.get("destinations") or {}
    named = {
        one.get("name")
        for kind in destinations.values()
        for one in (kind if isinstance(kind, list | tuple) else [kind])
    }
    for flow in request.properties.get("dataFlows") or ():
        for destination in flow.get("destinations") or ():
            if destination not in named:
                yield _invalid(
                    f"Data flow destination '{destination}' is not among the destinations of the rule."
                )


@rule(DATA_COLLECTION_RULE, source=_RULE)
def prometheus_flows_have_a_source(request: Request) -> Iterator[Refusal]:
    """A data flow of Prometheus metrics has a data source that forwards them."""
    forwarders = at(request.properties, "dataSources.prometheusForwarder") or ()
    forwarded = {stream for forwarder in forwarders for stream in forwarder.get("streams") or ()}
    for flow in request.properties.get("dataFlows") or ():
        if _PROMETHEUS in (flow.get("streams") or ()) and _PROMETHEUS not in forwarded:
            yield _invalid(f"Data flow stream '{_PROMETHEUS}' has no data source.")


@rule(DATA_COLLECTION_RULE_ASSOCIATION, source=_ASSOCIATION)
def association_names_a_rule_or_an_endpoint(request: Request) -> Iterator[Refusal]:
    """An association names either a data collection rule or a data collection endpoint."""
    given = [
        name for name in ("dataCollectionRuleId", "dataCollectionEndpointId") if request.properties.get(name)
    ]
    if len(given) != 1:
        yield _invalid(
            "Exactly one of dataCollectionRuleId and dataCollectionEndpointId must be set, got "
            f"{' and '.join(given) or 'none'}."
        )


@rule(DATA_COLLECTION_RULE_ASSOCIATION, source=_ASSOCIATION)
def endpoint_association_has_the_fixed_name(request: Request) -> Iterator[Refusal]:
    """An association with an endpoint, and only it, is called configurationAccessEndpoint."""
    is_endpoint = bool(request.properties.get("dataCollectionEndpointId"))
    if is_endpoint != (name_of(request.id).lower() == _ENDPOINT_ASSOCIATION.lower()):
        yield _invalid(
            f"The association name '{name_of(request.id)}' is not valid: an association with a data "
            f"collection endpoint, and only such, must be named {_ENDPOINT_ASSOCIATION}."
        )


@rule(DATA_COLLECTION_ENDPOINT, on=("delete",), source=_ENDPOINT)
def endpoint_in_use_is_not_deleted(request: Request) -> Iterator[Refusal]:
    """A data collection endpoint that a rule or an association names cannot be deleted."""
    users = users_of(request, (DATA_COLLECTION_RULE, DATA_COLLECTION_RULE_ASSOCIATION))
    if users:
        yield _conflict("endpoint", request, users[0].id)


@rule(DATA_COLLECTION_RULE, on=("delete",), source=_ASSOCIATION)
def rule_in_use_is_not_deleted(request: Request) -> Iterator[Refusal]:
    """A data collection rule with associations cannot be deleted."""
    users = users_of(request, (DATA_COLLECTION_RULE_ASSOCIATION,))
    if users:
        yield _conflict("rule", request, users[0].id)


def _invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidPayload", message)


def _conflict(what: str, request: Request, user: str) -> Refusal:
    return Refusal(
        409,
        "Conflict",
        f"Data collection {what} {request.id} cannot be deleted because it is in use by {user}.",
    )
