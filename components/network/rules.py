"""Address ranges and what has room in them, ways out, and the network of the pods."""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from azure_facts import address_plan
from components.network.cni_settings import AzureCniBase, OverlayCniSettings
from components.network.egress_settings import (
    AzureFirewallEgressSettings,
    LoadBalancerEgressSettings,
    NatGatewayEgressSettings,
    UserDefinedRoutingEgressSettings,
)
from components.network.settings import NetworkSettings, SecurityRuleSettings, SubnetSettings
from components.network.subnets import NODES, slots_of
from components.nodepool.settings import NodePoolBase
from components.settings import Settings
from settings.errors import Path, Problem
from settings.model import keys_of
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

    def instead(self, length: int, ranges: list["_Range"]) -> IPv4Network | None:
        """A private range of a length that overlaps no other: around this one, or where there is room."""
        taken = [other.network for other in ranges if other is not self]
        around = self.network.supernet(new_prefix=min(length, self.network.prefixlen))
        if length < self.network.prefixlen and address_plan.is_free(around, taken):
            return around
        return next(address_plan.free_ranges(length, taken), None)


def _own_ranges(network: NetworkSettings) -> list[_Range]:
    """The cluster's own ranges: those of the virtual network first."""
    planned, further = network.planned_address_space, network.additional_address_spaces
    # An existing network cannot give way to the cluster's own ranges.
    movable = "address_space" in network.model_fields_set and network.virtual_network_id is None
    spaces = [(("addressSpace",), planned, movable)] if planned else []
    spaces += [(("additionalAddressSpaces", position), each, True) for position, each in enumerate(further)]
    if network.virtual_network_id and not planned:
        chosen = {name: given.address_prefix for name, given in network.subnets.items()}
        spaces += [(("subnets", name, "addressPrefix"), each, False) for name, each in chosen.items() if each]
    pods = network.cni.pod_range
    ranges = [
        _Range(at=at, title="the virtual network's", network=each, given=given) for at, each, given in spaces
    ]
    if pods:
        given = bool(network.cni.model_fields_set)
        ranges.append(_Range(at=("cni", "podCidr"), title="the pods'", network=pods, given=given))
    given = "service_cidr" in network.model_fields_set
    return [
        *ranges,
        _Range(at=("serviceCidr",), title="the services'", network=network.service_cidr, given=given),
    ]


def _all_ranges(network: NetworkSettings) -> list[_Range]:
    """The cluster's own ranges and those of networks that are connected with it."""
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
    """No range overlaps one that Azure reserves, and none of the cluster's own one that AKS reserves."""
    own = _own_ranges(network)
    for each in _all_ranges(network):
        kept_by = {"Azure": address_plan.RESERVED_BY_AZURE}
        if each in own:
            kept_by["AKS"] = address_plan.RESERVED_BY_AKS
        for keeper, ranges in kept_by.items():
            overlapped = [kept for kept in ranges if kept.overlaps(each.network)]
            if overlapped:
                free = _free_beside(_all_ranges(network))[each.network.prefixlen]
                limit = ", ".join(map(str, ranges))
                yield from each.refuse(limit, f"{keeper} reserves {overlapped[0]}", free)
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
def subnets_have_names_of_the_plan(network: NetworkSettings, stack: Settings) -> Refusals:
    """A subnet has one of the names in the address plan, or that of a subnet which a node pool names."""
    known = [slot.name for slot in address_plan.SLOTS]
    used = {*known, *(pool.subnet for pool in stack.pools)}
    for name in (name for name in network.subnets if name not in used):
        close = nearest(name, known)
        limit = f"one of {', '.join(known)}, or the subnet of a node pool"
        instead = f"{close}: <the same>" if close else f"remove {name}"
        yield refuse(("subnets", name), limit, "nothing would use it", instead)


