"""Egress."""

from components.network.egress_settings import (
    AzureFirewallEgressSettings,
    LoadBalancerEgressSettings,
    NatGatewayEgressSettings,
    UserDefinedRoutingEgressSettings,
)
from components.settings import Settings
from settings.model import keys_of
from settings.rules import Refusals, refuse, rule, unused

_PORTS_OF_AN_ADDRESS = 64000


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
    nodes = stack.most_nodes
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
        reason = "nodes pull everything from there, including their own software"
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
        reason = "nodes can get whole images, but no packages"
        instead = "nodeOsUpgradeChannel: NodeImage"
        yield refuse("cluster.nodeOsUpgradeChannel", limit.format("NodeImage or None"), reason, instead)
    for key, pool in stack.node_pools.items():
        if pool.device_plugin_strategy:
            reason = "nodes can get neither NVIDIA's driver nor the device plugin's image"
            at = ("nodePools", key, "gpuDriver")
            yield refuse(at, limit.format("None"), reason, 'gpuDriver: "None"')


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
