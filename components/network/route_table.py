"""Where traffic goes that the routes of Azure would send elsewhere."""

from pulumi import Input, ResourceOptions
from pulumi_azure_native import network

from components.context import Context
from components.network.settings import SubnetSettings

_EVERYWHERE = "0.0.0.0/0"


def route_table(
    name: str,
    context: Context,
    opts: ResourceOptions,
    *,
    appliance: Input[str] | None,
    subnet: SubnetSettings | None = None,
) -> network.RouteTable:
    """The routes of a subnet: everything that stays outside the virtual network to an appliance, and its own.

    Behind an `appliance`, which is given by its private address, subnets do not learn the routes of gateways
    unless the stack file says so: they would be ways past the appliance.

    https://learn.microsoft.com/azure/aks/egress-udr
    https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
    """
    subnet = subnet or SubnetSettings()
    to_appliance = network.RouteArgs(
        name="default",
        address_prefix=_EVERYWHERE,
        next_hop_type=network.RouteNextHopType.VIRTUAL_APPLIANCE,
        next_hop_ip_address=appliance,
    )
    own = [
        network.RouteArgs(
            name=key,
            address_prefix=str(route.address_prefix),
            next_hop_type=route.next_hop_type,
            next_hop_ip_address=str(route.next_hop_ip_address) if route.next_hop_ip_address else None,
        )
        for key, route in sorted(subnet.routes.items())
    ]
    learns_nothing = subnet.disable_bgp_route_propagation
    return network.RouteTable(
        f"rt-{name}",
        resource_group_name=context.resource_group_name,
        disable_bgp_route_propagation=appliance is not None if learns_nothing is None else learns_nothing,
        # An empty list too: azure-native leaves the routes as they are where there is none.
        routes=[*([to_appliance] if appliance is not None else []), *own],
        tags=context.tags,
        opts=opts,
    )
