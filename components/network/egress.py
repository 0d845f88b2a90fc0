"""How nodes and pods reach the internet: what each kind of egress gives the node subnet and the cluster."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi import Output, ResourceOptions

from components.context import Context
from components.network.nat_gateway import NatGateway, NatGatewayArgs
from components.network.settings import LoadBalancerEgressSettings, NatGatewayEgressSettings
from settings.model import SettingsModel


@dataclass(frozen=True, kw_only=True)
class Egress:
    """A way out of the cluster.

    Attributes:
        nat_gateway_id: ARM id of the NAT gateway of the node subnet, if it has one.
        addresses: Public IP addresses of ours that the traffic comes from.
    """

    nat_gateway_id: Output[str] | None
    addresses: Output[list[str]]


def nat_gateway(
    name: str, context: Context, settings: NatGatewayEgressSettings, opts: ResourceOptions
) -> Egress:
    """A NAT gateway of the platform's own."""
    gateway = NatGateway(name, NatGatewayArgs(context=context, settings=settings), opts)
    return Egress(nat_gateway_id=gateway.id, addresses=gateway.public_ip_addresses)


def load_balancer(
    _name: str, _context: Context, _settings: LoadBalancerEgressSettings, _opts: ResourceOptions
) -> Egress:
    """The load balancer that AKS makes, with addresses that AKS manages."""
    return Egress(nat_gateway_id=None, addresses=Output.from_input([]))


EGRESS_KINDS: Final[Mapping[type[SettingsModel], Callable[[str, Context, Any, ResourceOptions], Egress]]] = {
    NatGatewayEgressSettings: nat_gateway,
    LoadBalancerEgressSettings: load_balancer,
}
