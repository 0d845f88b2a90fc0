"""What rows about role assignments call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.request import CloudView
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER, REGISTRY, ROLE_ASSIGNMENT, USER_ASSIGNED_IDENTITY
from sandbox.azure.rules.reading import is_same_id, name_of, type_of, values_at
from sandbox.azure.rules.roles import ROLES
from sandbox.azure.rules.subjects import Failures, Subject

_SIMULATED_CALLER = "00000000-0000-0000-0000-000000000003"


def same_assignments(assignment: Subject) -> Failures:
    own = assignment.known["id"]
    for other in assignment.request.cloud.of_type(ROLE_ASSIGNMENT):
        is_beside = key_of(parent_id(other.id)) == key_of(parent_id(own)) and not is_same_id(other.id, own)
        if is_beside and _whom_and_what(other.properties) == _whom_and_what(assignment.asked):
            yield {"existing": _without_dashes(other.name)}


def changed_assignment(assignment: Subject) -> Failures:
    asked, current = assignment.asked, assignment.known["current"]
    scopes = [one["scope"] for one in (asked, current) if one.get("scope") is not None]
    if _whom_and_what(asked) != _whom_and_what(current) or len({key_of(scope) for scope in scopes}) > 1:
        yield {}


def unknown_role(assignment: Subject) -> Failures:
    definition = str(assignment.asked.get("roleDefinitionId", ""))
    if _role(assignment.asked) not in ROLES and assignment.request.cloud.get(definition) is None:
        yield {"role": _without_dashes(name_of(definition))}


def unknown_principal(assignment: Subject) -> Failures:
    principal = assignment.asked["principalId"].lower()
    if principal not in {_SIMULATED_CALLER, *_principals(assignment.request.cloud)}:
        yield {"principal": _without_dashes(principal)}


def known_principal(assignment: Subject) -> Failures:
    principal = str(assignment.asked.get("principalId", "")).lower()
    if principal in _principals(assignment.request.cloud):
        yield {"principal": _without_dashes(principal)}


def useless_acr_pull(assignment: Subject) -> Failures:
    role, scope_type = _role(assignment.asked), type_of(assignment.known["parent"])
    works = scope_type.lower() == REGISTRY.lower() or scope_type.startswith("Microsoft.Resources/")
    if ROLES.get(role) == "AcrPull" and not works:
        yield {"role": _without_dashes(role)}


def _principals(cloud: CloudView) -> set[str]:
    found = [one.properties.get("principalId") for one in cloud.of_type(USER_ASSIGNED_IDENTITY)]
    for type_ in (MANAGED_CLUSTER, REGISTRY):
        found += [values_at(one.properties, "identity.principalId") for one in cloud.of_type(type_)]
    for cluster in cloud.of_type(MANAGED_CLUSTER):
        identities = (cluster.properties.get("identityProfile") or {}).values()
        found += [identity.get("objectId") for identity in identities]
    return {str(principal).lower() for principal in found if principal}


def _whom_and_what(properties: Mapping[str, Any]) -> tuple[str, str]:
    return str(properties.get("principalId")).lower(), _role(properties)


def _role(properties: Mapping[str, Any]) -> str:
    return name_of(str(properties.get("roleDefinitionId") or "")).lower()


def _without_dashes(guid: str) -> str:
    return guid.replace("-", "")
