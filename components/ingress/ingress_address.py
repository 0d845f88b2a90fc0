"""The address that the cluster is reached at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import network, resources

from azure_facts import roles
from components.context import Context
from components.identity.role_assignment import role_assignment
from components.network.public_ip_address import static_public_ip_address


@dataclass(frozen=True, kw_only=True)
class IngressAddressArgs:
    """The arguments of an IngressAddress.

    Attributes:
        dual_stack: Whether there is an IPv6 address beside the IPv4 one.
        control_plane_principal_id: Entra object id (GUID) of the identity that manages the load balancer.
    """

    context: Context
    dual_stack: bool
    control_plane_principal_id: pulumi.Input[str]


class IngressAddress(ComponentResource):
    """Static public IP addresses, and the cluster's right to put them on its load balancer.

    There is an IPv4 address, and in a dual-stack cluster an IPv6 address. DNS records and firewalls elsewhere
    know them, so they outlive the ingress behind them and are protected where the stack is. They have their
    own resource group: the right must be on the group that holds the addresses, and this way it covers
    nothing else. It makes no DNS record.

    https://learn.microsoft.com/azure/aks/static-ip
    """

    name: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    ip_address: pulumi.Output[str]
    ipv6_name: pulumi.Output[str] | None = None
    ipv6_address: pulumi.Output[str] | None = None

    def __init__(self, name: str, args: IngressAddressArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:ingress:IngressAddress", name, None, opts)
        context = args.context
        group = resources.ResourceGroup(
            f"rg-{name}-ingress", tags=context.tags, opts=ResourceOptions(parent=self)
        )
        zones, home = context.availability_zones, replace(context, resource_group_name=group.name)
        address = static_public_ip_address(f"pip-{name}-ingress", home, zones=zones, parent=self)
        if args.dual_stack:
            ipv6 = static_public_ip_address(
                f"pip-{name}-ingress-ipv6", home, zones=zones, parent=self, version=network.IPVersion.I_PV6
            )
            self.ipv6_name, self.ipv6_address = ipv6.name.apply(str), ipv6.ip_address.apply(str)
        role_assignment(
            f"ra-{name}-controlplane-ingress",
            scope=group.id,
            principal_id=args.control_plane_principal_id,
            role=roles.NETWORK_CONTRIBUTOR,
            subscription_id=context.subscription_id,
            parent=self,
        )

        self.name, self.ip_address = address.name.apply(str), address.ip_address.apply(str)
        self.resource_group_name = group.name
        self.register_outputs(
            {
                "name": self.name,
                "resource_group_name": self.resource_group_name,
                "ip_address": self.ip_address,
                "ipv6_name": self.ipv6_name,
                "ipv6_address": self.ipv6_address,
            }
        )

    @property
    def outputs(self) -> Mapping[str, pulumi.Output[str]]:
        """What people need to know of it next: outputs of the stack."""
        found = {
            "ingressAddress": pulumi.Output.format("http://{0}", self.ip_address),
            "ingressPublicIpAddress": self.ip_address,
        }
        return {**found, **({"ingressPublicIpv6Address": self.ipv6_address} if self.ipv6_address else {})}
