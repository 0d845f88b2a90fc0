"""Address ranges and what has room in them, ways out, and the network of the pods."""

import math
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from azure_facts import address_plan
from components.network.cni_settings import AzureCniBase, OverlayCniSettings
from components.network.egress_settings import (
    LoadBalancerEgressSettings,
    NatGatewayEgressSettings,
    UserDefinedRoutingEgressSettings,
)
from components.network.settings import NetworkSettings, SecurityRuleSettings, SubnetSettings
from components.settings import Settings
from settings.errors import Path, Problem
from settings.rules import Refusals, refuse, rule, unused, warn
from settings.spelling import nearest

_SMALLEST_SERVICE_RANGE = 28
_PORTS_OF_AN_ADDRESS = 64000
_PLATFORM_PRIORITIES = (1000, 1999)
_HIGHEST_PORT = 65535
_SERVICE_TAG = r"\*|[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)?"


@dataclass(frozen=True, kw_only=True)
class _Range:
    at: Path
    title: str
    network: IPv4Network
    given: bool
    """Whether the stack file has it, as against a default."""

    def refuse(self, limit: str, reason: str, free: Iterator[IPv4Network]) -> Refusals:
        """Refuse it, and offer the next of the ``free`` ranges of its size."""
        key = f"{self.at[-1]}: " if isinstance(self.at[-1], str) else ""
        instead = f"{key}{next(free, '<a smaller range>')}"
        yield refuse(self.at, f"a range that does not overlap {limit}", reason, instead)


def _own_ranges(network: NetworkSettings) -> list[_Range]:
    given = {*network.model_fields_set, *network.cni.model_fields_set}
    return [
        _Range(at=at, title=title, network=range_, given=field in given)
        for at, title, range_, field in (
            (("addressSpace",), "the virtual network's", network.address_space, "address_space"),
            (("cni", "podCidr"), "the pods'", network.cni.pod_range, "pod_cidr"),
            (("serviceCidr",), "the services'", network.service_cidr, "service_cidr"),
        )
        if range_
    ]


def _all_ranges(network: NetworkSettings) -> list[_Range]:
    peers = [
        _Range(at=("peerAddressSpaces", position), title="a peer's", network=peer, given=True)
        for position, peer in enumerate(network.peer_address_spaces)
    ]
    peered = [
        _Range(
            at=("peerings", name, "addressSpaces", position),
            title=f"the peer {name}'s",
            network=peer,
            given=True,
        )
        for name, peering in network.peerings.items()
        for position, peer in enumerate(peering.address_spaces)
    ]
    return [*_own_ranges(network), *peers, *peered]


def _free_beside(ranges: list[_Range]) -> list[Iterator[IPv4Network]]:
    """The private ranges that are free beside ``ranges``, by the length of their prefix."""
    taken = [each.network for each in ranges]
    return [address_plan.free_ranges(prefix, taken) for prefix in range(33)]


@rule
def pods_have_private_addresses(cni: OverlayCniSettings) -> Refusals:
    """An overlay's range of pods is private: inside one of RFC 1918 or RFC 6598."""
    if not any(cni.pod_cidr.subnet_of(private) for private in address_plan.PRIVATE):
        limit = f"a range inside {', '.join(map(str, address_plan.PRIVATE))}"
        reason = "Azure CNI Overlay takes pod addresses from private ranges only"
        yield refuse("podCidr", limit, reason, "podCidr: 10.244.0.0/16")


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
    free = _free_beside(ranges)
    kept: list[_Range] = []  # in the order of their addresses, none overlapping another
    for each in sorted(ranges, key=lambda range_: range_.given):
        place = bisect(kept, each.network, key=lambda range_: range_.network)
        neighbors = kept[max(place - 1, 0) : place + 1]
        met = next((other for other in neighbors if other.network.overlaps(each.network)), None)
        if met is None:
            kept.insert(place, each)
        else:
            reason = "an address in both would be ambiguous"
            yield from each.refuse(f"{met.title} {met.network}", reason, free[each.network.prefixlen])


