"""The ExpressRoute gateway, and the circuits that end at it."""

from typing import Annotated, Literal

from pydantic import Field

from settings.model import Between, Required, SettingsModel
from settings.values import ListOf, Network, resource_id


class ExpressRouteCircuitSettings(SettingsModel):
    """A connection with an ExpressRoute circuit, which a provider has set up.

    https://learn.microsoft.com/azure/expressroute/expressroute-howto-linkvnet-arm
    """

    id: Annotated[
        str,
        resource_id("Microsoft.Network/expressRouteCircuits"),
        Required(
            "a connection leads to a circuit", "<the property id that `az network express-route show` prints>"
        ),
    ]
    """ARM id of the circuit, in the subscription of the stack: one in another subscription asks for an
    authorization key, which a stack file cannot hold."""

    address_spaces: Annotated[
        ListOf[Network],
        Required("they may not overlap with the ranges of this platform", "[192.168.0.0/16]"),
    ]
    """Ranges that are announced over the circuit. Nothing is built from them: BGP brings the routes."""

    routing_weight: Annotated[int, Between(0, 32000, "Azure knows no other weights")] = 0
    """Which circuit traffic takes where several lead to one range: that of the highest weight."""

    express_route_gateway_bypass: bool = False
    """Whether traffic from on premises passes the gateway by (FastPath), for sku ErGw3AZ. It then reaches
    nodes and pods with addresses of the virtual network only.
    https://learn.microsoft.com/azure/expressroute/about-fastpath"""


class ExpressRouteGatewaySettings(SettingsModel):
    """A gateway between the virtual network and ExpressRoute circuits.

    https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways
    """

    enabled: bool = False
    """Whether the virtual network has an ExpressRoute gateway. It is billed by the hour, and Azure takes up
    to 45 minutes to make it."""

    sku: Literal["ErGw1AZ", "ErGw2AZ", "ErGw3AZ"] = "ErGw1AZ"
    """Size of the gateway. Azure raises it in place.
    https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways#gwsku"""

    circuits: dict[str, ExpressRouteCircuitSettings] = Field(default={})
    """Circuits, by a name of your choice."""

    @property
    def required_subnets(self) -> tuple[str, ...]:
        """The subnet of the gateway."""
        return ("gateway",) if self.enabled else ()
