import pytest

from azure_facts import naming, roles
from components.identity.cluster_identity import ClusterIdentity, ClusterIdentityArgs
from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION
from tests.unit.components.recording import Recording
from tests.unit.components.stacks import GROUP

CONTROL_PLANE = "id-platform-dev-controlplane1a2b3c4d"
KUBELET = "id-platform-dev-kubelet1a2b3c4d"


@pytest.fixture(scope="module")
def identity() -> Recording:
    subnets = {"nodes": "/subnets/nodes", "apiserver": "/subnets/apiserver"}
    return stacks.record_component(
        ClusterIdentity, ClusterIdentityArgs(context=stacks.CONTEXT, joined_subnets=subnets)
    )


def role_assignment(scope: str, role: str) -> dict[str, str]:
    principal = f"principal-of-{CONTROL_PLANE}"
    return {
        "scope": scope,
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": (
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        ),
        "roleAssignmentName": naming.role_assignment_name(scope, principal, role),
    }


def test_the_control_plane_may_change_the_subnets_that_it_joins_and_assign_the_kubelet_identity_and_no_more(
    identity: Recording,
) -> None:
    plain = {"resourceGroupName": GROUP, "tags": stacks.TAGS}
    assert identity.inputs == {
        "id-platform-dev-controlplane": plain,
        "id-platform-dev-kubelet": plain,
        "ra-platform-dev-controlplane-nodes": role_assignment("/subnets/nodes", roles.NETWORK_CONTRIBUTOR),
        "ra-platform-dev-controlplane-apiserver": role_assignment(
            "/subnets/apiserver", roles.NETWORK_CONTRIBUTOR
        ),
        "ra-platform-dev-controlplane-kubelet": role_assignment(
            f"/UserAssignedIdentity/{KUBELET}", roles.MANAGED_IDENTITY_OPERATOR
        ),
    }


def test_a_changed_assignment_is_made_before_the_old_one_goes(identity: Recording) -> None:
    for assignment in identity.of("RoleAssignment"):
        assert assignment.delete_before_replace is False, "nobody may lose a right in between"


def test_principals_are_asked_for_by_name_so_that_a_preview_of_changed_tags_knows_them(
    identity: Recording,
) -> None:
    asked = "azure-native:managedidentity:getUserAssignedIdentity"
    assert sorted(identity.invokes, key=str) == [
        (asked, {"resourceGroupName": GROUP, "resourceName": CONTROL_PLANE}),
        (asked, {"resourceGroupName": GROUP, "resourceName": KUBELET}),
    ]


def test_an_identity_tells_ids_and_principals_of_both_and_mixes_up_neither(identity: Recording) -> None:
    assert identity.outputs("ClusterIdentity").values == {
        "control_plane_id": f"/UserAssignedIdentity/{CONTROL_PLANE}",
        "control_plane_principal_id": f"principal-of-{CONTROL_PLANE}",
        "kubelet_id": f"/UserAssignedIdentity/{KUBELET}",
        "kubelet_client_id": f"client-of-{KUBELET}",
        "kubelet_principal_id": f"principal-of-{KUBELET}",
    }
