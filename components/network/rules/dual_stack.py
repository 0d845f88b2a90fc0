"""Dual stack: IPv4 and IPv6."""

from ipaddress import IPv6Network
from itertools import combinations
from typing import Final

from azure_facts import address_plan
from components.ingress.settings import NginxIngressSettings
from components.network.cni_settings import OverlayCniSettings
from components.network.egress_settings import LoadBalancerEgressSettings, NatGatewayEgressSettings
from components.network.ranges import ipv6_ranges
from components.network.settings import NetworkSettings, SubnetSettings
from components.network.subnets import slots_of
from components.settings import Settings
from settings.model import keys_of
from settings.rules import Refusals, refuse, rule, unused

_ONE_FAMILY: Final = "ipFamilies [IPv4]"
_BOTH: Final = "network.cni: {ipFamilies: [IPv4, IPv6]}"
_SMALLEST_SERVICE_RANGE: Final = 124


@rule
def nodes_and_pods_have_ipv4(cni: OverlayCniSettings) -> Refusals:
    """The IP families are IPv4, or IPv4 and IPv6, in this order."""
    if cni.ip_families not in {("IPv4",), ("IPv4", "IPv6")}:
        reason = "AKS has no nodes or pods without IPv4, and names it first"
        yield refuse("ipFamilies", "[IPv4] or [IPv4, IPv6]", reason, "ipFamilies: [IPv4, IPv6]")


@rule
def ipv6_is_set_for_a_dual_stack_cluster(
    part: NetworkSettings | SubnetSettings | OverlayCniSettings | LoadBalancerEgressSettings, stack: Settings
) -> Refusals:
    """IPv6 ranges and numbers of IPv6 addresses are set only where ipFamilies has IPv6."""
    if not stack.network.is_dual_stack:
        keys = [key for key in keys_of(type(part)) if "Ipv6" in key]
        yield from unused(part, keys, _ONE_FAMILY, _BOTH)


@rule
def clients_have_a_family_of_the_cluster(ingress: NginxIngressSettings, stack: Settings) -> Refusals:
    """The ingress lets in IPv6 ranges only where ipFamilies has IPv6."""
    for position, range_ in enumerate(ingress.allowed_ip_ranges):
        if isinstance(range_, IPv6Network) and not stack.network.is_dual_stack:
            at, limit = ("allowedIpRanges", position), f"an IPv4 range with {_ONE_FAMILY}"
            yield refuse(at, limit, "the ingress has no IPv6 address", "<an IPv4 range>")


@rule
def policies_of_a_dual_stack_cluster_are_ciliums(cni: OverlayCniSettings) -> Refusals:
    """Cilium alone enforces network policies on both families."""
    if cni.ipv6_pod_range and cni.policy_engine in {"azure", "calico"}:
        at = "networkPolicy" if cni.network_policy else "networkDataplane"
        limit = "cilium with ipFamilies [IPv4, IPv6]"
        reason = f"{cni.policy_engine} would enforce network policies, and AKS does not take it with IPv6"
        yield refuse(at, limit, reason, "networkDataplane: cilium, or networkPolicy: none")


@rule
def a_dual_stack_cluster_has_no_nat_gateway(network: NetworkSettings) -> Refusals:
    """The egress of a dual-stack cluster is not a NAT gateway."""
    if network.is_dual_stack and isinstance(network.egress, NatGatewayEgressSettings):
        limit = "loadBalancer, azureFirewall, userDefinedRouting or none with ipFamilies [IPv4, IPv6]"
        yield refuse("egress.kind", limit, "AKS takes no NAT gateway with IPv6", "kind: loadBalancer")


@rule
def managed_ipv6_addresses_are_managed(egress: LoadBalancerEgressSettings) -> Refusals:
    """AKS makes IPv6 outbound addresses only where it makes those of IPv4."""
    given = (
        "outboundIps" if egress.outbound_ips else "outboundIpPrefixes" if egress.outbound_ip_prefixes else ""
    )
    if given:
        yield from unused(egress, ["managedOutboundIpv6Count"], given, f"remove {given}")


@rule
def ipv6_services_have_room(network: NetworkSettings) -> Refusals:
    """The services' IPv6 range is between /108 and /124."""
    services, largest = network.service_cidr_ipv6, address_plan.LARGEST_IPV6_SERVICE_RANGE
    if not largest <= services.prefixlen <= _SMALLEST_SERVICE_RANGE:
        too_large = services.prefixlen < largest
        reason = "AKS accepts no larger range" if too_large else "it is too small for the cluster's services"
        instead = f"serviceCidrIpv6: {services.network_address}/{largest}"
        if not too_large:
            instead = f"serviceCidrIpv6: {services.supernet(new_prefix=largest)}"
        yield refuse("serviceCidrIpv6", f"/{largest} to /{_SMALLEST_SERVICE_RANGE}", reason, instead)


