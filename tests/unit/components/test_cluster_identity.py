import pytest

from azure_facts import naming, roles
from components.identity.cluster_identity import ClusterIdentity, ClusterIdentityArgs
from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION
from tests.unit.components.recording import Recording

GROUP = "rg-of-the-test"
CONTROL_PLANE = "id-platform-dev-controlplane1a2b3c4d"
KUBELET = "id-platform-dev-kubelet1a2b3c4d"


def record_identity(joined_subnets: dict[str, str]) -> Recording:
    return stacks.record_component(
        ClusterIdentity,
        ClusterIdentityArgs(
            joined_subnets=joined_subnets,
            subscription_id=SUBSCRIPTION,
            resource_group_name=GROUP,
            tags=stacks.TAGS,
        ),
    )


@pytest.fixture(scope="module")
def identity() -> Recording:
    return record_identity({"nodes": "/subnets/nodes"})


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


def test_an_identity_is_made_of_these_resources_and_no_others(identity: Recording) -> None:
    assert identity.made == [
        ("azure-native:authorization:RoleAssignment", "ra-platform-dev-controlplane-kubelet"),
        ("azure-native:authorization:RoleAssignment", "ra-platform-dev-controlplane-nodes"),
        ("azure-native:managedidentity:UserAssignedIdentity", "id-platform-dev-controlplane"),
        ("azure-native:managedidentity:UserAssignedIdentity", "id-platform-dev-kubelet"),
    ]
    assert identity.components == [("aks-platform:identity:ClusterIdentity", "platform-dev")]


@pytest.mark.parametrize("name", ["id-platform-dev-controlplane", "id-platform-dev-kubelet"])
def test_both_identities_lie_in_the_given_group_and_carry_the_tags(identity: Recording, name: str) -> None:
    assert identity[name].inputs == {"resourceGroupName": GROUP, "tags": stacks.TAGS}


def test_the_control_plane_may_change_the_network_on_the_subnet_that_it_joins_and_nowhere_else(
    identity: Recording,
) -> None:
    assert identity["ra-platform-dev-controlplane-nodes"].inputs == role_assignment(
        "/subnets/nodes", roles.NETWORK_CONTRIBUTOR
    )


def test_the_control_plane_may_assign_the_kubelet_identity_as_aks_demands(identity: Recording) -> None:
    assert identity["ra-platform-dev-controlplane-kubelet"].inputs == role_assignment(
        f"/UserAssignedIdentity/{KUBELET}", roles.MANAGED_IDENTITY_OPERATOR
    )


def test_each_joined_subnet_gets_an_assignment_of_its_own() -> None:
    identity = record_identity({"nodes": "/subnets/nodes", "apiserver": "/subnets/apiserver"})
    assert {assignment.name: assignment.inputs["scope"] for assignment in identity.of("RoleAssignment")} == {
        "ra-platform-dev-controlplane-apiserver": "/subnets/apiserver",
        "ra-platform-dev-controlplane-kubelet": f"/UserAssignedIdentity/{KUBELET}",
        "ra-platform-dev-controlplane-nodes": "/subnets/nodes",
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


def test_everything_belongs_to_the_identity(identity: Recording) -> None:
    parents = {resource.name: identity.parent(resource) for resource in identity if resource.custom}
    assert parents == dict.fromkeys(identity.names, "ClusterIdentity")


def test_an_identity_tells_ids_and_principals_of_both_and_mixes_up_neither(identity: Recording) -> None:
    assert identity.outputs("ClusterIdentity").values == {
        "control_plane_id": f"/UserAssignedIdentity/{CONTROL_PLANE}",
        "control_plane_principal_id": f"principal-of-{CONTROL_PLANE}",
        "kubelet_id": f"/UserAssignedIdentity/{KUBELET}",
        "kubelet_client_id": f"client-of-{KUBELET}",
        "kubelet_principal_id": f"principal-of-{KUBELET}",
    }