@rule
def ranges_are_not_reserved(network: NetworkSettings) -> Refusals:
    """No range of the cluster's own overlaps one that AKS reserves."""
    for each in _own_ranges(network):
        reserved = [kept for kept in address_plan.RESERVED if kept.overlaps(each.network)]
        if reserved:
            limit = ", ".join(map(str, address_plan.RESERVED))
            free = _free_beside(_all_ranges(network))[each.network.prefixlen]
            yield from each.refuse(limit, f"AKS reserves {reserved[0]}", free)


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
def a_nat_gateway_has_addresses_or_a_prefix(egress: NatGatewayEgressSettings) -> Refusals:
    """A NAT gateway has a number of public IP addresses or a prefix of them."""
    if egress.public_ip_prefix_length is not None:
        yield from unused(egress, ["publicIpCount"], "publicIpPrefixLength", "remove publicIpPrefixLength")


@rule
def a_load_balancer_has_one_kind_of_addresses(egress: LoadBalancerEgressSettings) -> Refusals:
    """A load balancer's outbound addresses are managed by AKS, given, or those of given prefixes."""
    if egress.outbound_ips:
        others = ["managedOutboundIpCount", "outboundIpPrefixes"]
        yield from unused(egress, others, "outboundIps", "remove outboundIps")
    elif egress.outbound_ip_prefixes:
        others = ["managedOutboundIpCount"]
        yield from unused(egress, others, "outboundIpPrefixes", "remove outboundIpPrefixes")


@rule
def outbound_ports_come_in_eights(egress: LoadBalancerEgressSettings) -> Refusals:
    """The ports of a node for outgoing connections are a multiple of 8."""
    ports = egress.allocated_outbound_ports
    if ports % 8:
        reason = "a load balancer allocates ports in groups of 8"
        instead = f"allocatedOutboundPorts: {ports // 8 * 8}"
        yield refuse("allocatedOutboundPorts", "a multiple of 8", reason, instead)


@rule
def outbound_ports_suffice_for_all_nodes(egress: LoadBalancerEgressSettings, stack: Settings) -> Refusals:
    """The outbound addresses have the ports that all nodes are given, also during an upgrade."""
    if egress.outbound_ip_prefixes or not egress.allocated_outbound_ports:
        return
    addresses = len(egress.outbound_ips) or egress.managed_outbound_ip_count or 1
    nodes = sum(pool.most_nodes for pool in stack.pools)
    wanted, room = nodes * egress.allocated_outbound_ports, addresses * _PORTS_OF_AN_ADDRESS
    if wanted > room:
        limit = f"at most {room // nodes // 8 * 8} with {nodes} nodes; outbound addresses: {addresses}"
        reason = f"an address has {_PORTS_OF_AN_ADDRESS:,} ports; with surge all pools may take {wanted:,}"
        instead = f"managedOutboundIpCount: {-(-wanted // _PORTS_OF_AN_ADDRESS)}, or fewer ports"
        yield refuse("allocatedOutboundPorts", limit, reason, instead)


@rule
def a_route_leads_somewhere(egress: UserDefinedRoutingEgressSettings) -> Refusals:
    """User-defined routing names the next hop or a route table, and not both."""
    if egress.next_hop_ip_address is None and egress.route_table_id is None:
        reason = "AKS gives the cluster no way out, so traffic needs a route to an appliance"
        instead = "nextHopIpAddress: <private address of the appliance>"
        yield refuse("nextHopIpAddress", "required, or routeTableId", reason, instead)
    elif egress.route_table_id is not None:
        yield from unused(egress, ["nextHopIpAddress"], "routeTableId", "remove routeTableId")


@rule
def nodes_behind_an_appliance_may_reach_the_api_server(
    egress: UserDefinedRoutingEgressSettings, stack: Settings
) -> Refusals:
    """With authorized ranges, the public addresses of an appliance are known."""
    api_server = stack.cluster.api_server
    if api_server.authorized_ip_ranges and api_server.on_internet and not egress.public_ip_addresses:
        reason = "nodes come from these addresses, and the authorized ranges would keep them out"
        instead = "publicIpAddresses: [<public addresses of the appliance>]"
        yield refuse("publicIpAddresses", "required with apiServer.authorizedIpRanges", reason, instead)


