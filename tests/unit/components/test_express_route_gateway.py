"""The ExpressRoute gateway: what it builds for its circuits, and what waits for it."""

from typing import Final

from tests.unit.components import stacks

CIRCUIT: Final = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/connectivity"
    "/providers/Microsoft.Network/expressRouteCircuits/datacenter"
)
HUB: Final = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hub"
    "/providers/Microsoft.Network/virtualNetworks/hub"
)


def test_a_gateway_ends_circuits_and_is_lent_after_both_gateways_are_there() -> None:
    circuit = {"id": CIRCUIT, "addressSpaces": ["192.168.0.0/17"], "routingWeight": 10}
    built = stacks.record_platform(
        network={
            "expressRouteGateway": {"enabled": True, "sku": "ErGw2AZ", "circuits": {"datacenter": circuit}},
            "vpnGateway": {"enabled": True},
            "peerings": {
                "hub": {
                    "virtualNetworkId": HUB,
                    "addressSpaces": ["10.100.0.0/16"],
                    "allowGatewayTransit": True,
                }
            },
        }
    )
    gateway, connection = built["ergw-platform-dev"], built["con-platform-dev-datacenter"]
    assert (gateway.inputs["gatewayType"], gateway.inputs["sku"]) == (
        "ExpressRoute",
        {"name": "ErGw2AZ", "tier": "ErGw2AZ"},
    )
    (configuration,) = gateway.inputs["ipConfigurations"]
    assert configuration["subnet"]["id"] == built["snet-platform-dev-gateway"].id
    assert configuration["publicIPAddress"]["id"] == built["pip-platform-dev-expressroute"].id
    assert built["pip-platform-dev-expressroute"].inputs["zones"] == ["1", "2", "3"]
    assert connection.inputs["peer"] == {"id": CIRCUIT}
    assert connection.inputs["virtualNetworkGateway1"] == {"id": gateway.id}
    assert (connection.inputs["connectionType"], connection.inputs["routingWeight"]) == ("ExpressRoute", 10)
    assert "vpng-platform-dev" in gateway.depends_on, "Azure takes one change of a network at a time"
    assert "ergw-platform-dev" in built["peer-platform-dev-hub"].depends_on
