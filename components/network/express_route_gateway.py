"""Connections of the virtual network with ExpressRoute circuits."""

from dataclasses import dataclass

from pulumi import ComponentResource, Input, Resource, ResourceOptions
from pulumi_azure_native import network

from components.context import Context
from components.network.changes import of_express_route_gateway
from components.network.express_route_settings import ExpressRouteGatewaySettings
from components.network.public_ip_address import static_public_ip_address
from components.refused_changes import refused_changes


@dataclass(frozen=True, kw_only=True)
class ExpressRouteGatewayArgs:
    """The arguments of an ExpressRouteGateway.

    Attributes:
        settings: Size of the gateway, and the circuits.
        subnet_id: ARM id of the subnet GatewaySubnet.
        after: Changes to the virtual network that are made before this one, and undone after it.
    """

    context: Context
    settings: ExpressRouteGatewaySettings
    subnet_id: Input[str]
    after: tuple[Resource, ...]


class ExpressRouteGateway(ComponentResource):
    """A zone-redundant ExpressRoute gateway, and a connection for each circuit.

    It makes no circuit: a connectivity provider has to take part in that. The public address is for Azure's
    own management of the gateway; traffic of the circuits never passes it.

    https://learn.microsoft.com/azure/expressroute/expressroute-howto-add-gateway-portal-resource-manager
    """

    gateway: network.VirtualNetworkGateway

    def __init__(self, name: str, args: ExpressRouteGatewayArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:ExpressRouteGateway", name, None, opts)
        context, settings = args.context, args.settings
        address = static_public_ip_address(
            f"pip-{name}-expressroute", context, zones=context.availability_zones, parent=self
        )
        self.gateway = network.VirtualNetworkGateway(
            f"ergw-{name}",
            resource_group_name=context.resource_group_name,
            gateway_type=network.VirtualNetworkGatewayType.EXPRESS_ROUTE,
            sku=network.VirtualNetworkGatewaySkuArgs(name=settings.sku, tier=settings.sku),
            ip_configurations=[
                network.VirtualNetworkGatewayIPConfigurationArgs(
                    name="address1",
                    public_ip_address=network.SubResourceArgs(id=address.id),
                    subnet=network.SubResourceArgs(id=args.subnet_id),
                )
            ],
            tags=context.tags,
            opts=ResourceOptions(
                parent=self,
                depends_on=args.after,
                hooks=refused_changes(f"ergw-{name}", of_express_route_gateway),
            ),
        )
        for key, circuit in sorted(settings.circuits.items()):
            network.VirtualNetworkGatewayConnection(
                f"con-{name}-{key}",
                resource_group_name=context.resource_group_name,
                connection_type=network.VirtualNetworkGatewayConnectionType.EXPRESS_ROUTE,
                virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=self.gateway.id),
                peer=network.SubResourceArgs(id=circuit.id),
                routing_weight=circuit.routing_weight,
                express_route_gateway_bypass=circuit.express_route_gateway_bypass,
                tags=context.tags,
                opts=ResourceOptions(parent=self),
            )
        self.register_outputs({})