@rule
def an_isolated_cluster_is_reached_inside(stack: Settings) -> Refusals:
    """Without a way out, the API server is inside the virtual network."""
    if stack.network.is_isolated and stack.cluster.api_server.on_internet:
        reason = "nodes without a way out do not reach an API server on the internet"
        instead = "cluster.apiServer.privateCluster: {enabled: true}, or another kind of egress"
        yield refuse("network.egress.kind", "another kind with a public API server", reason, instead)


@rule
def an_isolated_cluster_has_a_private_registry(stack: Settings) -> Refusals:
    """Without a way out, the registry has a private endpoint."""
    if stack.network.is_isolated and not stack.registry.private_endpoint.enabled:
        limit = "true with network.egress.kind none"
        reason = "nodes pull everything there, their own software too"
        instead = "enabled: true and registry.sku: Premium"
        yield refuse("registry.privateEndpoint.enabled", limit, reason, instead)


@rule
def nothing_in_an_isolated_cluster_needs_the_internet(stack: Settings) -> Refusals:
    """Without a way out, there is nothing that pulls images, policies or drivers from the internet."""
    if not stack.network.is_isolated:
        return
    limit = "{} with network.egress.kind none"
    if stack.ingress.open_to_internet:
        reason = "nodes cannot pull the controller's image"
        yield refuse("ingress.kind", limit.format("none"), reason, "kind: none")
    if stack.cluster.azure_policy:
        reason = "the add-on gets its policies from the internet"
        yield refuse("cluster.azurePolicy", limit.format("false"), reason, "azurePolicy: false")
    if stack.monitoring.enabled:
        reason = "metrics would not reach Azure Monitor"
        yield refuse("monitoring.enabled", limit.format("false"), reason, "enabled: false")
    if stack.cluster.node_os_upgrade_channel not in {"NodeImage", "None"}:
        reason = "nodes cannot get packages, only whole images"
        instead = "nodeOsUpgradeChannel: NodeImage"
        yield refuse("cluster.nodeOsUpgradeChannel", limit.format("NodeImage or None"), reason, instead)
    for key, pool in stack.node_pools.items():
        if pool.device_plugin_strategy:
            reason = "nodes can get neither NVIDIA's driver nor the device plugin's image"
            at = ("nodePools", key, "gpuDriver")
            yield refuse(at, limit.format("None"), reason, 'gpuDriver: "None"')


@rule
def policies_are_enforced_by_what_the_data_plane_has(cni: AzureCniBase) -> Refusals:
    """Network policy is cilium's with the data plane cilium, and azure, calico or none with azure."""
    plane, policy = cni.network_dataplane, cni.network_policy
    if policy is None or (plane == "cilium") == (policy == "cilium"):
        return
    if plane == "cilium":
        limit = "cilium with networkDataplane cilium"
        reason = "Cilium enforces policies itself, and AKS installs no second engine"
        instead = "networkPolicy: cilium, or networkDataplane: azure"
    else:
        limit = "azure, calico or none with networkDataplane azure"
        reason = "Cilium enforces policies in its own data plane"
        instead = "networkDataplane: cilium, or networkPolicy: calico"
    yield refuse("networkPolicy", limit, reason, instead)


@rule
def a_policy_engine_that_ends_is_known_to_end(cni: AzureCniBase) -> Refusals:
    """Warns of Azure Network Policy Manager, which ends in 2028."""
    if cni.network_policy == "azure" and cni.network_dataplane == "azure":
        reason = "Azure Network Policy Manager ends on 30 September 2028"
        yield warn("networkPolicy", "cilium or calico", reason, "networkDataplane: cilium")


@rule
def policies_by_name_need_cilium(cni: AzureCniBase) -> Refusals:
    """Policies by domain name or request need the data plane cilium."""
    if cni.advanced_networking.security.enabled and cni.network_dataplane != "cilium":
        limit, reason = "false with networkDataplane azure", "only Cilium knows names and requests"
        instead = "networkDataplane: cilium, or enabled: false"
        yield refuse("advancedNetworking.security.enabled", limit, reason, instead)


