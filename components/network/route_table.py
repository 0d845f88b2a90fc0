"""Where traffic to everywhere goes."""

from pulumi import Input, ResourceOptions
from pulumi_azure_native import network

from components.context import Context

_EVERYWHERE = "0.0.0.0/0"


def route_table(
    name: str, context: Context, next_hop_ip_address: Input[str], opts: ResourceOptions
) -> network.RouteTable:
    """A route table that sends all traffic, but that within the virtual network, to an appliance.

    Routes that a gateway learns do not reach its subnets: they would be ways past the appliance.

    https://learn.microsoft.com/azure/aks/egress-udr
    """
    return network.RouteTable(
        f"rt-{name}",
        resource_group_name=context.resource_group_name,
        disable_bgp_route_propagation=True,
        routes=[
            network.RouteArgs(
                name="default",
                address_prefix=_EVERYWHERE,
                next_hop_type=network.RouteNextHopType.VIRTUAL_APPLIANCE,
                next_hop_ip_address=next_hop_ip_address,
            )
        ],
        tags=context.tags,
        opts=opts,
    )
