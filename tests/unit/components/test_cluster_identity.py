from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pytest

from azure_facts import roles
from components.identity.cluster_identity import ClusterIdentity, ClusterIdentityArgs
from components.nodepool.placement import contributor_scopes
from tests.unit.components import stacks
from tests.unit.components.recording import Recording
from tests.unit.components.stacks import GROUP
from tests.unit.settings.stack import settings

CONTROL_PLANE = "id-platform-dev-controlplane1a2b3c4d"
POOL: Final = {"vmSize": "Standard_D8ds_v5", "count": 1}
NOWHERE: Final[Mapping[str, str]] = MappingProxyType({})
KUBELET = "id-platform-dev-kubelet1a2b3c4d"


def record_identity(zone: str | None = None, contributor_at: Mapping[str, str] = NOWHERE) -> Recording:
    return stacks.record_component(
        ClusterIdentity,
        ClusterIdentityArgs(
            context=stacks.CONTEXT,
            network_contributor_at={"nodes": "/subnets/nodes", "apiserver": "/subnets/apiserver"},
            contributor_at=contributor_at,
            virtual_network_id="/networks/spoke",
            private_dns_zone_id=zone,
        ),
    )


@pytest.fixture(scope="module")
def identity() -> Recording:
    return record_identity()


def test_in_a_given_zone_the_control_plane_writes_and_links_it_to_the_network(identity: Recording) -> None:
    given = record_identity("/zones/of-the-hub")
    assert given.names - identity.names == {
        "ra-platform-dev-controlplane-zone",
        "ra-platform-dev-controlplane-network",
    }
    rights = {
        purpose: (found.inputs["scope"], found.inputs["roleDefinitionId"][-36:])
        for purpose in ("zone", "network")
        for found in [given[f"ra-platform-dev-controlplane-{purpose}"]]
    }
    assert rights == {
        "zone": ("/zones/of-the-hub", roles.PRIVATE_DNS_ZONE_CONTRIBUTOR),
        "network": ("/networks/spoke", roles.NETWORK_CONTRIBUTOR),
    }


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


def test_where_others_reserve_capacity_for_nodes_the_control_plane_is_contributor() -> None:
    capacity = "/subscriptions/one/resourceGroups/Capacity"
    compute = f"{capacity}/providers/Microsoft.Compute"
    pools = settings(
        nodePools={
            "near": {
                **POOL,
                "availabilityZones": ["1"],
                "proximityPlacementGroupID": f"{compute}/proximityPlacementGroups/Ppg",
            },
            "reserved": {**POOL, "capacityReservationGroupID": f"{compute}/capacityReservationGroups/crg"},
            "hosts": {**POOL, "hostGroupID": f"{compute}/hostGroups/hosts"},
        }
    ).pools
    given = record_identity(contributor_at=contributor_scopes(pools))
    rights = {
        grant.name.removeprefix("ra-platform-dev-controlplane-"): grant.inputs["scope"]
        for grant in given.of("RoleAssignment")
        if grant.inputs["roleDefinitionId"].endswith(roles.CONTRIBUTOR)
    }
    assert {purpose: scope.lower() for purpose, scope in rights.items()} == {
        "capacity": capacity.lower(),
        "capacity-ppg": f"{compute}/proximityPlacementGroups/Ppg".lower(),
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
