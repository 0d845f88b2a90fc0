"""Address ranges, and how they lie to each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations

from azure_facts import address_plan
from components.network.settings import NetworkSettings
from settings.checks.rule import rule
from settings.errors import Path, Problem

_SMALLEST_SERVICE_RANGE = 28


@dataclass(frozen=True)
class _Range:
    path: Path
    title: str
    network: IPv4Network
    given: bool
    """Whether the stack file has it, as against a default."""


def _ranges(network: NetworkSettings) -> Iterator[_Range]:
    for field, key, title in (
        ("address_space", "addressSpace", "the virtual network's"),
        ("pod_cidr", "podCidr", "the pods'"),
        ("service_cidr", "serviceCidr", "the services'"),
    ):
        given = field in network.model_fields_set
        yield _Range(("network", key), title, getattr(network, field), given)
    for position, peer in enumerate(network.peer_address_spaces):
        yield _Range(("network", "peerAddressSpaces", position), "a peer's", peer, given=True)


@rule
def the_address_space_can_be_planned(network: NetworkSettings) -> Iterator[Problem]:
    """The virtual network's range is between /8 and /24."""
    space = network.address_space
    largest, smallest = address_plan.LARGEST_ADDRESS_SPACE, address_plan.SMALLEST_ADDRESS_SPACE
    if space.prefixlen < largest:
        reason, instead = "no private range is as large", f"10.0.0.0/{largest}"
    elif space.prefixlen > smallest:
        reason = "nodes, private endpoints, ingress and API server get subnets of it"
        instead = str(space.supernet(new_prefix=smallest))
    else:
        return
    yield Problem(
        path=("network", "addressSpace"),
        value=str(space),
        limit=f"/{largest} to /{smallest}",
        reason=reason,
        remedy=f"addressSpace: {instead}",
    )


@rule
def pods_have_private_addresses(network: NetworkSettings) -> Iterator[Problem]:
    """The pods' range is private: inside one of RFC 1918 or RFC 6598."""
    pods = network.pod_cidr
    if not any(pods.subnet_of(private) for private in address_plan.PRIVATE):
        yield Problem(
            path=("network", "podCidr"),
            value=str(pods),
            limit=f"a range inside {', '.join(map(str, address_plan.PRIVATE))}",
            reason="Azure CNI Overlay takes pod addresses from private ranges only",
            remedy="podCidr: 10.244.0.0/16",
        )


@rule
def services_have_room(network: NetworkSettings) -> Iterator[Problem]:
    """The services' range is between /13 and /28."""
    services = network.service_cidr
    if not address_plan.LARGEST_SERVICE_RANGE <= services.prefixlen <= _SMALLEST_SERVICE_RANGE:
        too_large = services.prefixlen < address_plan.LARGEST_SERVICE_RANGE
        yield Problem(
            path=("network", "serviceCidr"),
            value=str(services),
            limit=f"/{address_plan.LARGEST_SERVICE_RANGE} to /{_SMALLEST_SERVICE_RANGE}",
            reason="AKS takes ranges smaller than /12 only"
            if too_large
            else "it has no room for the cluster's services",
            remedy=f"serviceCidr: {services.network_address}/16" if too_large else "serviceCidr: 10.0.0.0/16",
        )


@rule
def ranges_do_not_overlap(network: NetworkSettings) -> Iterator[Problem]:
    """Virtual network, pods, services and peers have ranges of their own."""
    ranges = list(_ranges(network))
    for one, other in combinations(ranges, 2):
        if not one.network.overlaps(other.network):
            continue
        blamed, kept = (one, other) if one.given and not other.given else (other, one)
        free = _free(blamed.network.prefixlen, [each.network for each in ranges if each is not blamed])
        yield Problem(
            path=blamed.path,
            value=str(blamed.network),
            limit=f"a range that does not overlap {kept.title} {kept.network}",
            reason="a packet to an address of both would have two ways to go",
            remedy=_remedy(blamed, free),
        )


@rule
def ranges_are_not_reserved(network: NetworkSettings) -> Iterator[Problem]:
    """No range overlaps one that AKS keeps for itself."""
    ranges = list(_ranges(network))
    for each in ranges:
        reserved = next((kept for kept in address_plan.RESERVED if kept.overlaps(each.network)), None)
        if reserved is None or each.title == "a peer's":
            continue
        free = _free(each.network.prefixlen, [other.network for other in ranges if other is not each])
        yield Problem(
            path=each.path,
            value=str(each.network),
            limit=f"a range that does not overlap {', '.join(map(str, address_plan.RESERVED))}",
            reason=f"AKS keeps {reserved} for itself",
            remedy=_remedy(each, free),
        )


@rule
def the_dns_address_is_a_service_address(network: NetworkSettings) -> Iterator[Problem]:
    """The DNS address is inside the services' range, and none of its first two addresses or its last."""
    address, services = network.dns_service_ip, network.service_cidr
    if address is None:
        return
    if address not in services:
        reason = "the cluster's DNS is a service"
    elif address == services.network_address:
        reason = "it is the range's own address"
    elif address == services.network_address + 1:
        reason = "the first address of the range is the service kubernetes.default"
    elif address == services.broadcast_address:
        reason = "the last address of the range is not used"
    else:
        return
    first, last = services.network_address + 2, services.broadcast_address - 1
    yield Problem(
        path=("network", "dnsServiceIP"),
        value=str(address),
        limit=f"{first} to {last}, inside serviceCidr {services}",
        reason=reason,
        remedy=f"dnsServiceIP: {services.network_address + min(10, services.num_addresses - 2)}",
    )


def _free(prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first private range of length ``prefix`` that overlaps neither ``taken`` nor a reserved range."""
    obstacles = [*taken, *address_plan.RESERVED]
    for private in address_plan.PRIVATE:
        step = 2 ** (32 - prefix)
        start = int(private.network_address)
        while start + step - 1 <= int(private.broadcast_address):
            candidate = IPv4Network((start, prefix))
            hit = next((obstacle for obstacle in obstacles if obstacle.overlaps(candidate)), None)
            if hit is None:
                return candidate
            end = max(int(hit.broadcast_address), int(candidate.broadcast_address)) + 1
            start = -(-end // step) * step
    return None


def _remedy(blamed: _Range, free: IPv4Network | None) -> str:
    instead = "smaller ranges" if free is None else str(free)
    return f"{blamed.path[-1]}: {instead}" if isinstance(blamed.path[-1], str) else instead
