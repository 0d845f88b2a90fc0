"""A private DNS zone of the platform's own."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import privatedns

from components.context import Context

_EVERYWHERE: Final = "global"
"""The location of every private DNS zone and of its links."""


@dataclass(frozen=True, kw_only=True)
class PrivateDnsZoneArgs:
    """The arguments of a PrivateDnsZone.

    Attributes:
        zone_name: The domain that it answers for, which is also its Azure name.
        virtual_network_id: ARM id of the virtual network that asks it.
    """

    context: Context
    zone_name: str
    virtual_network_id: pulumi.Input[str]


class PrivateDnsZone(ComponentResource):
    """A private DNS zone, and its link to a virtual network, in which its names then resolve.

    It registers no machines of the network. A network with custom DNS servers asks those instead: they must
    forward the zone to Azure's resolver, 168.63.129.16, from a network that is linked.

    https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links
    """

    id: pulumi.Output[str]

    def __init__(self, name: str, args: PrivateDnsZoneArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:PrivateDnsZone", name, None, opts)
        zone = privatedns.PrivateZone(
            f"pdns-{name}",
            private_zone_name=args.zone_name,
            resource_group_name=args.context.resource_group_name,
            location=_EVERYWHERE,
            tags=args.context.tags,
            opts=ResourceOptions(parent=self),
        )
        privatedns.VirtualNetworkLink(
            f"link-{name}",
            private_zone_name=zone.name,
            resource_group_name=args.context.resource_group_name,
            location=_EVERYWHERE,
            registration_enabled=False,
            virtual_network=privatedns.SubResourceArgs(id=args.virtual_network_id),
            tags=args.context.tags,
            opts=ResourceOptions(parent=self),
        )

        self.id = zone.id
        self.register_outputs({"id": self.id})