@rule
def ipv6_ranges_are_unicast(network: NetworkSettings) -> Refusals:
    """IPv6 ranges are of unique local or global addresses."""
    for each in ipv6_ranges(network):
        if not any(each.network.subnet_of(unicast) for unicast in address_plan.IPV6_UNICAST):
            limit = f"a range inside {' or '.join(map(str, address_plan.IPV6_UNICAST))}"
            instead = f"{each.at[-1]}: <a /{each.network.prefixlen} of unique local addresses>"
            yield refuse(each.at, limit, "no machine can have such an address", instead)


@rule
def ipv6_ranges_do_not_overlap(network: NetworkSettings) -> Refusals:
    """The IPv6 ranges of virtual network, pods and services do not overlap."""
    for kept, each in combinations(ipv6_ranges(network), 2):
        if kept.network.overlaps(each.network):
            limit, instead = f"a range that does not overlap {kept.title}", f"{each.at[-1]}: <another range>"
            yield refuse(each.at, limit, "an address in both would be ambiguous", instead)


@rule
def subnets_of_ipv4_have_no_ipv6_range(network: NetworkSettings) -> Refusals:
    """Only subnets for nodes, and ingress, have an IPv6 range."""
    for name, slot in slots_of(network).items():
        given = network.subnets.get(name)
        if given and given.address_prefix_ipv6 and not slot.dual_stack:
            at, reason = ("subnets", name, "addressPrefixIpv6"), "what is in this subnet has IPv4 only"
            yield refuse(at, "none", reason, "remove addressPrefixIpv6")


@rule
def dual_stack_subnets_have_an_ipv6_range(network: NetworkSettings, stack: Settings) -> Refusals:
    """Every subnet for nodes of a dual-stack cluster has an IPv6 range."""
    for name, subnet in stack.subnets.items():
        if network.is_dual_stack and subnet.for_nodes and not subnet.ipv6_prefix:
            planned = not subnet.id and name in address_plan.SLOTS_BY_NAME
            reason = "nodes have addresses of both families, and the plan has no place for it"
            if subnet.id:
                reason = "the plan is checked before Azure is asked"
            instead = "addressPrefixIpv6: <the subnet's /64>"
            if planned:
                instead += ", or addressSpaceIpv6: <a /48 to /60 of the virtual network>"
            yield refuse(("subnets", name, "addressPrefixIpv6"), "required", reason, instead)


@rule
def ipv6_subnets_lie_in_the_virtual_network(network: NetworkSettings, stack: Settings) -> Refusals:
    """The IPv6 ranges of subnets lie in addressSpaceIpv6, where the virtual network is the platform's."""
    space = network.planned_address_space_ipv6
    if network.virtual_network_id or not space:
        return
    for name, subnet in stack.subnets.items():
        if subnet.ipv6_prefix and not subnet.ipv6_prefix.subnet_of(space):
            at, limit = ("subnets", name, "addressPrefixIpv6"), f"a range inside {space}"
            yield refuse(at, limit, "a subnet is a part of its virtual network", _free(stack))


@rule
def ipv6_subnets_do_not_overlap(network: NetworkSettings, stack: Settings) -> Refusals:
    """The IPv6 ranges of subnets do not overlap."""
    chosen = [name for name, given in network.subnets.items() if given.address_prefix_ipv6]
    settled = {name: subnet.ipv6_prefix for name, subnet in stack.subnets.items() if name not in chosen}
    for name in (name for name in stack.subnets if name in chosen):
        prefix = stack.subnets[name].ipv6_prefix
        clashes = [f"{other} {taken}" for other, taken in settled.items() if prefix and taken == prefix]
        if clashes:
            at = ("subnets", name, "addressPrefixIpv6")
            limit = f"a range that does not overlap {', '.join(clashes)}"
            yield refuse(at, limit, "an address belongs to one subnet", _free(stack))
        settled[name] = prefix


def _free(stack: Settings) -> str:
    """What to write for a subnet: the first /64 of the address space that is free and in nobody's place."""
    space = stack.network.planned_address_space_ipv6
    if not space:
        return "addressPrefixIpv6: <another range>"
    taken = {subnet.ipv6_prefix for subnet in stack.subnets.values()} | {
        *address_plan.ipv6_plan(space).values()
    }
    places = space.subnets(new_prefix=address_plan.IPV6_SUBNET)
    return f"addressPrefixIpv6: {next((each for each in places if each not in taken), '<another range>')}"
