"""Address ranges: how they lie to each other, and whether what is planned has room."""

import math
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations

from azure_facts import address_plan
from components.network.settings import NatGatewayEgressSettings, NetworkSettings
from components.settings import Settings
from settings.errors import Path
from settings.rules import Refusals, refuse, rule

_SMALLEST_SERVICE_RANGE = 28


@dataclass(frozen=True, kw_only=True)
class _Range:
    at: Path
    title: str
    network: IPv4Network
    given: bool
    """Whether the stack file has it, as against a default."""

    def refuse(self, limit: str, reason: str, ranges: list["_Range"]) -> Refusals:
        """Refuse it, and offer one of its size that is free among ``ranges``."""
        taken = [other.network for other in ranges if other is not self]
        instead = address_plan.free_range(self.network.prefixlen, taken) or "smaller ranges"
        key = f"{self.at[-1]}: " if isinstance(self.at[-1], str) else ""
        yield refuse(self.at, f"a range that does not overlap {limit}", reason, f"{key}{instead}")


def _own_ranges(network: NetworkSettings) -> list[_Range]:
    given = {*network.model_fields_set, *network.cni.model_fields_set}
    return [
        _Range(at=at, title=title, network=range_, given=field in given)
        for at, title, range_, field in (
            (("addressSpace",), "the virtual network's", network.address_space, "address_space"),
            (("cni", "podCidr"), "the pods'", network.cni.pod_cidr, "pod_cidr"),
            (("serviceCidr",), "the services'", network.service_cidr, "service_cidr"),
        )
    ]


def _all_ranges(network: NetworkSettings) -> list[_Range]:
    peers = [
        _Range(at=("peerAddressSpaces", position), title="a peer's", network=peer, given=True)
        for position, peer in enumerate(network.peer_address_spaces)
    ]
    return [*_own_ranges(network), *peers]


@rule
def the_address_space_can_be_planned(network: NetworkSettings) -> Refusals:
    """The virtual network's range is between /8 and /24."""
    largest, smallest = address_plan.LARGEST_ADDRESS_SPACE, address_plan.SMALLEST_ADDRESS_SPACE
    space, limit = network.address_space, f"/{largest} to /{smallest}"
    if space.prefixlen < largest:
        instead = f"addressSpace: 10.0.0.0/{largest}"
        yield refuse("addressSpace", limit, "no private range is that large", instead)
    elif space.prefixlen > smallest:
        reason = "nodes, private endpoints, ingress and API server each get a subnet of it"
        instead = f"addressSpace: {space.supernet(new_prefix=smallest)}"
        yield refuse("addressSpace", limit, reason, instead)


@rule
def pods_have_private_addresses(network: NetworkSettings) -> Refusals:
    """The pods' range is private: inside one of RFC 1918 or RFC 6598."""
    if not any(network.cni.pod_cidr.subnet_of(private) for private in address_plan.PRIVATE):
        limit = f"a range inside {', '.join(map(str, address_plan.PRIVATE))}"
        reason = "Azure CNI Overlay takes pod addresses from private ranges only"
        yield refuse("cni.podCidr", limit, reason, "podCidr: 10.244.0.0/16")


@rule
def services_have_room(network: NetworkSettings) -> Refusals:
    """The services' range is between /13 and /28."""
    services = network.service_cidr
    limit = f"/{address_plan.LARGEST_SERVICE_RANGE} to /{_SMALLEST_SERVICE_RANGE}"
    if services.prefixlen < address_plan.LARGEST_SERVICE_RANGE:
        instead = f"serviceCidr: {services.network_address}/16"
        yield refuse("serviceCidr", limit, "AKS takes only ranges smaller than /12", instead)
    elif services.prefixlen > _SMALLEST_SERVICE_RANGE:
        reason = "it is too small for the cluster's services"
        yield refuse("serviceCidr", limit, reason, "serviceCidr: 10.0.0.0/16")