@rule
def names_of_subnets_fit_into_names(network: NetworkSettings) -> Refusals:
    """The name of a subnet has 1 to 20 lower-case letters, digits and hyphens."""
    for name in network.subnets:
        if not re.fullmatch(r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?", name):
            limit = "1 to 20 lower-case letters, digits and hyphens, a letter first, no hyphen last"
            yield refuse(("subnets", name), limit, "names of resources contain it", "a name such as batch")


@rule
def pools_are_in_subnets_for_nodes(pool: NodePoolBase, stack: Settings) -> Refusals:
    """The subnet of a node pool is nodes, or one that network.subnets adds."""
    own = [name for name in stack.network.subnets if name not in address_plan.SLOTS_BY_NAME]
    if pool.subnet not in {NODES, *own}:
        limit = f"one of {', '.join([NODES, *own])}"
        taken = pool.subnet in address_plan.SLOTS_BY_NAME
        reason = "that subnet is for something else" if taken else "network.subnets has no such subnet"
        close = NODES if taken else nearest(pool.subnet, [NODES, *own]) or NODES
        yield refuse("subnet", limit, reason, f"subnet: {close}")


@rule
def subnets_are_large_enough(network: NetworkSettings) -> Refusals:
    """A subnet has the size that the service in it asks for."""
    for name, slot in slots_of(network).items():
        given = network.subnets.get(name)
        if given and given.address_prefix and given.address_prefix.prefixlen > slot.smallest:
            instead = f"addressPrefix: {given.address_prefix.supernet(new_prefix=slot.smallest)}"
            limit, reason = f"/{slot.smallest} or larger", "Azure accepts no smaller subnet there"
            yield refuse(("subnets", name, "addressPrefix"), limit, reason, instead)


@rule
def subnets_lie_in_the_virtual_network(network: NetworkSettings, stack: Settings) -> Refusals:
    """The ranges of subnets lie in addressSpace or additionalAddressSpaces."""
    spaces = network.address_spaces
    if network.virtual_network_id:
        return
    for name, subnet in stack.subnets.items():
        if not any(subnet.prefix.subnet_of(space) for space in spaces):
            limit = f"a range inside {' or '.join(map(str, spaces))}"
            yield _refuse_prefix(name, limit, "a subnet is a part of its virtual network", stack)


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


def _refuse_prefix(name: str, limit: str, reason: str, stack: Settings, length: int | None = None) -> Problem:
    """Refuse the range that the stack file gives a subnet; offer a free one of its size, or of ``length``."""
    subnet = stack.subnets[name]
    taken = [other.prefix for key, other in stack.subnets.items() if key != name]
    length = length or subnet.prefix.prefixlen
    around = subnet.prefix.supernet(new_prefix=length) if length < subnet.prefix.prefixlen else None
    spaces = [around, *stack.network.address_spaces] if around else stack.network.address_spaces
    free = [place for space in spaces if (place := address_plan.first_free(space, length, taken))]
    instead = f"addressPrefix: {free[0] if free else '<another range>'}"
    if subnet.id:
        instead = "id: <another subnet>"
    return refuse(("subnets", name, "addressPrefix"), limit, reason, instead)


@rule
def a_nat_gateway_has_a_subnet(egress: NatGatewayEgressSettings, stack: Settings) -> Refusals:
    """The NAT gateway has settings only where the platform makes a subnet that uses it."""
    if all(subnet.id for subnet in stack.subnets.values() if subnet.slot.egress):
        keys = [key for key in keys_of(type(egress)) if key != "kind"]
        yield from unused(egress, keys, "existing subnets alone", "a range instead of an id")


@rule
def existing_subnets_keep_their_route_table(
    egress: UserDefinedRoutingEgressSettings | AzureFirewallEgressSettings, stack: Settings
) -> Refusals:
    """A way out that needs a route table of the platform's own has no existing subnet."""
    has_own = isinstance(egress, UserDefinedRoutingEgressSettings) and egress.route_table_id is not None
    existing = [name for name, subnet in stack.subnets.items() if subnet.slot.egress and subnet.id]
    if existing and not has_own:
        limit = f"userDefinedRouting with routeTableId, for the existing subnet {' and '.join(existing)}"
        reason = "the platform changes nothing about such a subnet, so it would not get the route"
        instead = "egress: {kind: userDefinedRouting, routeTableId: <id of the subnet's route table>}"
        yield refuse("kind", limit, reason, instead)


@rule
def existing_subnets_stay_as_they_are(subnet: SubnetSettings) -> Refusals:
    """Security rules and service endpoints are set only on subnets that the platform makes."""
    if subnet.id:
        yield from unused(subnet, ["securityRules", "serviceEndpoints"], "id", "a range instead of an id")


@rule
def every_subnet_has_room(network: NetworkSettings, stack: Settings) -> Refusals:
    """Every subnet that something needs, or that the stack file names, has a range."""
    space = network.planned_address_space
    for name in slots_of(network):
        given = network.subnets.get(name)
        wanted = name in stack.needed_subnets or (given and name in address_plan.SLOTS_BY_NAME)
        if name in stack.subnets or not wanted:
            continue
        if given and given.id:
            reason = "the plan is checked before Azure is asked"
            instead = f"what `az network vnet subnet show --ids {given.id} --query addressPrefix` prints"
        elif space is None or name not in address_plan.SLOTS_BY_NAME:
            reason = "the address plan has no place for it"
            instead = "a free range of the virtual network"
        else:
            wider = space.supernet(new_prefix=address_plan.planned_length(name))
            limit = f"/{wider.prefixlen} or larger for the subnet {name}"
            reason = "the plan of a smaller address space has no place for it"
            instead = f"addressSpace: {wider}, or subnets: {{{name}: {{addressPrefix: <a free range>}}}}"
            yield refuse("addressSpace", limit, reason, instead)
            continue
        yield refuse(("subnets", name, "addressPrefix"), "required", reason, f"addressPrefix: <{instead}>")


@rule
def existing_subnets_are_in_the_existing_network(network: NetworkSettings) -> Refusals:
    """The ids of subnets for the cluster lie in the network of virtualNetworkId."""
    home = network.virtual_network_id
    for name, slot in slots_of(network).items():
        given = network.subnets.get(name)
        if given and given.id and slot.joined:
            parent = given.id.rpartition("/subnets/")[0]
            at, reason = ("subnets", name, "id"), "all nodes and pods of a cluster are in one virtual network"
            if home is None:
                yield refuse(at, "not without virtualNetworkId", reason, f"virtualNetworkId: {parent}")
            elif parent.lower() != home.lower():
                yield refuse(at, f"a subnet of {home}", reason, f"id: {home}/subnets/<name>")


@rule
def an_existing_virtual_network_is_not_changed(network: NetworkSettings) -> Refusals:
    """Ranges, DNS servers and peerings are set only on a virtual network of the platform's own."""
    if network.virtual_network_id:
        keys = ["additionalAddressSpaces", "dnsServers", "peerings", "ddosProtectionPlanId"]
        yield from unused(network, keys, "virtualNetworkId", "remove virtualNetworkId")


@rule
def every_pool_can_reach_its_maximum(network: NetworkSettings, stack: Settings) -> Refusals:
    """Subnets and the range of the pods hold all pools at their largest, also during an upgrade."""
    for each in stack.address_ranges:
        if each.during_upgrade <= each.usable:
            continue
        nodes = sum(demand.nodes + demand.surge for demand in each.demands)
        place = f"the subnet {each.subnet}, {each.network}," if each.subnet else "it"
        taken = f"with surge {nodes:,} nodes take {each.during_upgrade:,}"
        reason = f"{place} has {each.usable:,} addresses, and {taken}"
        given = network.subnets.get(each.subnet or "")
        if given and given.address_prefix and each.subnet:
            limit = f"/{each.least_length} or larger for {nodes:,} nodes"
            yield _or_fewer_nodes(_refuse_prefix(each.subnet, limit, reason, stack, each.least_length))
            continue
        at: Path = ("addressSpace",) if each.subnet else ("cni", "podCidr")
        length = (
            address_plan.planned_length(each.subnet, each.during_upgrade)
            if each.subnet
            else each.least_length
        )
        ranges = _all_ranges(network)
        instead = next(one for one in ranges if one.at == at).instead(length, ranges)
        limit = f"/{length} or larger for {nodes:,} nodes"
        yield _or_fewer_nodes(refuse(at, limit, reason, f"{at[-1]}: {instead or '<a larger range>'}"))


def _or_fewer_nodes(problem: Problem) -> Problem:
    return replace(problem, write=f"{problem.write}, or lower maxCount")


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
