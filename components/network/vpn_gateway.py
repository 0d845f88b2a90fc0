"""Connections of the virtual network with networks on premises."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, Input, Resource, ResourceOptions
from pulumi_azure_native import network

from components.context import Context
from components.network.changes import of_vpn_connection, of_vpn_gateway
from components.network.public_ip_address import ip_address, static_public_ip_address
from components.network.vpn_settings import (
    IpsecPolicySettings,
    LocalNetworkSettings,
    VpnConnectionSettings,
    VpnGatewaySettings,
)
from components.refused_changes import refused_changes


@dataclass(frozen=True, kw_only=True)
class VpnGatewayArgs:
    """The arguments of a VpnGateway.

    Attributes:
        settings: Size of the gateway, and its connections.
        subnet_id: ARM id of the subnet GatewaySubnet.
        after: Changes to the virtual network that are made before this one, and undone after it.
    """

    context: Context
    settings: VpnGatewaySettings
    subnet_id: Input[str]
    after: tuple[Resource, ...]


class VpnGateway(ComponentResource):
    """A route-based VPN gateway with static public addresses, and a site-to-site connection for each network.

    It makes no pre-shared keys. Azure makes one for each connection, and whoever sets up the other side asks
    Azure for it: so it is in no stack file, no state and no log.

    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq
    """

    gateway: network.VirtualNetworkGateway
    public_ip_addresses: pulumi.Output[list[str]]
    bgp_peering_addresses: pulumi.Output[list[str]]
    connection_names: pulumi.Output[list[str]]

    def __init__(self, name: str, args: VpnGatewayArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:VpnGateway", name, None, opts)
        self._name, self._args = name, args
        context, settings = args.context, args.settings
        addresses = [
            static_public_ip_address(
                f"pip-{name}-vpn-{number}", context, zones=context.availability_zones, parent=self
            )
            for number in range(1, 3 if settings.active_active else 2)
        ]
        self.gateway = self._gateway(addresses)
        connections = [self._connection(key, each) for key, each in sorted(settings.connections.items())]

        known = network.get_virtual_network_gateway_output(
            resource_group_name=context.resource_group_name,
            virtual_network_gateway_name=self.gateway.name.apply(str),
        )
        self.public_ip_addresses = pulumi.Output.all(*(ip_address(context, each) for each in addresses))
        self.bgp_peering_addresses = known.bgp_settings.apply(
            lambda bgp: [
                address
                for instance in (bgp and bgp.bgp_peering_addresses) or []
                for address in instance.default_bgp_ip_addresses
            ]
        )
        self.connection_names = pulumi.Output.all(*(each.name.apply(str) for each in connections))
        self.register_outputs(
            {
                "public_ip_addresses": self.public_ip_addresses,
                "bgp_peering_addresses": self.bgp_peering_addresses,
                "connection_names": self.connection_names,
            }
        )

    def _gateway(self, addresses: Sequence[network.PublicIPAddress]) -> network.VirtualNetworkGateway:
        settings, name = self._args.settings, f"vpng-{self._name}"
        return network.VirtualNetworkGateway(
            name,
            resource_group_name=self._args.context.resource_group_name,
            gateway_type=network.VirtualNetworkGatewayType.VPN,
            vpn_type=network.VpnType.ROUTE_BASED,
            vpn_gateway_generation=settings.generation,
            sku=network.VirtualNetworkGatewaySkuArgs(name=settings.sku, tier=settings.sku),
            active_active=settings.active_active,
            enable_bgp=settings.uses_bgp,
            bgp_settings=network.BgpSettingsArgs(asn=settings.asn),
            ip_configurations=[
                network.VirtualNetworkGatewayIPConfigurationArgs(
                    name=f"address{number}",
                    public_ip_address=network.SubResourceArgs(id=address.id),
                    subnet=network.SubResourceArgs(id=self._args.subnet_id),
                )
                for number, address in enumerate(addresses, start=1)
            ],
            tags=self._args.context.tags,
            opts=ResourceOptions(
                parent=self,
                depends_on=self._args.after,
                hooks=refused_changes(name, of_vpn_gateway),
            ),
        )

    def _connection(
        self, key: str, settings: VpnConnectionSettings
    ) -> network.VirtualNetworkGatewayConnection:
        local, name = settings.local_network, f"con-{self._name}-{key}"
        return network.VirtualNetworkGatewayConnection(
            name,
            resource_group_name=self._args.context.resource_group_name,
            connection_type=network.VirtualNetworkGatewayConnectionType.IPSEC,
            connection_protocol=settings.connection_protocol,
            virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=self.gateway.id),
            local_network_gateway2=network.LocalNetworkGatewayArgs(id=self._local_network(key, local).id),
            enable_bgp=local.bgp is not None,
            ipsec_policies=[_ipsec_policy(settings.ipsec_policy)] if settings.ipsec_policy else None,
            use_policy_based_traffic_selectors=settings.use_policy_based_traffic_selectors,
            dpd_timeout_seconds=settings.dpd_timeout_seconds,
            tags=self._args.context.tags,
            opts=ResourceOptions(
                parent=self,
                # Azure may answer with the key that it made.
                additional_secret_outputs=["sharedKey"],
                hooks=refused_changes(name, of_vpn_connection(key)),
            ),
        )

    def _local_network(self, key: str, settings: LocalNetworkSettings) -> network.LocalNetworkGateway:
        address, bgp = settings.gateway_ip_address, settings.bgp
        return network.LocalNetworkGateway(
            f"lgw-{self._name}-{key}",
            resource_group_name=self._args.context.resource_group_name,
            gateway_ip_address=str(address) if address else None,
            fqdn=settings.fqdn,
            local_network_address_space=network.AddressSpaceArgs(
                address_prefixes=[str(each) for each in settings.address_spaces]
            ),
            bgp_settings=network.BgpSettingsArgs(
                asn=bgp.asn, bgp_peering_address=str(bgp.bgp_peering_address)
            )
            if bgp
            else None,
            tags=self._args.context.tags,
            opts=ResourceOptions(parent=self),
        )


def _ipsec_policy(settings: IpsecPolicySettings) -> network.IpsecPolicyArgs:
    return network.IpsecPolicyArgs(
        ike_encryption=settings.ike_encryption,
        ike_integrity=settings.ike_integrity,
        dh_group=settings.dh_group,
        ipsec_encryption=settings.ipsec_encryption,
        ipsec_integrity=settings.ipsec_integrity,
        pfs_group=settings.pfs_group,
        sa_life_time_seconds=settings.sa_life_time_seconds,
        sa_data_size_kilobytes=settings.sa_data_size_kilobytes,
    )
