"""Which roles a principal holds over a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from azure_facts.roles import MANAGED_IDENTITY_OPERATOR, NETWORK_CONTRIBUTOR
from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.rules.arm_types import ROLE_ASSIGNMENT
from sandbox.azure.rules.reading import at, name_of, scopes_above
from sandbox.azure.rules.registry import CloudView

OWNER: Final = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR: Final = "b24988ac-6180-42a0-ab88-20f7382dd24c"
MANAGED_IDENTITY_CONTRIBUTOR: Final = "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59"

MAY_JOIN_SUBNETS: Final = frozenset({NETWORK_CONTRIBUTOR, CONTRIBUTOR, OWNER})
MAY_ASSIGN_IDENTITIES: Final = frozenset({MANAGED_IDENTITY_OPERATOR, CONTRIBUTOR, OWNER})


def holds_role(cloud: CloudView, principal_id: str, roles: frozenset[str], resource_id: str) -> bool:
    """Say whether a principal has one of the built-in roles at a resource or at a scope above it.

    Custom role definitions are not looked into: whoever holds one is taken to hold the role.
    """
    scopes = set(scopes_above(resource_id))
    for assignment in cloud.of_type(ROLE_ASSIGNMENT):
        properties = assignment.properties
        if str(properties.get("principalId", "")).lower() != principal_id.lower():
            continue
        if key_of(str(properties.get("scope") or parent_id(assignment.id))) not in scopes:
            continue
        definition = str(properties.get("roleDefinitionId", ""))
        if name_of(definition).lower() in roles or cloud.get(definition) is not None:
            return True
    return False


def assigned_identities(properties: Mapping[str, Any] | None) -> list[str]:
    """Return the ids of a resource's user-assigned identities, written as a list or answered as a map."""
    return list(at(properties, "identity.userAssignedIdentities") or ())
