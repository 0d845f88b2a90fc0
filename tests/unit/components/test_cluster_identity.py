import pytest

from azure_facts import roles
from components.identity.cluster_identity import ClusterIdentity, ClusterIdentityArgs
from tests.unit.components import stacks
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


def test_the_control_plane_may_change_the_subnets_that_it_joins_and_assign_the_kubelet_identity_and_no_more(
    identity: Recording,
) -> None:
    grants = {
        (grant.inputs["principalId"], grant.inputs["scope"], grant.inputs["roleDefinitionId"][-36:])
        for grant in identity.of("RoleAssignment")
    }
    principal = f"principal-of-{CONTROL_PLANE}"
    assert grants == {
        (principal, "/subnets/nodes", roles.NETWORK_CONTRIBUTOR),
        (principal, "/subnets/apiserver", roles.NETWORK_CONTRIBUTOR),
        (principal, f"/UserAssignedIdentity/{KUBELET}", roles.MANAGED_IDENTITY_OPERATOR),
    }


def test_a_changed_assignment_is_made_before_the_old_one_goes(identity: Recording) -> None:
    for assignment in identity.of("RoleAssignment"):
        assert assignment.delete_before_replace is False, "no right may be lost in between"


def test_principals_are_asked_for_by_name_so_that_a_preview_of_changed_tags_knows_them(
    identity: Recording,
) -> None:
    asked = "azure-native:managedidentity:getUserAssignedIdentity"
    assert sorted(identity.invokes, key=str) == [
        (asked, {"resourceGroupName": GROUP, "resourceName": CONTROL_PLANE}),
        (asked, {"resourceGroupName": GROUP, "resourceName": KUBELET}),
    ]
