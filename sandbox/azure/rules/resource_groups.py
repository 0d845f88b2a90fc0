"""What Azure Resource Manager asks of every write: that what a resource stands on and names exists."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.facts.locations import LOCATIONS
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import (
    AGENT_POOL,
    DATA_COLLECTION_RULE_ASSOCIATION,
    MANAGED_CLUSTER,
    RESOURCE_GROUP,
    ROLE_ASSIGNMENT,
    SUBNET,
    USER_ASSIGNED_IDENTITY,
)
from sandbox.azure.rules.reading import (
    ids_in,
    invalid_resource_reference,
    is_node_resource_group,
    name_of,
    normalised_location,
    resource_group_id,
    resource_group_of,
    subnet_properties,
    subscription_of,
    type_of,
)
from sandbox.azure.rules.registry import EVERY_TYPE, CloudView, Request, rule

_STAND_ALONE = {SUBNET.lower(), AGENT_POOL.lower()}


@rule(
    EVERY_TYPE,
    source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-subscription-not-found",
)
def subscription_is_the_one_signed_in_to(request: Request) -> Iterator[Refusal]:
    """A resource is written to a subscription that the caller can see."""
    subscription = subscription_of(request.id)
    if subscription is not None and subscription.lower() != request.subscription_id.lower():
        yield Refusal(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


@rule(
    EVERY_TYPE,
    source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found",
)
def resource_group_exists(request: Request) -> Iterator[Refusal]:
    """A resource's resource group exists before the resource."""
    resource_group = resource_group_of(request.id)
    if resource_group is None or request.type.lower() == RESOURCE_GROUP.lower():
        return
    if request.cloud.get(resource_group_id(request.id)) is None and not is_node_resource_group(
        request.cloud, resource_group, MANAGED_CLUSTER
    ):
        yield Refusal(404, "ResourceGroupNotFound", f"Resource group '{resource_group}' could not be found.")


@rule(
    EVERY_TYPE,
    source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-parent-resource",
)
def parent_exists(request: Request) -> Iterator[Refusal]:
    """A nested resource's parent exists before it."""
    if request.type.count("/") < 2:
        return
    parent = parent_id(request.id)
    if resource_group_stands(request) and request.cloud.get(parent) is None:
        yield Refusal(
            404,
            "ParentResourceNotFound",
            "Can not perform requested operation on nested resource. "
            f"Parent resource '{name_of(parent)}' not found.",
        )


@rule(
    ROLE_ASSIGNMENT,
    DATA_COLLECTION_RULE_ASSOCIATION,
    source="https://learn.microsoft.com/azure/azure-resource-manager/management/extension-resource-types",
)
def extended_resource_exists(request: Request) -> Iterator[Refusal]:
    """A role assignment or an association is made at a resource that exists."""
    scope = parent_id(request.id)
    if resource_group_of(scope) and resource_group_stands(request) and not exists(request.cloud, scope):
        yield resource_not_found(scope)


@rule(
    EVERY_TYPE,
    source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found",
)
def named_resources_exist(request: Request) -> Iterator[Refusal]:
    """Every resource of the own subscription that a request names by its id exists."""
    own = key_of(request.id)
    for path, resource_id in ids_in(request.properties):
        if subscription_of(resource_id) != request.subscription_id or path in ("id", "scope", "resourceUri"):
            continue
        if not _contain_each_other(own, key_of(resource_id)) and not exists(request.cloud, resource_id):
            yield _missing(request, path, resource_id)


@rule(EVERY_TYPE, on=("create",), source="https://learn.microsoft.com/azure/reliability/regions-list")
def location_is_known(request: Request) -> Iterator[Refusal]:
    """A resource is created in a location that Azure has."""
    location = normalised_location(request.properties.get("location"))
    if location is not None and location != "global" and location not in LOCATIONS:
        yield Refusal(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{request.properties['location']}' is not available for resource type "
            f"'{request.type}'. List of available regions for the resource type is '{','.join(LOCATIONS)}'.",
        )


def resource_group_stands(request: Request) -> bool:
    """Say whether the request's resource group passes :func:`resource_group_exists`."""
    return not any(resource_group_exists(request))


def exists(cloud: CloudView, resource_id: str) -> bool:
    """Say whether an id names a resource that is there, or a part of one that has no life of its own."""
    if cloud.get(resource_id) is not None:
        return True
    type_ = type_of(resource_id)
    if type_.lower() == SUBNET.lower():
        return subnet_properties(cloud, resource_id) is not None
    resource_group = resource_group_of(resource_id)
    if resource_group is not None and is_node_resource_group(cloud, resource_group, MANAGED_CLUSTER):
        return True
    if type_.count("/") >= 2 and type_.lower() not in _STAND_ALONE:
        return exists(cloud, parent_id(resource_id))
    return False


def resource_not_found(resource_id: str) -> Refusal:
    """Return ARM's refusal for an id that names nothing."""
    if type_of(resource_id) == RESOURCE_GROUP:
        return Refusal(
            404, "ResourceGroupNotFound", f"Resource group '{name_of(resource_id)}' could not be found."
        )
    _, _, path = resource_id.rpartition("/providers/")
    return Refusal(
        404,
        "ResourceNotFound",
        f"The Resource '{path}' under resource group '{resource_group_of(resource_id)}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def _contain_each_other(left: str, right: str) -> bool:
    return (left + "/").startswith(right + "/") or (right + "/").startswith(left + "/")


def _missing(request: Request, path: str, resource_id: str) -> Refusal:
    if path.startswith("identity.") and type_of(resource_id).lower() == USER_ASSIGNED_IDENTITY.lower():
        return Refusal(
            400,
            "FailedIdentityOperation",
            f"Identity operation for resource '{request.id}' failed with error 'Failed to perform resource "
            f"identity operation. Status: 'BadRequest'. Response: 'Resource '{resource_id}' was not "
            "found.''.",
        )
    if request.type.startswith("Microsoft.Network/"):
        return invalid_resource_reference(request.id, resource_id)
    return resource_not_found(resource_id)
