"""Who has which addresses of a stack, what is left, and how full it gets. Pure arithmetic.

The arithmetic itself is `azure_facts.address_plan`'s and `components.nodepool.capacity`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

from azure_facts import address_plan
from azure_facts.address_plan import SLOTS_BY_NAME
from components.network.ranges import RangeOf, cluster_ranges, ipv6_ranges, peer_ranges
from components.network.settings import NetworkSettings
from components.network.subnets import Subnet
from components.nodepool.capacity import AddressRange
from components.settings import Settings


class Use(Enum):
    """What a part of an address space is used for."""

    SUBNET = "subnet"
    """A subnet that the platform makes."""
    EXISTING = "existing subnet"
    """A subnet that exists and is used as it is."""
    KEPT = "kept for later"
    """The place of a subnet that the stack does not have yet."""
    FREE = "free"
    """Free for subnets with an `addressPrefix`."""
    UNKNOWN = "not known"
    """A part of an existing network of which the stack file says nothing."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of an address space.

    Attributes:
        use: What it is used for.
        network: Its range.
        name: Name of the subnet; empty where there is none.
        purpose: What is in the subnet.
        ipv6: Its IPv6 range, if it has one.
        addresses: How full it gets; None where that is not known.
    """

    use: Use
    network: IPv4Network
    name: str = ""
    purpose: str = ""
    ipv6: IPv6Network | None = None
    addresses: AddressRange | None = None


@dataclass(frozen=True, kw_only=True)
class Space:
    """A range of the virtual network, and the parts that it consists of, in the order of their addresses."""

    title: str
    network: IPv4Network
    parts: tuple[Part, ...]
    ipv6: IPv6Network | None = None
    """The IPv6 range beside it, from which the same subnets are planned."""

    def count(self, *uses: Use) -> int:
        """The addresses of all parts of these uses."""
        return sum(part.network.num_addresses for part in self.parts if part.use in uses)


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A node pool: how many nodes it may have, and how many more its ranges have room for.

    Attributes:
        name: Its name.
        subnet: The subnet of its nodes.
        nodes: The most nodes that it may have.
        surge: The nodes that an upgrade adds to them.
        more: How many more nodes fit, with their surge, if no other pool grows.
        limited_by: The range that is full then, as people know it.
    """

    name: str
    subnet: str
    nodes: int
    surge: int
    more: int
    limited_by: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The plan of a stack's addresses.

    Attributes:
        stack: Name of the stack.
        spaces: The ranges of the virtual network.
        beside: Ranges that are no part of it and that it must not overlap: services, pods, peers.
        ranges: The ranges that fill up, with what takes addresses of them.
        pools: The node pools, the cluster's own first.
    """

    stack: str
    spaces: tuple[Space, ...]
    beside: tuple[RangeOf[IPv4Network] | RangeOf[IPv6Network], ...]
    ranges: tuple[AddressRange, ...]
    pools: tuple[Pool, ...]


def plan_of(settings: Settings) -> Plan:
    """The plan of the addresses that a stack with these settings has."""
    ranges = settings.address_ranges
    return Plan(
        stack=settings.environment,
        spaces=tuple(_spaces(settings, {each.subnet: each for each in ranges if each.subnet})),
        beside=tuple(_beside(settings.network)),
        ranges=tuple(ranges),
        pools=tuple(_pools(settings, ranges)),
    )


def range_title(addresses: AddressRange) -> str:
    """What people call a range that fills up."""
    return f"subnet {addresses.subnet}" if addresses.subnet else "range of the pods"


def address_count(network: IPv4Network | IPv6Network) -> str:
    """How many addresses a range has, for people; of IPv6 nobody counts them."""
    return f"{network.num_addresses:,}" if isinstance(network, IPv4Network) else ""


def _spaces(settings: Settings, filled: Mapping[str, AddressRange]) -> Iterator[Space]:
    network, subnets = settings.network, settings.subnets
    parts = {name: _part(subnet, filled.get(name)) for name, subnet in subnets.items()}
    outside = dict(parts)
    for space in network.address_spaces:
        own = {name: part for name, part in parts.items() if part.network.subnet_of(space)}
        outside = {name: part for name, part in outside.items() if name not in own}
        planned = space == network.planned_address_space
        kept = _kept(space, subnets) if planned else []
        title = "address space" if planned else "additional address space"
        found = _space(title, space, [*own.values(), *kept], Use.FREE)
        yield replace(found, ipv6=network.planned_address_space_ipv6) if planned else found
    if outside:
        whole = next(collapse_addresses([part.network for part in outside.values()]))
        while not all(part.network.subnet_of(whole) for part in outside.values()):
            whole = whole.supernet()
        yield _space("existing virtual network", whole, [*outside.values()], Use.UNKNOWN)


def _part(subnet: Subnet, addresses: AddressRange | None) -> Part:
    return Part(
        use=Use.EXISTING if subnet.id else Use.SUBNET,
        network=subnet.prefix,
        name=subnet.slot.name,
        purpose=subnet.slot.purpose,
        ipv6=subnet.ipv6_prefix,
        addresses=addresses,
    )


def _kept(space: IPv4Network, subnets: Mapping[str, Subnet]) -> list[Part]:
    """The places of subnets that the stack does not have, unless another subnet is there."""
    taken = [subnet.prefix for subnet in subnets.values()]
    return [
        Part(use=Use.KEPT, network=place, name=name, purpose=SLOTS_BY_NAME[name].purpose)
        for name, place in address_plan.plan(space).items()
        if name not in subnets and not any(place.overlaps(each) for each in taken)
    ]


def _space(title: str, network: IPv4Network, parts: list[Part], rest: Use) -> Space:
    taken = [part.network for part in parts]
    left = [Part(use=rest, network=block) for block in address_plan.free_blocks(network, taken)]
    ordered = sorted([*parts, *left], key=lambda part: part.network)
    return Space(title=title, network=network, parts=tuple(ordered))


def _beside(network: NetworkSettings) -> Iterator[RangeOf[IPv4Network] | RangeOf[IPv6Network]]:
    yield from cluster_ranges(network)
    yield from (each for each in ipv6_ranges(network) if each.network != network.planned_address_space_ipv6)
    yield from peer_ranges(network)


def _pools(settings: Settings, ranges: list[AddressRange]) -> Iterator[Pool]:
    for name, pool in settings.pools_by_name.items():
        of_pool = [each for each in ranges if name in {demand.name for demand in each.demands}]
        limit = min(of_pool, key=lambda each: each.more_nodes(name))
        yield Pool(
            name=name,
            subnet=pool.subnet,
            nodes=pool.largest_count,
            surge=pool.most_nodes - pool.largest_count,
            more=limit.more_nodes(name),
            limited_by=range_title(limit),
        )
