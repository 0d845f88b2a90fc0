"""Which roles a principal holds over a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.azure.cloud import Cloud, key_of, parent_id
from sandbox.azure.facts import facts
from sandbox.azure.request import CloudView
from sandbox.azure.rules.arm_types import ROLE_ASSIGNMENT
from sandbox.azure.rules.reading import name_of, values_at

ROLES: Final[Mapping[str, str]] = facts("roles")["roles"]
"""The name of each built-in role by its GUID."""


def holds_role(cloud: Cloud | CloudView, principal_id: str, role: str, resource_id: str) -> bool:
    """Say whether a principal has a built-in role, or one that includes it, at a resource or above it.

    Custom role definitions are not examined: a principal that holds one is taken to hold the role.
    """
    here = f"{key_of(resource_id)}/"
    for assignment in cloud.of_type(ROLE_ASSIGNMENT):
        properties = assignment.properties
        if str(properties.get("principalId", "")).lower() != principal_id.lower():
            continue
        scope = key_of(str(properties.get("scope") or parent_id(assignment.id)))
        if not here.startswith(f"{scope}/"):
            continue
        definition = str(properties.get("roleDefinitionId", ""))
        held = ROLES.get(name_of(definition).lower())
        if held in {role, "Contributor", "Owner"} or cloud.get(definition) is not None:
            return True
    return False


def assigned_identities(properties: Mapping[str, Any]) -> list[str]:
    """Return the ids of a resource's user-assigned identities, written as a list or answered as a map."""
    return list(values_at(properties, "identity.userAssignedIdentities") or ())
