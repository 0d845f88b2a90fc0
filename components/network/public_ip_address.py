"""One static address on the internet."""

from pulumi import Resource, ResourceOptions
from pulumi_azure_native import network

from components.context import Context


def static_public_ip_address(
    name: str, context: Context, *, zones: tuple[str, ...], parent: Resource
) -> network.PublicIPAddress:
    """A Standard public IPv4 address that spans `zones` and keeps its value.

    Azure refuses to change the zones of an address; azure-native would announce an update that then fails, so
    a change of them is announced as a replacement. Azure writes the NAT gateway that uses an address into the
    address itself; the gateway says so already, and a refresh that reads it must not make for an update.

    https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses
    """
    return network.PublicIPAddress(
        name,
        resource_group_name=context.resource_group_name,
        public_ip_allocation_method=network.IPAllocationMethod.STATIC,
        public_ip_address_version=network.IPVersion.I_PV4,
        sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
        zones=list(zones) or None,
        tags=context.tags,
        opts=ResourceOptions(parent=parent, replace_on_changes=["zones"], ignore_changes=["natGateway"]),
    )
