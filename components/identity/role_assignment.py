"""One role, for one identity, at one scope."""

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_azure_native import authorization

from azure_facts import naming, roles


def role_assignment(
    name: str,
    *,
    scope: Input[str],
    principal_id: Input[str],
    role: str,
    subscription_id: str,
    parent: Resource,
) -> authorization.RoleAssignment:
    """Grant `role` (the GUID of a built-in role) to a managed identity at `scope`.

    The assignment's own name is derived from scope, principal and role: Azure refuses to point an existing
    assignment at a new principal (RoleAssignmentUpdateNotPermitted), and refuses the same grant under a
    second name (RoleAssignmentExists). `principal_type` spares Azure the look-up that fails while a new
    identity is still spreading through Entra. A changed grant is created before the old one is deleted, so
    no right is lost in between; by default, azure-native deletes a resource with an explicit name first.

    https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template
    """
    return authorization.RoleAssignment(
        name,
        role_assignment_name=Output.all(scope, principal_id).apply(
            lambda known: naming.role_assignment_name(known[0], known[1], role)
        ),
        scope=scope,
        principal_id=principal_id,
        principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        role_definition_id=roles.role_definition_id(subscription_id, role),
        opts=ResourceOptions(parent=parent, delete_before_replace=False),
    )
