"""Whatever the address space, its subnets lie inside it, side by side, and have the size they need."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azure_facts import address_plan
from azure_facts.address_plan import SLOTS, plan


@st.composite
def spaces(draw: st.DrawFn) -> IPv4Network:
    prefix = draw(st.integers(8, 24))
    return IPv4Network((draw(st.integers(0, 2**prefix - 1)) << (32 - prefix), prefix))


@given(space=spaces())
def test_every_subnet_lies_inside_the_address_space(space: IPv4Network) -> None:
    assert all(subnet.subnet_of(space) for subnet in plan(space).values())


@given(space=spaces())
def test_no_two_subnets_overlap(space: IPv4Network) -> None:
    subnets = plan(space).values()

    assert [pair for pair in combinations(subnets, 2) if pair[0].overlaps(pair[1])] == []


@given(space=spaces())
def test_nodes_get_the_first_half(space: IPv4Network) -> None:
    assert plan(space)["nodes"] == next(space.subnets())


@given(space=spaces())
def test_the_other_subnets_have_their_sizes_and_leave_room(space: IPv4Network) -> None:
    subnets = plan(space)
    small = max(24, space.prefixlen + 3)

    assert [subnets[name].prefixlen for name in ("privateendpoints", "ingress", "apiserver")] == [
        small,
        small,
        28,
    ]
    assert sum(subnet.num_addresses for subnet in subnets.values()) < space.num_addresses


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        ("10.0.0.0/24", ("10.0.0.0/25", "10.0.0.192/28", "10.0.0.128/27", "10.0.0.160/27")),
        ("10.224.0.0/20", ("10.224.0.0/21", "10.224.10.0/28", "10.224.8.0/24", "10.224.9.0/24")),
        ("10.224.0.0/16", ("10.224.0.0/17", "10.224.130.0/28", "10.224.128.0/24", "10.224.129.0/24")),
        ("10.0.0.0/8", ("10.0.0.0/9", "10.128.2.0/28", "10.128.0.0/24", "10.128.1.0/24")),
    ],
)
def test_an_address_space_is_always_planned_alike(space: str, expected: tuple[str, str, str, str]) -> None:
    nodes, api_server, private_endpoints, ingress = map(IPv4Network, expected)

    assert plan(IPv4Network(space)) == {
        "nodes": nodes,
        "privateendpoints": private_endpoints,
        "ingress": ingress,
        "apiserver": api_server,
    }


def test_the_api_servers_subnet_is_delegated_and_no_other() -> None:
    assert {slot.name: slot.delegated_to for slot in SLOTS if slot.delegated_to} == {
        "apiserver": "Microsoft.ContainerService/managedClusters"
    }


@pytest.mark.parametrize("space", ["10.0.0.0/7", "0.0.0.0/0", "10.0.0.0/25", "10.0.0.0/32"])
def test_an_address_space_out_of_the_limits_is_an_error(space: str) -> None:
    network = IPv4Network(space, strict=False)

    with pytest.raises(
        ValueError, match=f"^{network} cannot be planned: an address space lies between /8 and /24$"
    ):
        plan(network)


@pytest.mark.parametrize(("subnet", "usable"), [("10.0.0.0/24", 251), ("10.0.0.0/29", 3), ("10.0.0.0/31", 0)])
def test_azure_keeps_five_addresses_of_a_subnet(subnet: str, usable: int) -> None:
    assert address_plan.usable_addresses(IPv4Network(subnet)) == usable


@pytest.mark.parametrize(
    ("pods", "nodes"), [("10.244.0.0/16", 256), ("10.244.0.0/24", 1), ("10.244.0.0/25", 0)]
)
def test_every_node_takes_a_24_of_the_pods(pods: str, nodes: int) -> None:
    assert address_plan.overlay_node_capacity(IPv4Network(pods)) == nodes