@rule
def subnets_have_names_of_the_plan(network: NetworkSettings) -> Refusals:
    """A subnet has one of the names in the address plan."""
    known = [slot.name for slot in address_plan.SLOTS]
    for name in network.subnets:
        if name not in known:
            close = nearest(name, known)
            instead = f"{close}: <the same>" if close else f"nothing: remove {name}"
            reason = "the address plan has no such subnet"
            yield refuse(("subnets", name), f"one of {', '.join(known)}", reason, instead)


@rule
def subnets_are_large_enough(network: NetworkSettings) -> Refusals:
    """A subnet has the size that the service in it asks for."""
    for name, given in network.subnets.items():
        prefix, slot = given.address_prefix, address_plan.SLOTS_BY_NAME.get(name)
        if prefix and slot and prefix.prefixlen > slot.smallest:
            instead = f"addressPrefix: {prefix.supernet(new_prefix=slot.smallest)}"
            limit, reason = f"/{slot.smallest} or larger", "Azure accepts no smaller subnet there"
            yield refuse(("subnets", name, "addressPrefix"), limit, reason, instead)


@rule
def subnets_lie_in_the_address_space(network: NetworkSettings, stack: Settings) -> Refusals:
    """The ranges of subnets lie in addressSpace."""
    for name, subnet in stack.subnets.items():
        if not subnet.prefix.subnet_of(network.address_space):
            reason = "a subnet is a part of its virtual network"
            yield _refuse_prefix(name, f"a range inside {network.address_space}", reason, stack)


@rule
def subnets_do_not_overlap(network: NetworkSettings, stack: Settings) -> Refusals:
    """The ranges of subnets do not overlap."""
    chosen = [name for name, given in network.subnets.items() if given.address_prefix]
    settled = {name: subnet.prefix for name, subnet in stack.subnets.items() if name not in chosen}
    for name in (name for name in stack.subnets if name in chosen):
        prefix = stack.subnets[name].prefix
        clashes = [f"{other} {taken}" for other, taken in settled.items() if taken.overlaps(prefix)]
        if clashes:
            limit = f"a range that does not overlap {', '.join(clashes)}"
            yield _refuse_prefix(name, limit, "an address belongs to one subnet", stack)
        settled[name] = prefix


def _refuse_prefix(name: str, limit: str, reason: str, stack: Settings) -> Problem:
    """Refuse the range that the stack file gives a subnet, and offer one of its size that is free."""
    taken = [subnet.prefix for other, subnet in stack.subnets.items() if other != name]
    space, length = stack.network.address_space, stack.subnets[name].prefix.prefixlen
    instead = address_plan.first_free(space, length, taken) or "<a smaller range>"
    return refuse(("subnets", name, "addressPrefix"), limit, reason, f"addressPrefix: {instead}")


@rule
def every_subnet_has_room(network: NetworkSettings, stack: Settings) -> Refusals:
    """Every subnet that something needs, or that the stack file names, finds room in addressSpace."""
    for slot in address_plan.SLOTS:
        if slot.name in {*stack.needed_subnets, *network.subnets} - {*stack.subnets}:
            space = address_plan.address_space_for(slot.name, network.address_space)
            limit = f"/{space.prefixlen} or larger for the subnet {slot.name}"
            reason = "the plan of a smaller address space has no place for it"
            instead = f"addressSpace: {space}, or subnets: {{{slot.name}: {{addressPrefix: <a free range>}}}}"
            yield refuse("addressSpace", limit, reason, instead)


