"""Outputs of identities, role assignments and resource groups."""

from __future__ import annotations

from typing import Any

from sandbox.azure.computed.registry import Answer, computes, guid


@computes("Microsoft.ManagedIdentity/userAssignedIdentities")
def user_assigned_identity(request: Answer) -> dict[str, Any]:
    """The ids of the service principal that Entra makes for the identity."""
    return {
        "clientId": guid(request.id, "client"),
        "principalId": guid(request.id, "principal"),
        "tenantId": request.tenant_id,
    }


@computes("Microsoft.Authorization/roleAssignments")
def role_assignment(request: Answer) -> dict[str, Any]:
    """The scope, which is part of the id, and what Azure fills in."""
    scope = request.id.rpartition("/providers/")[0]
    return {"scope": scope, "principalType": request.inputs.get("principalType", "User")}


@computes("Microsoft.Authorization/roleDefinitions")
def role_definition(request: Answer) -> dict[str, Any]:
    """What marks a role as made by a customer."""
    return {"roleType": request.inputs.get("roleType", "CustomRole")}


@computes("Microsoft.Resources/resourceGroups")
def resource_group(_request: Answer) -> dict[str, Any]:
    """The state of a resource group that exists."""
    return {"properties": {"provisioningState": "Succeeded"}, "type": "Microsoft.Resources/resourceGroups"}
