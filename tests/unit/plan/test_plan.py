"""A plan shows every address once, whatever the stack, and nothing in it moves when the stack grows."""

from ipaddress import IPv4Network
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from plan.plan import Plan, Use, plan_of
from tests.unit.plan.stacks import FEATURES, FILES, SPACES, plan_in, plan_with
from tests.unit.settings.stack import settings

FEW = limits(max_examples=40)
"""Each reads whole stack files."""

FEATURE_SETS = st.lists(st.sampled_from(sorted(FEATURES)), unique=True, max_size=6)


def check_whole(plan: Plan) -> None:
    for space in plan.spaces:
        parts = [part.network for part in space.parts]
        assert parts[0].network_address == space.network.network_address
        assert parts[-1].broadcast_address == space.network.broadcast_address
        assert all(one.broadcast_address + 1 == other.network_address for one, other in pairwise(parts))
        assert space.count(*Use) == space.network.num_addresses


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_parts_of_every_stack_file_are_the_whole_and_no_two_overlap(file: Path) -> None:
    check_whole(plan_in(file))


@FEW
@given(space=SPACES, features=FEATURE_SETS)
def test_the_parts_are_the_whole_and_no_two_overlap(space: str, features: list[str]) -> None:
    plan = plan_with(space, features)
    assume(plan is not None)
    assert plan
    check_whole(plan)
    assert all(each.during_upgrade <= each.usable for each in plan.ranges)
    assert all(pool.more >= 0 for pool in plan.pools)


@FEW
@given(space=SPACES, features=FEATURE_SETS, added=st.sampled_from(sorted(FEATURES)))
def test_what_is_added_moves_no_subnet(space: str, features: list[str], added: str) -> None:
    before, after = plan_with(space, features), plan_with(space, [*features, added])
    assume(before and after)
    assert before
    assert after
    assert places(before).items() <= places(after).items()


def places(plan: Plan) -> dict[str, IPv4Network]:
    return {part.name: part.network for space in plan.spaces for part in space.parts if part.name}


@FEW
@given(space=SPACES, more=st.integers(0, 3))
def test_more_address_spaces_move_no_subnet(space: str, more: int) -> None:
    network = {"addressSpace": space, "cni": {"podCidr": "10.244.0.0/16"}}
    before = plan_of(settings(network=network))
    further = [f"10.{200 + number}.0.0/20" for number in range(more)]
    after = plan_of(settings(network={**network, "additionalAddressSpaces": further}))
    assert places(after) == places(before)
    assert [str(each.network) for each in after.spaces] == [space, *further]
    assert after.spaces[0] == before.spaces[0]


def test_a_place_that_another_subnet_has_taken_is_not_kept() -> None:
    gateway = {"addressPrefix": "10.1.10.192/27"}
    network = {"addressSpace": "10.1.0.0/20", "subnets": {"gateway": gateway}}
    (space,) = plan_of(settings(network=network)).spaces
    kept = {part.name for part in space.parts if part.use is Use.KEPT}
    assert kept == {"dnsinbound", "dnsoutbound", "firewall", "firewallmanagement", "pods"}


def test_of_an_existing_network_only_what_the_stack_file_says_is_known() -> None:
    vnet = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network"
    network = {
        "virtualNetworkId": f"{vnet}/virtualNetworks/spoke",
        "subnets": {
            "nodes": {"id": f"{vnet}/virtualNetworks/spoke/subnets/aks", "addressPrefix": "10.40.0.0/24"},
            "gateway": {"addressPrefix": "10.40.2.0/27"},
        },
        "egress": {"kind": "loadBalancer"},
    }
    (space,) = plan_of(settings(network=network)).spaces
    assert (space.title, str(space.network)) == ("existing virtual network", "10.40.0.0/22")
    named = [(part.name, part.use) for part in space.parts if part.name]
    assert named == [("nodes", Use.EXISTING), ("gateway", Use.SUBNET)]
    assert space.count(Use.UNKNOWN) == 1024 - 256 - 32


def test_a_dual_stack_has_ipv6_ranges_beside_those_of_ipv4() -> None:
    plan = plan_of(settings(network={"cni": {"ipFamilies": ["IPv4", "IPv6"]}}))
    (space,) = plan.spaces
    assert space.ipv6
    subnets = {part.name: part.ipv6 for part in space.parts if part.ipv6}
    assert subnets.keys() == {"nodes", "ingress"}
    assert all(each.subnet_of(space.ipv6) for each in subnets.values())
    beside = [(each.owner, each.network.version) for each in plan.beside]
    assert beside == [("the pods", 4), ("the services", 4), ("the pods", 6), ("the services", 6)]


def test_a_pool_has_room_until_the_first_of_its_ranges_is_full() -> None:
    pools = {"batch": {"vmSize": "Standard_D8ds_v5", "count": 10, "upgradeSettings": {"maxSurge": "1"}}}
    cni = {"podCidr": "10.244.0.0/16"}
    wide, narrow = (
        plan_of(settings(network={"addressSpace": space, "cni": cni}, nodePools=pools)).pools[1]
        for space in ("10.1.0.0/16", "10.1.0.0/24")
    )
    # 256 blocks, or 123 addresses: 6 nodes of the system pool, 10 of this one, and one of its surge.
    assert (wide.nodes, wide.surge, wide.more, wide.limited_by) == (10, 1, 256 - 17, "range of the pods")
    assert (narrow.more, narrow.limited_by) == (123 - 17, "subnet nodes")
