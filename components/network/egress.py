"""How nodes and pods reach the internet: what each kind of egress gives their subnets and the cluster."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
from pulumi import Output, ResourceOptions

from components.context import Context
from components.network.azure_firewall import AzureFirewall, AzureFirewallArgs
from components.network.egress_settings import (
    AzureFirewallEgressSettings,
    LoadBalancerEgressSettings,
    NatGatewayEgressSettings,
    NoEgressSettings,
    UserDefinedRoutingEgressSettings,
)
from components.network.nat_gateway import NatGateway, NatGatewayArgs
from components.network.public_ip_address import existing_ip_address
from components.network.route_table import route_table
from components.network.subnets import FIREWALL
from settings.model import SettingsModel


@dataclass(frozen=True, kw_only=True)
class Egress:
    """A way out of the cluster.

    Attributes:
        nat_gateway_id: ARM id of the NAT gateway of the subnets of nodes and pods, if they have one.
        route_table_id: ARM id of their route table, if they have one.
        appliance: Private address to which that table of the platform's own sends everything.
        firewall_id: ARM id of the platform's own firewall, if the traffic passes one.
        addresses: Public addresses that the traffic comes from, or ranges of them in CIDR form, as far as
            they are known.
        used_by_cluster: ARM ids of what the control plane must be allowed to use, by purpose.
    """

    nat_gateway_id: Output[str] | None = None
    route_table_id: Output[str] | None = None
    appliance: pulumi.Input[str] | None = None
    firewall_id: Output[str] | None = None
    addresses: Output[list[str]] = field(default_factory=lambda: Output.from_input([]))
    used_by_cluster: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EgressArgs:
    """What a kind of egress may build on.

    Attributes:
        subnet_ids: ARM ids of the subnets that the traffic does not leave from, by name.
        has_subnets: Whether the platform makes a subnet that the traffic leaves from.
        api_server_on_internet: Whether nodes and pods reach their API server at a public address.
    """

    context: Context
    subnet_ids: Mapping[str, Output[str]]
    has_subnets: bool
    api_server_on_internet: bool


def nat_gateway(
    name: str, args: EgressArgs, settings: NatGatewayEgressSettings, opts: ResourceOptions
) -> Egress:
    """A NAT gateway of the platform's own, where it has a subnet to attach it to."""
    if not args.has_subnets:
        return Egress()
    gateway = NatGateway(name, NatGatewayArgs(context=args.context, settings=settings), opts)
    return Egress(nat_gateway_id=gateway.id, addresses=gateway.public_ip_addresses)


def load_balancer(
    _name: str, _args: EgressArgs, settings: LoadBalancerEgressSettings, _opts: ResourceOptions
) -> Egress:
    """The load balancer that AKS makes. Addresses that AKS manages are not known before the cluster is."""
    addresses = [existing_ip_address(each) for each in settings.outbound_ips]
    used = {"outboundip": settings.outbound_ips, "outboundipprefix": settings.outbound_ip_prefixes}
    return Egress(
        addresses=Output.all(*addresses),
        used_by_cluster={
            f"{purpose}{number}": each
            for purpose, ids in used.items()
            for number, each in enumerate(ids, start=1)
        },
    )


def user_defined_routing(
    name: str, args: EgressArgs, settings: UserDefinedRoutingEgressSettings, opts: ResourceOptions
) -> Egress:
    """An appliance that is not the platform's, behind a route table that may be."""
    appliance = str(settings.next_hop_ip_address) if settings.next_hop_ip_address else None
    table_id = (
        Output.from_input(settings.route_table_id)
        if settings.route_table_id
        else route_table(name, args.context, opts, appliance=appliance).id
    )
    return Egress(
        route_table_id=table_id,
        appliance=appliance,
        addresses=Output.from_input([str(each) for each in settings.public_ip_addresses]),
        used_by_cluster={"routes": table_id},
    )


def azure_firewall(
    name: str, args: EgressArgs, settings: AzureFirewallEgressSettings, opts: ResourceOptions
) -> Egress:
    """An Azure Firewall of the platform's own, and the route table that sends everything to it."""
    firewall = AzureFirewall(
        name,
        AzureFirewallArgs(
            context=args.context,
            settings=settings,
            subnet_id=args.subnet_ids[FIREWALL],
            api_server_on_internet=args.api_server_on_internet,
        ),
        opts,
    )
    table = route_table(name, args.context, opts, appliance=firewall.private_ip_address)
    return Egress(
        route_table_id=table.id,
        appliance=firewall.private_ip_address,
        firewall_id=firewall.id,
        addresses=firewall.public_ip_addresses,
        used_by_cluster={"routes": table.id},
    )


def no_egress(_name: str, _args: EgressArgs, _settings: NoEgressSettings, _opts: ResourceOptions) -> Egress:
    """No way out."""
    return Egress()


EGRESS_KINDS: Final[
    Mapping[type[SettingsModel], Callable[[str, EgressArgs, Any, ResourceOptions], Egress]]
] = {
    NatGatewayEgressSettings: nat_gateway,
    LoadBalancerEgressSettings: load_balancer,
    UserDefinedRoutingEgressSettings: user_defined_routing,
    AzureFirewallEgressSettings: azure_firewall,
    NoEgressSettings: no_egress,
}
