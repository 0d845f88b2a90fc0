"""Who the cluster is to Azure, and what it may do there."""

from __future__ import annotations

from typing import Any, Final

from sandbox.azure.cloud import Cloud, Resource, key_of

# Built-in roles that may read and join a public IP address or a subnet:
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
_NETWORK_ROLES: Final = frozenset(
    {
        "4d97b98b-1d4f-4787-a291-c67834d212e7",  # Network Contributor
        "b24988ac-6180-42a0-ab88-20f7382dd24c",  # Contributor
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",  # Owner
    }
)


def control_plane_principal(cluster: Resource, cloud: Cloud) -> str:
    """Object id of the cluster's control-plane identity; empty when it has none."""
    identity = cluster.properties.get("identity") or {}
    for identity_id, answer in _assigned(identity.get("userAssignedIdentities")):
        resource = cloud.get(identity_id)
        known = (answer or {}).get("principalId") or (
            resource.properties.get("principalId") if resource else None
        )
        if known:
            return str(known)
    return str(identity.get("principalId") or "")


def _assigned(identities: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - a mapping or a list
    if isinstance(identities, dict):
        return list(identities.items())
    return [(str(identity), None) for identity in identities or []]


def holds_network_role(principal: str, scope: str, cloud: Cloud) -> bool:
    """Whether the principal may read and join network resources at a scope: assigned there or above."""
    wanted = key_of(scope)
    for assignment in cloud.of_type("Microsoft.Authorization/roleAssignments"):
        properties = assignment.properties
        granted = key_of(
            str(properties.get("scope") or assignment.id.split("/providers/Microsoft.Authorization/")[0])
        )
        role = str(properties.get("roleDefinitionId") or "").rpartition("/")[2].lower()
        at_or_above = wanted == granted or wanted.startswith(granted + "/")
        if (
            principal
            and properties.get("principalId") == principal
            and role in _NETWORK_ROLES
            and at_or_above
        ):
            return True
    return False