@rule
def nodes_fit_their_subnet(network: NetworkSettings, stack: Settings) -> Refusals:
    """The nodes' subnet has an address for every node, also during an upgrade."""
    prefix, nodes = stack.subnets["nodes"].prefix, sum(pool.most_nodes for pool in stack.pools)
    room = address_plan.usable_addresses(prefix)
    if nodes <= room:
        return
    enough = 32 - math.ceil(math.log2(nodes + address_plan.AZURE_RESERVED_ADDRESSES_PER_SUBNET))
    if (given := network.subnets.get("nodes")) and given.address_prefix:
        at, limit = "subnets.nodes.addressPrefix", f"/{enough} or larger for {nodes} nodes"
        reason = f"it has {room} addresses for nodes; with surge all pools may have {nodes}"
        instead = f"addressPrefix: {prefix.supernet(new_prefix=enough)}, or lower maxCount"
    else:
        at, limit = "addressSpace", f"/{enough - 1} or larger for {nodes} nodes"
        reason = f"its first half has {room} addresses for nodes; with surge all pools may have {nodes}"
        instead = f"addressSpace: {network.address_space.supernet(new_prefix=enough - 1)}, or lower maxCount"
    yield refuse(at, limit, reason, instead)


@rule
def pods_fit_their_range(cni: OverlayCniSettings, stack: Settings) -> Refusals:
    """An overlay's range of pods has a /24 for every node, also during an upgrade."""
    pods, nodes = cni.pod_cidr, sum(pool.most_nodes for pool in stack.pools)
    room = address_plan.overlay_node_capacity(pods)
    if nodes > room:
        enough = address_plan.POD_BLOCK_PREFIX - math.ceil(math.log2(nodes))
        limit = f"/{enough} or larger for {nodes} nodes"
        reason = f"each node takes a /24, so it has room for {room}; with surge all pools may have {nodes}"
        instead = f"podCidr: {pods.supernet(new_prefix=enough)}, or lower maxCount"
        yield refuse("podCidr", limit, reason, instead)


@rule
def names_of_peerings_are_names(network: NetworkSettings) -> Refusals:
    """The name of a peering is 1 to 20 lower-case letters, digits and single hyphens."""
    for name in network.peerings:
        if re.fullmatch(r"(?=.{1,20}$)[a-z0-9]+(-[a-z0-9]+)*", name) is None:
            limit = "1 to 20 lower-case letters, digits and single hyphens between them"
            yield refuse(
                ("peerings", name), limit, "the peering's name in Azure contains it", "hub: <the same>"
            )


@rule
def a_network_is_peered_once(network: NetworkSettings) -> Refusals:
    """No two peerings lead to the same virtual network."""
    seen: dict[str, str] = {}
    for name, peering in network.peerings.items():
        first = seen.setdefault(peering.virtual_network_id.lower(), name)
        if first != name:
            at = ("peerings", name, "virtualNetworkId")
            yield refuse(at, "a network that has no peering yet", f"{first} leads there", f"remove {name}")


@rule
def one_peering_uses_gateways(network: NetworkSettings) -> Refusals:
    """The gateways of one other network are used at most."""
    users = [name for name, peering in network.peerings.items() if peering.use_remote_gateways]
    for name in users[1:]:
        reason = f"{users[0]} uses those of another network already, and Azure allows one"
        yield refuse(("peerings", name, "useRemoteGateways"), "false", reason, "remove useRemoteGateways")


@rule
def a_network_that_uses_gateways_lends_none(network: NetworkSettings) -> Refusals:
    """A virtual network that uses the gateways of another one has none to lend."""
    uses = any(peering.use_remote_gateways for peering in network.peerings.values())
    for name, peering in network.peerings.items():
        if uses and peering.allow_gateway_transit:
            reason = "with useRemoteGateways Azure allows this network no gateway of its own"
            yield refuse(
                ("peerings", name, "allowGatewayTransit"), "false", reason, "remove allowGatewayTransit"
            )


@rule
def dns_servers_are_outside_the_cluster(network: NetworkSettings) -> Refusals:
    """No DNS server of the virtual network has an address of the pods' or the services'."""
    inside = {"cni.podCidr": network.cni.pod_range, "serviceCidr": network.service_cidr}
    for position, server in enumerate(network.dns_servers):
        for key, range_ in inside.items():
            if range_ and server in range_:
                reason = "nodes ask it before there are pods and services"
                yield refuse(
                    ("dnsServers", position), f"an address outside {key} {range_}", reason, "168.63.129.16"
                )


