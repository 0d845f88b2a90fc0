"""Free ranges in place of those that are refused: none that is offered overlaps another."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network

from azure_facts import address_plan
from azure_facts.address_plan import FreeRanges
from components.network.ranges import all_ranges, overlaps, reserved
from components.network.subnets import clashes, outside, slots_of
from components.nodepool.capacity import AddressRange
from components.settings import Settings
from settings.errors import Path
from settings.model import UnreadError


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """A range that cannot hold all pools at their largest."""

    addresses: AddressRange
    at: Path
    """Where the stack file has to change."""
    length: int
    """The prefix length of the smallest range there that could."""


def shortages(stack: Settings) -> Iterator[Shortage]:
    """The ranges that are too small for the node pools."""
    for each in stack.address_ranges:
        if each.during_upgrade <= each.usable:
            continue
        at, length = ("cni", "podCidr"), each.least_length
        if each.subnet and stack.subnets[each.subnet].given:
            at = ("subnets", each.subnet, "addressPrefix")
        elif each.subnet:
            at = ("addressSpace",)
            length = address_plan.planned_length(each.subnet, each.during_upgrade, each.block)
        yield Shortage(addresses=each, at=at, length=length)


def without_range(stack: Settings) -> list[str]:
    """The subnets that something needs, or that the stack file names, and that have no range."""
    network, needed, subnets = stack.network, stack.needed_subnets, stack.subnets
    named = {*network.subnets} & {*address_plan.SLOTS_BY_NAME}
    return [name for name in slots_of(network) if name not in subnets and name in needed | named]


def ranges_instead(stack: Settings) -> Mapping[Path, IPv4Network | None]:
    """A private range for each of the platform's that overlaps another, is reserved, or is too small.

    One that is only too small grows around its place if it can. None stands where no private range is left.
    """
    ranges, lengths = all_ranges(stack.network), _lengths(stack)
    clashing = {each.at for each, *_ in [*overlaps(stack.network), *reserved(stack.network)]}
    found: dict[Path, IPv4Network | None] = {}
    for each in ranges:
        if each.at in lengths and each.at not in clashing:
            around = each.network.supernet(new_prefix=lengths[each.at])
            others = [other.network for other in ranges if other is not each]
            if address_plan.is_free(around, [*others, *filter(None, found.values())]):
                found[each.at] = around
    free = FreeRanges([*(each.network for each in ranges), *filter(None, found.values())])
    for each in ranges:
        if each.at in clashing | {*lengths} and each.at not in found and not each.of_others:
            found[each.at] = free.take(min(each.network.prefixlen, lengths.get(each.at, 32)))
    return found


def prefixes_instead(stack: Settings) -> Mapping[str, IPv4Network | None]:
    """A free range for each subnet whose range is wrong; one that is only too small grows where it can."""
    network, subnets, lengths = stack.network, stack.subnets, _lengths(stack)
    misplaced = {*clashes(subnets), *outside(subnets, network)}
    found: dict[str, IPv4Network | None] = {}
    for name, subnet in subnets.items():
        needed = lengths.get(("subnets", name, "addressPrefix"), 32)
        length = min(subnet.prefix.prefixlen, subnet.slot.smallest, needed)
        if subnet.given and (name in misplaced or length < subnet.prefix.prefixlen):
            taken = [other.prefix for key, other in subnets.items() if key != name]
            taken += filter(None, found.values())
            around = subnet.prefix.supernet(new_prefix=length)
            spaces = [around for space in network.address_spaces if around.subnet_of(space)]
            places = (
                address_plan.first_free(space, length, taken) for space in [*spaces, *network.address_spaces]
            )
            found[name] = next(filter(None, places), None)
    return found


def _lengths(stack: Settings) -> dict[Path, int]:
    lengths: dict[Path, int] = {}
    with suppress(UnreadError):  # pools that cannot be read need no room yet
        for shortage in shortages(stack):
            lengths[shortage.at] = min(shortage.length, lengths.get(shortage.at, 32))
    for name in {*without_range(stack)} & {*address_plan.SLOTS_BY_NAME}:
        length = address_plan.planned_length(name)
        lengths["addressSpace",] = min(length, lengths.get(("addressSpace",), 32))
    return lengths
