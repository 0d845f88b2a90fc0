"""Which roles a principal holds over a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.facts import facts
from sandbox.azure.rules.arm_types import ROLE_ASSIGNMENT
from sandbox.azure.rules.reading import at, name_of, scopes_above
from sandbox.azure.rules.registry import CloudView

ROLES: Final[Mapping[str, str]] = facts("roles")["roles"]
"""The name of each built-in role by its GUID."""


def _guids(*names: str) -> frozenset[str]:
    return frozenset(guid for guid, name in ROLES.items() if name in names)


MAY_JOIN_SUBNETS: Final = _guids("Network Contributor", "Contributor", "Owner")
MAY_ASSIGN_IDENTITIES: Final = _guids("Managed Identity Operator", "Contributor", "Owner")


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
