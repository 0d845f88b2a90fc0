"""Address ranges of virtual network, pods, services and peers."""

from bisect import bisect
from collections.abc import Iterator
from ipaddress import IPv4Network

from azure_facts import address_plan
from components.network.cni_settings import OverlayCniSettings
from components.network.ranges import Range, all_ranges, own_ranges
from components.network.settings import NetworkSettings
from settings.rules import Refusals, refuse, rule

_SMALLEST_SERVICE_RANGE = 28


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
def pods_have_private_addresses(cni: OverlayCniSettings) -> Refusals:
    """An overlay's range of pods is private: inside one of RFC 1918 or RFC 6598."""
    if not any(cni.pod_cidr.subnet_of(private) for private in address_plan.PRIVATE):
        limit = f"a range inside {', '.join(map(str, address_plan.PRIVATE))}"
        reason = "Azure CNI Overlay takes pod addresses from private ranges only"
        yield refuse("podCidr", limit, reason, "podCidr: 10.244.0.0/16")


@rule
def ranges_do_not_overlap(network: NetworkSettings) -> Refusals:
    """The ranges of virtual network, pods, services and peers do not overlap."""
    ranges = all_ranges(network)
    free = _free_beside(ranges)
    kept: list[Range] = []  # in the order of their addresses, none overlapping another
    for each in sorted(ranges, key=lambda range_: range_.given):
        place = bisect(kept, each.network, key=lambda range_: range_.network)
        neighbors = kept[max(place - 1, 0) : place + 1]
        met = next((other for other in neighbors if other.network.overlaps(each.network)), None)
        if met is None:
            kept.insert(place, each)
        else:
            reason = "an address in both would be ambiguous"
            yield from _refuse(each, met.title, reason, free[each.network.prefixlen])


@rule
def ranges_are_not_reserved(network: NetworkSettings) -> Refusals:
    """No range overlaps one that Azure reserves, and none of the cluster's own one that AKS reserves."""
    own = own_ranges(network)
    for each in all_ranges(network):
        kept_by = {"Azure": address_plan.RESERVED_BY_AZURE}
        if each in own:
            kept_by["AKS"] = address_plan.RESERVED_BY_AKS
        for keeper, ranges in kept_by.items():
            overlapped = [kept for kept in ranges if kept.overlaps(each.network)]
            if overlapped:
                free = _free_beside(all_ranges(network))[each.network.prefixlen]
                limit = ", ".join(map(str, ranges))
                yield from _refuse(each, limit, f"{keeper} reserves {overlapped[0]}", free)
                break


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


def _refuse(range_: Range, limit: str, reason: str, free: Iterator[IPv4Network]) -> Refusals:
    """Refuse a range, and offer the next of the ``free`` ones of its size."""
    key = f"{range_.at[-1]}: " if isinstance(range_.at[-1], str) else ""
    instead = f"{key}{next(free, '<a smaller range>')}"
    yield refuse(range_.at, f"a range that does not overlap {limit}", reason, instead)


def _free_beside(ranges: list[Range]) -> list[Iterator[IPv4Network]]:
    """The private ranges that are free beside ``ranges``, by the length of their prefix."""
    taken = [each.network for each in ranges]
    return [address_plan.free_ranges(prefix, taken) for prefix in range(33)]
