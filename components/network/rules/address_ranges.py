"""Address ranges of virtual network, pods, services and peers."""

from collections.abc import Mapping
from ipaddress import IPv4Network

from azure_facts import address_plan
from components.network.cni_settings import OverlayCniSettings
from components.network.ranges import Range, overlaps, reserved
from components.network.rules.remedies import ranges_instead
from components.network.settings import NetworkSettings
from components.settings import Settings
from settings.errors import Path, Problem
from settings.rules import Refusals, refuse, rule

_SMALLEST_SERVICE_RANGE = 28


@rule
def services_have_room(network: NetworkSettings) -> Refusals:
    """The services' range is between /13 and /28."""
    services = network.service_cidr
    limit = f"/{address_plan.LARGEST_SERVICE_RANGE} to /{_SMALLEST_SERVICE_RANGE}"
    if services.prefixlen < address_plan.LARGEST_SERVICE_RANGE:
        instead = f"serviceCidr: {services.network_address}/16"
        yield refuse("serviceCidr", limit, "AKS accepts only ranges smaller than /12", instead)
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
def ranges_do_not_overlap(network: NetworkSettings, stack: Settings) -> Refusals:
    """The ranges of virtual network, pods, services and peers do not overlap."""
    found = overlaps(network)
    instead = ranges_instead(stack) if found else {}
    for each, met in found:
        yield _refuse(each, met.title, "an address in both would be ambiguous", instead)


@rule
def ranges_are_not_reserved(network: NetworkSettings, stack: Settings) -> Refusals:
    """No range overlaps one that Azure reserves, and none of the cluster's own one that AKS reserves."""
    found = [*reserved(network)]
    instead = ranges_instead(stack) if found else {}
    for each, keeper, ranges in found:
        met = next(kept for kept in ranges if kept.overlaps(each.network))
        limit = ", ".join(map(str, ranges))
        yield _refuse(each, limit, f"{keeper} reserves {met}", instead)


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


def _refuse(range_: Range, limit: str, reason: str, instead: Mapping[Path, IPv4Network | None]) -> Problem:
    """Refuse a range, and offer another one unless it is that of others."""
    key = f"{range_.at[-1]}: " if isinstance(range_.at[-1], str) else ""
    write = f"{key}{instead.get(range_.at) or '<a smaller range>'}"
    if range_.of_others:
        write = "nothing: remove it, or <the range that this network has for itself>"
    return refuse(range_.at, f"a range that does not overlap {limit}", reason, write)
