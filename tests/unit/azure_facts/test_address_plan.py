"""Whatever the address space, its subnets lie inside it, side by side, and have the size they need."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
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


@given(space=spaces(), places=st.integers(0, len(SLOTS)))
def test_a_slot_that_is_added_to_the_plan_moves_no_other(space: IPv4Network, places: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(address_plan, "SLOTS", SLOTS[:places])
        before = plan(space)

    assert before.items() <= plan(space).items()


@given(space=spaces())
def test_what_every_platform_has_finds_room_everywhere_and_leaves_some(space: IPv4Network) -> None:
    always = {slot.name for slot in SLOTS if slot.always}
    taken = {name: subnet for name, subnet in plan(space).items() if name in always}

    assert taken.keys() == always
    assert sum(subnet.num_addresses for subnet in taken.values()) < space.num_addresses


@given(space=spaces())
def test_every_subnet_is_as_large_as_its_service_asks(space: IPv4Network) -> None:
    subnets = plan(space)

    assert all(subnets[slot.name].prefixlen <= slot.smallest for slot in SLOTS if slot.name in subnets)


PLANS = {
    "10.0.0.0/24": {
        "nodes": "10.0.0.0/25",
        "privateendpoints": "10.0.0.128/27",
        "ingress": "10.0.0.160/27",
        "apiserver": "10.0.0.192/28",
        "gateway": "10.0.0.224/27",
        "dnsinbound": "10.0.0.208/28",
    },
    "10.224.0.0/20": {
        "nodes": "10.224.0.0/21",
        "privateendpoints": "10.224.8.0/24",
        "ingress": "10.224.9.0/24",
        "apiserver": "10.224.10.0/28",
        "pods": "10.224.12.0/22",
        "firewall": "10.224.10.64/26",
        "firewallmanagement": "10.224.10.128/26",
        "gateway": "10.224.10.32/27",
        "bastion": "10.224.10.192/26",
        "dnsinbound": "10.224.10.16/28",
        "dnsoutbound": "10.224.11.0/28",
    },
    "10.224.0.0/16": {
        "nodes": "10.224.0.0/17",
        "privateendpoints": "10.224.128.0/24",
        "ingress": "10.224.129.0/24",
        "apiserver": "10.224.130.0/28",
        "pods": "10.224.192.0/18",
        "firewall": "10.224.130.64/26",
        "firewallmanagement": "10.224.130.128/26",
        "gateway": "10.224.130.32/27",
        "bastion": "10.224.130.192/26",
        "dnsinbound": "10.224.130.16/28",
        "dnsoutbound": "10.224.131.0/28",
    },
    "10.0.0.0/8": {
        "nodes": "10.0.0.0/9",
        "privateendpoints": "10.128.0.0/24",
        "ingress": "10.128.1.0/24",
        "apiserver": "10.128.2.0/28",
        "pods": "10.192.0.0/10",
        "firewall": "10.128.2.64/26",
        "firewallmanagement": "10.128.2.128/26",
        "gateway": "10.128.2.32/27",
        "bastion": "10.128.2.192/26",
        "dnsinbound": "10.128.2.16/28",
        "dnsoutbound": "10.128.3.0/28",
    },
}
"""A subnet in use cannot move, so what stands here never changes. New slots are added to it."""


@pytest.mark.parametrize("space", PLANS)
def test_an_address_space_is_always_planned_alike(space: str) -> None:
    assert {name: str(subnet) for name, subnet in plan(IPv4Network(space)).items()} == PLANS[space]


@pytest.mark.parametrize(
    ("slot", "addresses", "length"),
    [
        ("nodes", 0, 24),
        ("nodes", 123, 24),
        ("nodes", 124, 23),
        ("pods", 0, 20),
        ("pods", 1020, 19),
        ("nodes", 2**24, 8),
    ],
)
def test_the_smallest_address_space_is_found_whose_plan_has_room(
    slot: str, addresses: int, length: int
) -> None:
    assert address_plan.planned_length(slot, addresses) == length


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


TAKEN = st.lists(spaces(), max_size=6)


@given(space=spaces(), prefix=st.integers(8, 29), taken=TAKEN)
def test_a_free_range_is_inside_the_space_and_overlaps_nothing(
    space: IPv4Network, prefix: int, taken: list[IPv4Network]
) -> None:
    found = address_plan.first_free(space, prefix, taken)

    if found is None:
        # Where there is room at all, something stands in the way.
        assert prefix < space.prefixlen or any(each.overlaps(space) for each in taken)
    else:
        assert found.subnet_of(space)
        assert not any(each.overlaps(found) for each in taken)


@given(prefixes=st.lists(st.integers(8, 29), max_size=12), taken=TAKEN)
def test_ranges_that_are_offered_are_private_and_overlap_nothing_and_no_other(
    prefixes: list[int], taken: list[IPv4Network]
) -> None:
    free, used = address_plan.FreeRanges(taken), [*taken]
    for prefix in prefixes:
        found = free.take(prefix)
        if found is None:
            places = (each for private in address_plan.PRIVATE for each in _within(private, prefix))
            assert not any(address_plan.is_free(place, used) for place in places)
        else:
            assert found.prefixlen == prefix
            assert address_plan.is_free(found, used)
            used.append(found)


def _within(space: IPv4Network, prefix: int) -> Iterator[IPv4Network]:
    return space.subnets(new_prefix=prefix) if space.prefixlen <= prefix else iter(())


@given(space=spaces(), taken=TAKEN)
def test_free_blocks_and_what_is_taken_are_the_whole_space(
    space: IPv4Network, taken: list[IPv4Network]
) -> None:
    free = [*address_plan.free_blocks(space, taken)]
    inside = [each for each in collapse_addresses(taken) if each.overlaps(space)]
    used = sum(min(each.num_addresses, space.num_addresses) for each in inside)
    assert sum(each.num_addresses for each in free) + used == space.num_addresses
    assert all(each.subnet_of(space) for each in free)
    assert not any(each.overlaps(other) for each, other in combinations([*free, *inside], 2))
    assert free == [*collapse_addresses(free)], "they are the fewest"


@given(first=spaces(), second=spaces())
def test_networks_that_can_be_peered_by_ipv4_can_be_peered_by_ipv6(
    first: IPv4Network, second: IPv4Network
) -> None:
    ranges = [address_plan.unique_local(each) for each in (first, second)]

    assert all(each.subnet_of(IPv6Network("fd00::/8")) and each.prefixlen == 48 for each in ranges)
    assert ranges[0].overlaps(ranges[1]) == (first == second)


@given(length=st.integers(48, 60), places=st.integers(0, len(SLOTS)))
def test_ipv6_subnets_are_64s_of_their_space_and_a_new_slot_moves_none(length: int, places: int) -> None:
    space = IPv6Network(f"fd00:db8::/{length}")
    subnets = address_plan.ipv6_plan(space)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(address_plan, "SLOTS", SLOTS[:places])
        assert address_plan.ipv6_plan(space).items() <= subnets.items()

    assert all(each.prefixlen == 64 and each.subnet_of(space) for each in subnets.values())
    assert len({*subnets.values()}) == len(subnets) > 0


@pytest.mark.parametrize("length", [47, 61])
def test_an_ipv6_space_is_planned_only_where_each_slot_has_a_place(length: int) -> None:
    with pytest.raises(ValueError, match="an IPv6 address space lies between /48 and /60"):
        address_plan.ipv6_plan(IPv6Network(("fd00::", length)))
