"""Identities of managed clusters and the roles that they need beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
from sandbox.azure.rules.pools import POOL_TYPES, pools
from sandbox.azure.rules.reading import at
from sandbox.azure.rules.registry import Request, rule
from sandbox.azure.rules.roles import (
    MAY_ASSIGN_IDENTITIES,
    MAY_JOIN_SUBNETS,
    assigned_identities,
    holds_role,
)

_IDENTITY = "https://learn.microsoft.com/azure/aks/use-managed-identity"


@rule(MANAGED_CLUSTER, source=f"{_IDENTITY}#add-role-assignment")
def control_plane_may_assign_the_kubelet_identity(request: Request) -> Iterator[Refusal]:
    """The control-plane identity holds Managed Identity Operator over the kubelet identity."""
    kubelet = _kubelet_identity(request)
    principals = _principals(request, request.properties)
    if not kubelet or not principals or request.cloud.get(kubelet) is None:
        return
    if not any(
        holds_role(request.cloud, principal, MAY_ASSIGN_IDENTITIES, kubelet) for principal in principals
    ):
        yield Refusal(
            400,
            "CustomKubeletIdentityMissingPermissionError",
            "The cluster using user-assigned managed identity must be granted 'Managed Identity Operator' "
            "role to assign kubelet identity. You can run 'az role assignment create --assignee "
            "<control-plane-identity-principal-id> --role 'Managed Identity Operator' --scope "
            "<kubelet-identity-resource-id>' to grant the permission. See "
            "https://learn.microsoft.com/en-us/azure/aks/use-managed-identity#add-role-assignment",
        )


@rule(MANAGED_CLUSTER, source=f"{_IDENTITY}#create-a-kubelet-managed-identity")
def kubelet_identity_is_one_identity(request: Request) -> Iterator[Refusal]:
    """The client and object ids given for the kubelet identity are those of its resource."""
    given = at(request.properties, "identityProfile.kubeletidentity") or {}
    found = request.cloud.get(given["resourceId"]) if given.get("resourceId") else None
    if found is None:
        return
    for property_, answered in (("clientId", "clientId"), ("objectId", "principalId")):
        expected = found.properties.get(answered)
        if given.get(property_) and expected and given[property_].lower() != expected.lower():
            yield Refusal(
                400,
                "CustomKubeletIdentityPropertyError",
                f"The {property_} {given[property_]} of the kubelet identity is not that of {found.id}, "
                f"{expected}.",
            )


@rule(
    MANAGED_CLUSTER,
    source="https://learn.microsoft.com/azure/aks/api-server-vnet-integration#create-a-managed-identity-and-give-it-permissions-on-the-virtual-network",
)
def control_plane_may_join_the_api_server_subnet(request: Request) -> Iterator[Refusal]:
    """The control-plane identity holds Network Contributor over the API server's subnet."""
    subnet_id = at(request.properties, "apiServerAccessProfile.subnetId")
    principals = _principals(request, request.properties)
    if not subnet_id or not principals:
        return
    if not any(holds_role(request.cloud, principal, MAY_JOIN_SUBNETS, subnet_id) for principal in principals):
        yield Refusal(
            400,
            "ResourceMissingPermissionError",
            "Service principal or user-assigned identity must be given certain permissions to resource "
            f"{subnet_id}. Check access result not allowed for action "
            "Microsoft.Network/virtualNetworks/subnets/joinLoadBalancer/action.",
        )


@rule(*POOL_TYPES, source="https://github.com/Azure/terraform-azurerm-aks/issues/178")
def control_plane_may_join_the_node_subnet(request: Request) -> Iterator[Refusal]:
    """The control-plane identity holds Network Contributor over node subnets; load balancers need it."""
    for pool in pools(request):
        subnet_id = pool.asked.get("vnetSubnetID")
        if not subnet_id:
            continue
        principals = _principals(request, pool.cluster)
        if principals and not any(
            holds_role(request.cloud, principal, MAY_JOIN_SUBNETS, subnet_id) for principal in principals
        ):
            yield Refusal(
                403,
                "AuthorizationFailed",
                f"The client '{principals[0]}' with object id '{principals[0]}' does not have authorization "
                "to perform action 'Microsoft.Network/virtualNetworks/subnets/read' over scope "
                f"'{subnet_id}' or the scope is invalid. If access was recently granted, please refresh "
                "your credentials.",
            )


def _kubelet_identity(request: Request) -> str | None:
    return at(request.properties, "identityProfile.kubeletidentity.resourceId")


def _principals(request: Request, cluster: Mapping[str, Any]) -> list[str]:
    found = (request.cloud.get(id_) for id_ in assigned_identities(cluster))
    return [
        one.properties["principalId"]
        for one in found
        if one is not None and one.properties.get("principalId")
    ]