@rule
def forwarding_rules_are_asked(network: NetworkSettings) -> Refusals:
    """Only a virtual network that uses Azure's own resolver has forwarding rules."""
    if network.dns_servers and network.dns_resolver.forwarding_rules:
        reason = "the network asks its dnsServers, and they do not know of the rules"
        yield refuse("dnsResolver.forwardingRules", "none with dnsServers", reason, "remove dnsServers")


@rule
def own_security_rules_leave_room_for_the_platforms(rule_: SecurityRuleSettings) -> Refusals:
    """A security rule of a team has a priority below 1000 or from 2000 on."""
    first, last = _PLATFORM_PRIORITIES
    if first <= rule_.priority <= last:
        limit = f"100 to {first - 1}, or {last + 1} to 4096"
        yield refuse("priority", limit, "those between are the platform's own", f"priority: {first - 1}")


@rule
def security_rules_of_a_subnet_have_different_priorities(subnet: SubnetSettings) -> Refusals:
    """No two security rules of a subnet have the same priority and direction."""
    seen: dict[tuple[int, str], str] = {}
    for name, each in subnet.security_rules.items():
        first = seen.setdefault((each.priority, each.direction), name)
        if first != name:
            limit, instead = f"one that no other {each.direction} rule has", "priority: <another>"
            yield refuse(("securityRules", name, "priority"), limit, f"{first} has it", instead)


@rule
def several_prefixes_are_addresses(rule_: SecurityRuleSettings) -> Refusals:
    """A service tag or an asterisk is the only source or destination of its security rule."""
    prefixes = {
        "sourceAddressPrefixes": rule_.source_address_prefixes,
        "destinationAddressPrefixes": rule_.destination_address_prefixes,
    }
    for key, values in prefixes.items():
        for position, value in enumerate(values):
            if not _is_range(value) and (values[1:] or not re.fullmatch(_SERVICE_TAG, value)):
                limit = "an address, a range, or one service tag or * alone"
                yield refuse((key, position), limit, "Azure takes nothing else there", "10.0.0.0/16")


@rule
def ports_are_ports(rule_: SecurityRuleSettings) -> Refusals:
    """Ports of a security rule are numbers from 0 to 65535, ranges of them, or an asterisk alone."""
    for position, text in enumerate(rule_.destination_port_ranges):
        first, dash, last = text.partition("-")
        ends = (first, last if dash else first)
        is_range = all(end.isdecimal() for end in ends) and int(ends[0]) <= int(ends[1]) <= _HIGHEST_PORT
        if not is_range and (text != "*" or rule_.destination_port_ranges[1:]):
            limit = f"0 to {_HIGHEST_PORT}, a range such as 8000-8100, or * alone"
            yield refuse(
                ("destinationPortRanges", position), limit, "Azure takes nothing else there", '"443"'
            )


@rule
def security_rules_are_for_subnets_that_take_them(network: NetworkSettings) -> Refusals:
    """Only a subnet that may have a network security group has security rules."""
    for name, subnet in network.subnets.items():
        slot = address_plan.SLOTS_BY_NAME.get(name)
        if subnet.security_rules and slot and not slot.security_group:
            reason = f"{slot.azure_name} takes no network security group"
            yield refuse(("subnets", name, "securityRules"), "none", reason, "remove securityRules")


@rule
def storage_endpoints_are_of_one_kind(subnet: SubnetSettings) -> Refusals:
    """A subnet has service endpoints to storage in its region, or in all regions."""
    if {"Microsoft.Storage", "Microsoft.Storage.Global"} <= {*subnet.service_endpoints}:
        reason = "Azure takes one of the two, and Microsoft.Storage.Global leads to storage everywhere"
        yield refuse("serviceEndpoints", "one endpoint to storage", reason, "remove Microsoft.Storage")


def _is_range(text: str) -> bool:
    try:
        IPv4Network(text)
    except ValueError:
        return False
    return True