@rule
def ranges_do_not_overlap(network: NetworkSettings) -> Refusals:
    """The ranges of virtual network, pods, services and peers do not overlap."""
    ranges = _all_ranges(network)
    for one, other in combinations(ranges, 2):
        if one.network.overlaps(other.network):
            blamed, kept = (one, other) if one.given and not other.given else (other, one)
            reason = "an address in both would be ambiguous"
            yield from blamed.refuse(f"{kept.title} {kept.network}", reason, ranges)


@rule
def ranges_are_not_reserved(network: NetworkSettings) -> Refusals:
    """No range of the cluster's own overlaps one that AKS reserves."""
    for each in _own_ranges(network):
        reserved = [kept for kept in address_plan.RESERVED if kept.overlaps(each.network)]
        if reserved:
            limit = ", ".join(map(str, address_plan.RESERVED))
            yield from each.refuse(limit, f"AKS reserves {reserved[0]}", _all_ranges(network))


@rule
def the_dns_address_is_a_service_address(network: NetworkSettings) -> Refusals:
    """The DNS address is in the services' range, but not one of its first two addresses or its last."""
    address, services = network.dns_service_ip, network.service_cidr
    first, last = services.network_address, services.broadcast_address
    reasons = {
        first: "it is the network address of the range",
        first + 1: "the first address of the range is that of the service kubernetes.default",
        last: "it is the broadcast address of the range",
    }
    if address is not None and (address not in services or address in reasons):
        yield refuse(
            "dnsServiceIP",
            f"{first + 2} to {last - 1}, inside serviceCidr {services}",
            reasons.get(address, "the cluster's DNS is a service"),
            f"dnsServiceIP: {first + min(10, services.num_addresses - 2)}",
        )


@rule
def a_nat_gateway_is_in_a_zone_that_exists(egress: NatGatewayEgressSettings, stack: Settings) -> Refusals:
    """The NAT gateway names an availability zone only where the location has zones."""
    if egress.zone and stack.lacks_zones:
        reason = "this location has no availability zones"
        yield refuse("zone", f"none in {stack.location}", reason, "remove zone")


@rule
def nodes_fit_their_subnet(network: NetworkSettings, stack: Settings) -> Refusals:
    """The first half of addressSpace has an address for every node, also during an upgrade."""
    space, nodes = network.address_space, sum(pool.most_nodes for pool in stack.pools)
    if not address_plan.LARGEST_ADDRESS_SPACE <= space.prefixlen <= address_plan.SMALLEST_ADDRESS_SPACE:
        return
    room = address_plan.usable_addresses(address_plan.plan(space)["nodes"])
    if nodes > room:
        enough = 31 - math.ceil(math.log2(nodes + address_plan.AZURE_RESERVED_ADDRESSES_PER_SUBNET))
        limit = f"/{enough} or larger for {nodes} nodes"
        reason = f"its first half has {room} addresses for nodes; with surge all pools may have {nodes}"
        instead = f"addressSpace: {space.supernet(new_prefix=enough)}, or lower maxCount"
        yield refuse("addressSpace", limit, reason, instead)


@rule
def pods_fit_their_range(network: NetworkSettings, stack: Settings) -> Refusals:
    """The pods' range has a /24 for every node, also during an upgrade."""
    pods, nodes = network.cni.pod_cidr, sum(pool.most_nodes for pool in stack.pools)
    room = address_plan.overlay_node_capacity(pods)
    if nodes > room:
        enough = address_plan.POD_BLOCK_PREFIX - math.ceil(math.log2(nodes))
        limit = f"/{enough} or larger for {nodes} nodes"
        reason = f"each node takes a /24, so it has room for {room}; with surge all pools may have {nodes}"
        instead = f"podCidr: {pods.supernet(new_prefix=enough)}, or lower maxCount"
        yield refuse("cni.podCidr", limit, reason, instead)
