"""What rows about every resource call: that what a resource stands on and names exists."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from typing import Any

from sandbox.azure.cloud import key_of, normalized_location, parent_id
from sandbox.azure.facts.locations import LOCATIONS
from sandbox.azure.request import CloudView, Request
from sandbox.azure.rules.arm_types import (
    AGENT_POOL,
    MANAGED_CLUSTER,
    NAT_GATEWAY,
    PROMETHEUS_RULE_GROUP,
    PUBLIC_IP_ADDRESS,
    RESOURCE_GROUP,
    SUBNET,
    USER_ASSIGNED_IDENTITY,
)
from sandbox.azure.rules.reading import (
    ids_in,
    name_of,
    resource_group_id,
    resource_group_of,
    subnet_properties,
    subscription_of,
    type_of,
)
from sandbox.azure.rules.subjects import Failures, Subject

_STAND_ALONE = {SUBNET.lower(), AGENT_POOL.lower()}


def other_subscription(subject: Subject) -> Failures:
    found = subscription_of(subject.known["id"])
    if found is not None and found.lower() != subject.request.subscription_id.lower():
        yield {"found": found}


def missing_resource_group(subject: Subject) -> Failures:
    if not _resource_group_stands(subject.request):
        yield {}


def missing_parent(subject: Subject) -> Failures:
    request, parent = subject.request, subject.known["parent"]
    is_nested = request.type.count("/") > 1
    if is_nested and _resource_group_stands(request) and request.cloud.get(parent) is None:
        yield {"missing": name_of(parent)}


def missing_scope(subject: Subject) -> Failures:
    request, scope = subject.request, subject.known["parent"]
    if resource_group_of(scope) and _resource_group_stands(request) and not _exists(request.cloud, scope):
        yield _told(scope)


def missing_resources(subject: Subject, kind: str) -> Failures:
    """Yield the ids of the own subscription in a request that name nothing, those of one kind."""
    request, own = subject.request, key_of(subject.known["id"])
    for path, resource_id in ids_in(request.properties):
        if subscription_of(resource_id) != request.subscription_id or path in ("id", "scope", "resourceUri"):
            continue
        if _contain_each_other(own, key_of(resource_id)) or _exists(request.cloud, resource_id):
            continue
        if kind == _kind(request, path, type_of(resource_id)):
            yield _told(resource_id)


def unknown_location(subject: Subject) -> Failures:
    location = normalized_location(subject.asked.get("location"))
    if location is not None and location != "global" and location not in LOCATIONS:
        yield {"offered": list(LOCATIONS)}


def _kind(request: Request, path: str, named: str) -> str:
    if path.startswith("identity.") and named.lower() == USER_ASSIGNED_IDENTITY.lower():
        return "identity"
    if request.type.lower() == PROMETHEUS_RULE_GROUP.lower():
        # Azure was recorded to take a group before the workspace in its scopes was there.
        return "unchecked"
    if request.type.lower() == NAT_GATEWAY.lower() and named.lower() == PUBLIC_IP_ADDRESS.lower():
        return "address"
    if path.startswith("destinations.logAnalytics"):
        return "workspace"
    if request.type.startswith("Microsoft.Network/"):
        return "network"
    return "group" if named == RESOURCE_GROUP else "other"


def _told(resource_id: str) -> dict[str, Any]:
    group = resource_group_of(resource_id)
    path = resource_id.rpartition("/providers/")[2]
    return {"missing": resource_id, "path": path, "under": group, "group": group}


def _resource_group_stands(request: Request) -> bool:
    group = resource_group_of(request.id)
    if group is None or request.type.lower() == RESOURCE_GROUP.lower():
        return True
    return request.cloud.get(resource_group_id(request.id)) is not None or _is_of_nodes(request.cloud, group)


def _is_of_nodes(cloud: CloudView, group: str) -> bool:
    """Say whether AKS made this resource group for the nodes of a cluster."""
    made = [one.properties.get("nodeResourceGroup") for one in cloud.of_type(MANAGED_CLUSTER)]
    return group.lower() in [str(one).lower() for one in made]


def _exists(cloud: CloudView, resource_id: str) -> bool:
    """Say whether an id names an existing resource, or a part that does not exist separately."""
    if cloud.get(resource_id) is not None:
        return True
    type_, group = type_of(resource_id), resource_group_of(resource_id)
    if type_.lower() == SUBNET.lower():
        return subnet_properties(cloud, resource_id) is not None
    if group is not None and _is_of_nodes(cloud, group):
        return True
    is_part = type_.count("/") > 1 and type_.lower() not in _STAND_ALONE
    return is_part and _exists(cloud, parent_id(resource_id))


def _contain_each_other(left: str, right: str) -> bool:
    return (left + "/").startswith(right + "/") or (right + "/").startswith(left + "/")
