"""Blocks are drawn to scale, and what is too small to be read is drawn again."""

from ipaddress import IPv4Network

import pytest
from hypothesis import assume, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from azure_facts import address_plan
from plan.plan import Part, Use
from plan.treemap import Box, boxes_in, lenses, place_of
from tests.unit.plan.stacks import FEATURES, SPACES, plan_with

FEW = limits(max_examples=40)
"""Each reads whole stack files."""


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (Box(0, 0, 2, 2), Box(1, 1, 2, 2), True),
        (Box(0, 0, 2, 2), Box(2, 0, 2, 2), False),
        (Box(0, 0, 2, 2), Box(0, 2, 2, 2), False),
        (Box(0, 0, 9, 9), Box(3, 3, 1, 1), True),
    ],
)
def test_boxes_that_only_touch_do_not_overlap(one: Box, other: Box, overlap: bool) -> None:
    assert (one.overlaps(other), other.overlaps(one)) == (overlap, overlap)


@FEW
@given(space=SPACES, features=st.lists(st.sampled_from(sorted(FEATURES)), unique=True, max_size=6))
def test_blocks_are_to_scale_and_fill_their_space(space: str, features: list[str]) -> None:
    plan = plan_with(space, features)
    assume(plan is not None)
    assert plan
    for each in plan.spaces:
        placed = [*boxes_in(each.network, Box(0, 0, 1000, 300), each.parts)]
        assert [part for part, _ in placed] == [*each.parts]
        for part, box in placed:
            share = part.network.num_addresses / each.network.num_addresses
            assert box.width * box.height == pytest.approx(share * 1000 * 300)


def test_small_subnets_that_lie_far_apart_are_magnified_one_by_one() -> None:
    networks = [IPv4Network("10.0.0.0/28"), IPv4Network("10.255.0.0/28")]
    found = lenses_for(IPv4Network("10.0.0.0/8"), networks)
    assert [[network.subnet_of(lens) for lens in found] for network in networks] == [
        [True, False],
        [False, True],
    ]


def test_what_is_magnified_is_an_eighth_at_most_where_that_holds_all() -> None:
    block = IPv4Network("10.0.0.0/21")
    (one,) = lenses_for(block, [IPv4Network("10.0.4.0/28")])
    (both,) = lenses_for(block, [IPv4Network("10.0.4.0/28"), IPv4Network("10.0.7.0/28")])
    assert (str(one), str(both)) == ("10.0.4.0/24", "10.0.4.0/22")


def lenses_for(block: IPv4Network, networks: list[IPv4Network]) -> list[IPv4Network]:
    free = address_plan.free_blocks(block, networks)
    parts = [Part(use=Use.SUBNET, network=each, name="small") for each in networks]
    parts += [Part(use=Use.FREE, network=each) for each in free]

    def can_be_read(part: Part, box: Box) -> bool:
        return part.use is Use.FREE or box.width >= 100

    return [*lenses(block, Box(0, 0, 500, 100), parts, Box(0, 0, 1000, 320), can_be_read)]


@given(space=SPACES, features=st.lists(st.sampled_from(sorted(FEATURES)), unique=True, max_size=6))
@FEW
def test_what_cannot_be_read_can_be_read_when_it_is_magnified(space: str, features: list[str]) -> None:
    plan = plan_with(space, features)
    assume(plan is not None)
    assert plan
    first, lens = plan.spaces[0], Box(0, 0, 1000, 320)
    box = Box(0, 0, 1000, 300)

    def can_be_read(part: Part, place: Box) -> bool:
        return part.use is not Use.SUBNET or place.area >= 2000

    found = [*lenses(first.network, box, first.parts, lens, can_be_read)]
    for part, place in boxes_in(first.network, box, first.parts):
        around = [each for each in found if part.network.subnet_of(each)]
        if not can_be_read(part, place):
            (only,) = around
            (again,) = (drawn for each, drawn in boxes_in(only, lens, first.parts) if each is part)
            assert can_be_read(part, again)
            assert place_of(only, first.network, box).area < box.area
