"""The way out of the cluster: a NAT gateway with its own public addresses."""

from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import network

from components.context import Context
from components.network.changes import of_protected_nat_gateway
from components.network.egress_settings import NatGatewayEgressSettings
from components.network.public_ip_address import (
    ip_address,
    ip_prefix,
    public_ip_prefix,
    static_public_ip_address,
)
from components.refused_changes import refused_changes


@dataclass(frozen=True, kw_only=True)
class NatGatewayArgs:
    """The arguments of a NatGateway.

    Attributes:
        context: Where the platform is; the public addresses span its zones unless the gateway has its own.
        settings: Idle timeout in minutes, number of public addresses or length of their prefix, zone.
    """

    context: Context
    settings: NatGatewayEgressSettings


class NatGateway(ComponentResource):
    """A Standard NAT gateway and its static public addresses, which the cluster's traffic comes from.

    It does not attach itself to a subnet: `Network` does. A Standard gateway lives in one zone (or in one
    that Azure picks); its addresses span the zones, so they survive a move.

    https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones
    """

    id: pulumi.Output[str]
    public_ip_addresses: pulumi.Output[list[str]]

    def __init__(self, name: str, args: NatGatewayArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:NatGateway", name, None, opts)
        context, settings = args.context, args.settings
        zones = (settings.zone,) if settings.zone else context.availability_zones
        length = settings.public_ip_prefix_length
        prefix = (
            public_ip_prefix(f"ippre-{name}-egress", context, length=length, zones=zones, parent=self)
            if length
            else None
        )
        addresses = [
            static_public_ip_address(f"pip-{name}-egress-{number}", context, zones=zones, parent=self)
            for number in range(1, 1 if prefix else settings.public_ip_count + 1)
        ]
        gateway = network.NatGateway(
            f"ng-{name}",
            resource_group_name=context.resource_group_name,
            idle_timeout_in_minutes=settings.idle_timeout_in_minutes,
            public_ip_addresses=[network.SubResourceArgs(id=address.id) for address in addresses],
            public_ip_prefixes=[network.SubResourceArgs(id=prefix.id)] if prefix else None,
            sku=network.NatGatewaySkuArgs(name=network.NatGatewaySkuName.STANDARD),
            zones=[settings.zone] if settings.zone else None,
            tags=context.tags,
            # Azure refuses to change them; azure-native would announce an update that then fails.
            opts=ResourceOptions(
                parent=self,
                replace_on_changes=["zones"],
                hooks=refused_changes(f"ng-{name}", of_protected_nat_gateway) if context.protect else None,
            ),
        )

        self.id = gateway.id
        self.public_ip_addresses = pulumi.Output.all(
            *(ip_address(context, address) for address in addresses),
            *([ip_prefix(context, prefix)] if prefix else []),
        )
        self.register_outputs({"id": self.id, "public_ip_addresses": self.public_ip_addresses})
