"""The VPN gateway and its connections."""

from typing import Final

from azure_facts import address_plan
from components.network.rules.names import misnamed
from components.network.settings import NetworkSettings
from components.network.vpn_settings import (
    IpsecPolicySettings,
    LocalNetworkSettings,
    VpnConnectionSettings,
    VpnGatewaySettings,
)
from settings.rules import Refusals, refuse, rule, unused

_RESERVED_ASN: Final = frozenset({8074, 8075, 12076, 65515, 65517, 65518, 65519, 65520, 23456})
"""https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview"""
_OF_THE_GATEWAY: Final = 65515
_MOST_CONNECTIONS: Final = {"VpnGw4AZ": 100, "VpnGw5AZ": 100}
"""https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus"""


@rule
def a_gateway_is_of_a_generation_that_its_size_has(gateway: VpnGatewaySettings) -> Refusals:
    """VpnGw1AZ is of Generation1, and VpnGw4AZ and VpnGw5AZ are of Generation2."""
    only = {"VpnGw1AZ": "Generation1", "VpnGw4AZ": "Generation2", "VpnGw5AZ": "Generation2"}.get(gateway.sku)
    if only and gateway.generation != only:
        reason = f"Azure has {gateway.sku} in no other generation"
        yield refuse("vpnGatewayGeneration", only, reason, f"vpnGatewayGeneration: {only}")


@rule
def names_of_connections_are_names(gateway: VpnGatewaySettings) -> Refusals:
    """The name of a VPN connection is 1 to 20 lower-case letters, digits and single hyphens."""
    yield from misnamed("connections", gateway.connections, what="connection", example="lab")


@rule
def a_gateway_has_room_for_its_connections(gateway: VpnGatewaySettings) -> Refusals:
    """A VPN gateway has at most 30 connections, VpnGw4AZ and VpnGw5AZ 100."""
    most = _MOST_CONNECTIONS.get(gateway.sku, 30)
    if len(gateway.connections) > most:
        reason = "Azure has no more tunnels for this size"
        yield refuse("connections", f"at most {most} with {gateway.sku}", reason, "sku: VpnGw4AZ")


@rule
def a_local_network_is_found(local: LocalNetworkSettings) -> Refusals:
    """A network on premises has the address or the name of its VPN device, and not both."""
    if local.gateway_ip_address is None and local.fqdn is None:
        reason, instead = "the gateway connects with it", "gatewayIpAddress: <its public address>"
        yield refuse("gatewayIpAddress", "required, or fqdn", reason, instead)
    elif local.fqdn is not None:
        yield from unused(local, ["gatewayIpAddress"], "fqdn", "remove fqdn")


@rule
def a_vpn_device_is_on_the_internet(local: LocalNetworkSettings) -> Refusals:
    """The address of a VPN device is public."""
    address = local.gateway_ip_address
    if address is not None and any(address in private for private in address_plan.PRIVATE):
        reason = "the gateway reaches it over the internet"
        yield refuse("gatewayIpAddress", "a public address", reason, "gatewayIpAddress: <its public address>")


@rule
def something_is_reached_through_a_connection(local: LocalNetworkSettings) -> Refusals:
    """A network on premises has ranges, or announces them by BGP."""
    if not local.address_spaces and local.bgp is None:
        reason = "nothing would be sent through the connection"
        yield refuse("addressSpaces", "required without bgp", reason, "addressSpaces: [<its ranges>]")


@rule
def the_two_sides_of_bgp_differ(gateway: VpnGatewaySettings) -> Refusals:
    """Both sides of BGP have numbers that Azure does not reserve, and not the same one."""
    if gateway.asn in _RESERVED_ASN - {_OF_THE_GATEWAY}:
        reason = "Azure reserves it"
        yield refuse("asn", "another number", reason, f"asn: {_OF_THE_GATEWAY}")
    for name, connection in gateway.connections.items():
        bgp = connection.local_network.bgp
        at = ("connections", name, "localNetwork", "bgp", "asn")
        if bgp and bgp.asn in _RESERVED_ASN:
            yield refuse(at, "another number", "Azure reserves it", "asn: 65010")
        elif bgp and bgp.asn == gateway.asn:
            yield refuse(
                at, f"another one than {gateway.asn}", "the gateway has it", "asn: <the other side's>"
            )


@rule
def selectors_need_a_policy(connection: VpnConnectionSettings) -> Refusals:
    """A connection to a policy-based device has an IPsec policy, and no BGP."""
    if connection.use_policy_based_traffic_selectors and connection.ipsec_policy is None:
        reason = "Azure takes usePolicyBasedTrafficSelectors only with it"
        instead = "remove usePolicyBasedTrafficSelectors"
        yield refuse("ipsecPolicy", "required with usePolicyBasedTrafficSelectors", reason, instead)


@rule
def galois_encrypts_and_signs(policy: IpsecPolicySettings) -> Refusals:
    """With GCM, integrity of IPsec is the same algorithm as its encryption."""
    encryption, integrity = policy.ipsec_encryption, policy.ipsec_integrity
    is_whole = encryption.startswith("GCM") or integrity.startswith("GCM")
    if is_whole and encryption != integrity:
        wanted = encryption if encryption.startswith("GCM") else "SHA256"
        reason = f"ipsecEncryption is {encryption}"
        yield refuse("ipsecIntegrity", wanted, reason, f"ipsecIntegrity: {wanted}")


@rule
def gateways_that_are_lent_exist(network: NetworkSettings) -> Refusals:
    """A virtual network lends gateways to a peer, or uses the peer's, as it has some of its own or none."""
    gateways = {"vpnGateway": network.vpn_gateway, "expressRouteGateway": network.express_route_gateway}
    for name, peering in network.peerings.items():
        for key, gateway in gateways.items():
            if gateway.enabled and peering.use_remote_gateways:
                reason = "a network with a gateway of its own cannot use others"
                at = ("peerings", name, "useRemoteGateways")
                yield refuse(at, f"false with {key}.enabled", reason, "remove useRemoteGateways")
        if peering.allow_gateway_transit and peering.remote_peering and not network.has_gateway:
            reason = "the peering back would use a gateway that is not there"
            at = ("peerings", name, "allowGatewayTransit")
            limit = "false without vpnGateway, expressRouteGateway or subnets.gateway"
            yield refuse(at, limit, reason, "remove allowGatewayTransit")
