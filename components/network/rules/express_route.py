"""The ExpressRoute gateway and its circuits."""

from collections import Counter
from typing import Final

from components.network.express_route_settings import ExpressRouteGatewaySettings
from components.network.rules.names import misnamed
from components.network.settings import NetworkSettings
from components.network.subnets import GATEWAY
from components.settings import Settings
from settings.rules import Refusals, refuse, rule

_MOST_CIRCUITS: Final = {"ErGw1AZ": 4, "ErGw2AZ": 8, "ErGw3AZ": 16}
"""https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways"""
_SMALLEST_FOR_BOTH: Final = 27
"""https://learn.microsoft.com/azure/expressroute/expressroute-howto-coexist-resource-manager"""


@rule
def names_of_circuits_are_names(gateway: ExpressRouteGatewaySettings) -> Refusals:
    """The name of a circuit is 1 to 20 lower-case letters, digits and single hyphens."""
    yield from misnamed("circuits", gateway.circuits, what="connection", example="primary")


@rule
def names_of_circuits_and_vpn_connections_differ(network: NetworkSettings) -> Refusals:
    """No circuit has the name of a VPN connection."""
    for name in network.express_route_gateway.circuits:
        if name in network.vpn_gateway.connections:
            at = ("expressRouteGateway", "circuits", name)
            reason = "both are connections in Azure, and their names contain it"
            yield refuse(at, "another name than a VPN connection's", reason, f"{name}-circuit: <the same>")


@rule
def a_circuit_is_connected_once(gateway: ExpressRouteGatewaySettings) -> Refusals:
    """No two connections lead to one circuit."""
    times = Counter(circuit.id.lower() for circuit in gateway.circuits.values())
    for name, circuit in gateway.circuits.items():
        if times[circuit.id.lower()] > 1:
            reason = "Azure connects a gateway and a circuit once"
            yield refuse(
                ("circuits", name, "id"), "one connection a circuit", reason, "id: <another circuit's>"
            )


@rule
def a_gateway_has_room_for_its_circuits(gateway: ExpressRouteGatewaySettings) -> Refusals:
    """An ExpressRoute gateway has at most 4 circuits, ErGw2AZ 8 and ErGw3AZ 16."""
    most = _MOST_CIRCUITS[gateway.sku]
    if len(gateway.circuits) > most:
        reason = "Azure connects no more with a gateway of this size"
        yield refuse("circuits", f"at most {most} with {gateway.sku}", reason, "sku: ErGw3AZ")


@rule
def only_the_largest_gateway_is_passed_by(gateway: ExpressRouteGatewaySettings) -> Refusals:
    """Traffic passes by a gateway of the SKU ErGw3AZ only."""
    for name, circuit in gateway.circuits.items():
        if circuit.express_route_gateway_bypass and gateway.sku != "ErGw3AZ":
            reason = "Azure has FastPath on its largest gateway only"
            at = ("circuits", name, "expressRouteGatewayBypass")
            instead = "remove expressRouteGatewayBypass, or sku: ErGw3AZ"
            yield refuse(at, f"false with {gateway.sku}", reason, instead)


@rule
def both_gateways_fit_into_their_subnet(network: NetworkSettings, stack: Settings) -> Refusals:
    """The subnet of a VPN gateway and an ExpressRoute gateway is a /27 or larger."""
    subnet = stack.subnets.get(GATEWAY)
    has_both = network.vpn_gateway.enabled and network.express_route_gateway.enabled
    if has_both and subnet and subnet.prefix.prefixlen > _SMALLEST_FOR_BOTH:
        reason = "a VPN gateway and an ExpressRoute gateway are both in it"
        prefix = subnet.prefix.supernet(new_prefix=_SMALLEST_FOR_BOTH)
        at = ("subnets", GATEWAY, "addressPrefix")
        yield refuse(at, f"/{_SMALLEST_FOR_BOTH} or larger", reason, f"addressPrefix: {prefix}")
