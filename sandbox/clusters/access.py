"""Who the cluster is to Azure, and what it may do there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
    assigned = identity.get("userAssignedIdentities") or {}
    # A request may list the ids; an answer tells more of each.
    answers = assigned if isinstance(assigned, Mapping) else dict.fromkeys(assigned)
    for identity_id, answer in answers.items():
        resource = cloud.get(identity_id)
        known = (answer or {}).get("principalId") or (resource and resource.properties.get("principalId"))
        if known:
            return str(known)
    return str(identity.get("principalId") or "")


def holds_network_role(principal: str, scope: str, cloud: Cloud) -> bool:
    """Whether the principal may read and join network resources at a scope: assigned there or above."""
    return bool(principal) and any(
        assignment.properties.get("principalId") == principal
        and str(assignment.properties.get("roleDefinitionId")).rpartition("/")[2].lower() in _NETWORK_ROLES
        and f"{key_of(scope)}/".startswith(f"{_scope_of(assignment)}/")
        for assignment in cloud.of_type("Microsoft.Authorization/roleAssignments")
    )


def _scope_of(assignment: Resource) -> str:
    above = assignment.id.split("/providers/Microsoft.Authorization/")[0]
    return key_of(str(assignment.properties.get("scope") or above))
