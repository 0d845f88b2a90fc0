"""Role assignments."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import (
    MANAGED_CLUSTER,
    REGISTRY,
    ROLE_ASSIGNMENT,
    USER_ASSIGNED_IDENTITY,
)
from sandbox.azure.rules.reading import at, is_same_id, name_of, type_of
from sandbox.azure.rules.registry import Request, rule
from sandbox.azure.rules.roles import ROLES

_TROUBLESHOOT = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"
_REST = "https://learn.microsoft.com/azure/role-based-access-control/role-assignments-rest"
_ROLES = "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"
_SIMULATED_CALLER = "00000000-0000-0000-0000-000000000003"
_TENANT = "00000000-0000-0000-0000-000000000002"


@rule(
    ROLE_ASSIGNMENT,
    on=("create",),
    source=f"{_TROUBLESHOOT}#symptom---arm-template-role-assignment-returns-badrequest-status",
)
def role_is_assigned_once(request: Request) -> Iterator[Refusal]:
    """One role is assigned to one principal at one scope only once, whatever the assignment's name."""
    for other in request.cloud.of_type(ROLE_ASSIGNMENT):
        if is_same_id(other.id, request.id) or key_of(parent_id(other.id)) != key_of(parent_id(request.id)):
            continue
        if _same(other.properties, request.properties, "principalId") and _role(other.properties) == _role(
            request.properties
        ):
            yield Refusal(
                409,
                "RoleAssignmentExists",
                "The role assignment already exists. The ID of the existing role assignment is "
                f"{other.name.replace('-', '')}.",
            )


@rule(
    ROLE_ASSIGNMENT,
    on=("update",),
    source=f"{_TROUBLESHOOT}#symptom---unable-to-update-an-existing-role-assignment",
)
def role_assignment_stays(request: Request) -> Iterator[Refusal]:
    """An assignment's principal, role and scope cannot change."""
    current = request.current or {}
    principal_stays = _same(current, request.properties, "principalId")
    scope = request.properties.get("scope")
    scope_stays = scope is None or current.get("scope") is None or is_same_id(scope, current["scope"])
    if not principal_stays or not scope_stays or _role(current) != _role(request.properties):
        yield Refusal(
            403,
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        )


@rule(ROLE_ASSIGNMENT, source=_ROLES)
def role_definition_exists(request: Request) -> Iterator[Refusal]:
    """The role is a built-in one that the sandbox knows, or a custom one that exists."""
    definition = str(request.properties.get("roleDefinitionId", ""))
    if _role(request.properties) not in ROLES and request.cloud.get(definition) is None:
        yield Refusal(
            400,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{name_of(definition).replace('-', '')}' does not exist.",
        )


@rule(
    ROLE_ASSIGNMENT,
    on=("create",),
    source=f"{_TROUBLESHOOT}#symptom---assigning-a-role-to-a-new-principal-sometimes-fails",
)
def principal_without_a_type_exists(request: Request) -> Iterator[Refusal]:
    """Where no principal type is given, Azure looks the principal up in the directory and must find it."""
    principal = str(request.properties.get("principalId", "")).lower()
    if request.properties.get("principalType") or not _is_guid(principal) or principal == _SIMULATED_CALLER:
        return
    if principal not in _principals(request):
        yield Refusal(
            400,
            "PrincipalNotFound",
            f"Principal {principal.replace('-', '')} does not exist in the directory {_TENANT}. Check that "
            "you have the correct principal ID. If you are creating this principal and then immediately "
            "assigning a role, this error might be related to a replication delay. In this case, set the "
            "role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  "
            "See https://aka.ms/docs-principaltype",
        )


@rule(
    ROLE_ASSIGNMENT,
    on=("create",),
    source=f"{_TROUBLESHOOT}#symptom---assigning-a-role-to-a-new-principal-sometimes-fails",
)
def principal_type_is_the_principals(request: Request) -> Iterator[Refusal]:
    """The identity of a resource is a principal of type ServicePrincipal."""
    principal = str(request.properties.get("principalId", "")).lower()
    given = request.properties.get("principalType")
    if given and given != "ServicePrincipal" and principal in _principals(request):
        yield Refusal(
            400,
            "UnmatchedPrincipalType",
            f"The PrincipalId '{principal.replace('-', '')}' has type 'ServicePrincipal' , which is "
            f"different from specified PrinciaplType '{given}'.",
        )


@rule(
    ROLE_ASSIGNMENT,
    on=("create",),
    source="https://learn.microsoft.com/azure/aks/cluster-container-registry-integration",
)
def acr_pull_is_assigned_where_it_works(request: Request) -> Iterator[Refusal]:
    """AcrPull is assigned at a registry or above one; elsewhere Azure takes it and image pulls fail."""
    scope, role = parent_id(request.id), _role(request.properties)
    if ROLES.get(role) != "AcrPull" or type_of(scope).lower() == REGISTRY.lower():
        return
    if type_of(scope).startswith("Microsoft.Resources/"):
        return
    yield Refusal(
        400,
        "RoleAssignmentScopeNotAssignableToRoleDefinition",
        f"The role assignment scope '{scope}' is not assignable to role definition "
        f"'{role.replace('-', '')}': AcrPull grants nothing there. Assign it at the container registry.",
    )


def _principals(request: Request) -> set[str]:
    found = {
        str(one.properties.get("principalId", "")) for one in request.cloud.of_type(USER_ASSIGNED_IDENTITY)
    }
    for type_ in (MANAGED_CLUSTER, REGISTRY):
        found |= {
            str(at(one.properties, "identity.principalId") or "") for one in request.cloud.of_type(type_)
        }
    for cluster in request.cloud.of_type(MANAGED_CLUSTER):
        for identity in (cluster.properties.get("identityProfile") or {}).values():
            found.add(str(identity.get("objectId", "")))
    return {principal.lower() for principal in found if principal}


def _role(properties: Mapping[str, Any]) -> str:
    return name_of(str(at(properties, "roleDefinitionId") or "")).lower()


def _same(left: Mapping[str, Any], right: Mapping[str, Any], property_: str) -> bool:
    return str(at(left, property_)).lower() == str(at(right, property_)).lower()


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
