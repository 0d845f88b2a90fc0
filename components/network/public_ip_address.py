"""One static address on the internet."""

from collections.abc import Mapping

from pulumi import Input, Resource, ResourceOptions
from pulumi_azure_native import network


def static_public_ip_address(
    name: str,
    *,
    zones: tuple[str, ...],
    resource_group_name: Input[str],
    tags: Mapping[str, str],
    parent: Resource,
) -> network.PublicIPAddress:
    """A Standard public IPv4 address that spans `zones` and keeps its value.

    Azure refuses to change the zones of an address; azure-native would announce an update that then fails, so
    a change of them is announced as a replacement.

    https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses
    """
    return network.PublicIPAddress(
        name,
        resource_group_name=resource_group_name,
        public_ip_allocation_method=network.IPAllocationMethod.STATIC,
        public_ip_address_version=network.IPVersion.I_PV4,
        sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
        zones=list(zones) or None,
        tags=tags,
        opts=ResourceOptions(parent=parent, replace_on_changes=["zones"]),
    )
