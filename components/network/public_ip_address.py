"""Static addresses on the internet: one, a prefix of them, and what is known of those that exist."""

import pulumi
from pulumi import Resource, ResourceOptions
from pulumi_azure_native import network

from components.context import Context


def static_public_ip_address(
    name: str,
    context: Context,
    *,
    zones: tuple[str, ...],
    parent: Resource,
    version: network.IPVersion = network.IPVersion.I_PV4,
) -> network.PublicIPAddress:
    """A Standard public IP address, of IPv4 unless told, that spans `zones` and keeps its value.

    Azure refuses to change the zones of an address; azure-native would announce an update that then fails, so
    a change of them is announced as a replacement. Azure writes the NAT gateway that uses an address into the
    address itself; the gateway says so already, and a refresh that reads it must not make for an update.

    https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses
    """
    return network.PublicIPAddress(
        name,
        resource_group_name=context.resource_group_name,
        public_ip_allocation_method=network.IPAllocationMethod.STATIC,
        public_ip_address_version=version,
        sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
        zones=list(zones) or None,
        tags=context.tags,
        opts=ResourceOptions(parent=parent, replace_on_changes=["zones"], ignore_changes=["natGateway"]),
    )


def public_ip_prefix(
    name: str, context: Context, *, length: int, zones: tuple[str, ...], parent: Resource
) -> network.PublicIPPrefix:
    """Consecutive Standard public IPv4 addresses that span `zones`: 2 to the power of 32 less `length`.

    Azure refuses to change length and zones, and azure-native does not know it.

    https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-address-prefix
    """
    return network.PublicIPPrefix(
        name,
        resource_group_name=context.resource_group_name,
        prefix_length=length,
        public_ip_address_version=network.IPVersion.I_PV4,
        sku=network.PublicIPPrefixSkuArgs(name=network.PublicIPPrefixSkuName.STANDARD),
        zones=list(zones) or None,
        tags=context.tags,
        opts=ResourceOptions(parent=parent, replace_on_changes=["prefixLength", "zones"]),
    )


def ip_address(context: Context, address: network.PublicIPAddress) -> pulumi.Output[str]:
    """The address in figures, asked for by name so that the preview of an update knows it too."""
    known = network.get_public_ip_address_output(
        resource_group_name=context.resource_group_name, public_ip_address_name=address.name.apply(str)
    )
    return known.ip_address.apply(str)


def ip_prefix(context: Context, prefix: network.PublicIPPrefix) -> pulumi.Output[str]:
    """The prefix in CIDR form, asked for by name so that the preview of an update knows it too."""
    known = network.get_public_ip_prefix_output(
        resource_group_name=context.resource_group_name, public_ip_prefix_name=prefix.name.apply(str)
    )
    return known.ip_prefix.apply(str)


def existing_ip_address(resource_id: str) -> pulumi.Output[str]:
    """The address in figures of a public IP address that is not the platform's, in its own subscription."""
    _, _, _, _, group, *_, name = resource_id.split("/")
    known = network.get_public_ip_address_output(resource_group_name=group, public_ip_address_name=name)
    return known.ip_address.apply(str)
