"""The kinds of egress: how nodes and pods reach the internet."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from settings.model import Between, DefaultKind, Matching, Never, SettingsModel
from settings.values import Address, ListOf, Zone, resource_id

PublicIpAddressId = Annotated[str, resource_id("Microsoft.Network/publicIPAddresses")]
PublicIpPrefixId = Annotated[str, resource_id("Microsoft.Network/publicIPPrefixes")]
RouteTableId = Annotated[str, resource_id("Microsoft.Network/routeTables")]

Fqdn = Annotated[
    str,
    Matching(
        r"(\*\.)?([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}",
        limit="a domain name, with *. before it for all names below it",
        reason="application rules of Azure Firewall accept no other form",
        write="api.example.com",
    ),
]


class NatGatewayEgressSettings(SettingsModel):
    """A NAT gateway of the platform's own, with static public IP addresses or a prefix of them."""

    outbound_type: ClassVar[str] = "userAssignedNATGateway"
    """Azure's word for it."""

    kind: Literal["userAssignedNATGateway"] = "userAssignedNATGateway"
    """Nodes and pods reach the internet through a NAT gateway."""

    idle_timeout_in_minutes: Annotated[
        int, Between(4, 120, "Azure NAT Gateway allows no other idle timeout")
    ] = 4
    """Minutes after which an idle connection is dropped.
    https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource"""

    public_ip_count: Annotated[int, Between(1, 16, "a NAT gateway takes at most 16 public IP addresses")] = 1
    """Public IP addresses of the gateway. Each adds 64,512 ports for outgoing connections.
    https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource"""

    public_ip_prefix_length: (
        Annotated[int, Between(28, 31, "a NAT gateway takes a prefix of 2 to 16 addresses")] | None
    ) = None
    """Length of a prefix of public IP addresses, instead of publicIpCount: consecutive addresses, which
    others allow as one range. 31 is 2 addresses, 28 is 16.
    https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-address-prefix"""

    zone: Zone | None = None
    """The one availability zone of the gateway; without one Azure chooses it.
    https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones"""


class LoadBalancerEgressSettings(SettingsModel):
    """The cluster's own load balancer, with public IP addresses that AKS manages or that exist.

    https://learn.microsoft.com/azure/aks/configure-load-balancer-standard
    """

    outbound_type: ClassVar[str] = "loadBalancer"
    """Azure's word for it."""

    kind: Literal["loadBalancer"] = "loadBalancer"
    """Nodes and pods reach the internet through the cluster's load balancer."""

    managed_outbound_ip_count: (
        Annotated[int, Between(1, 100, "AKS manages at most 100 outbound addresses")] | None
    ) = None
    """Public IP addresses that AKS makes for outgoing connections; by default 1."""

    managed_outbound_ipv6_count: (
        Annotated[int, Between(1, 100, "AKS manages at most 100 outbound addresses of a family")] | None
    ) = None
    """Public IPv6 addresses that AKS makes for outgoing connections of a dual-stack cluster; by default 1.
    https://learn.microsoft.com/azure/aks/load-balancer-standard"""

    outbound_ips: ListOf[PublicIpAddressId] = ()
    """ARM ids of public IP addresses to use instead. AKS must be allowed to use them: the control plane's
    identity gets Network Contributor on each."""

    outbound_ip_prefixes: ListOf[PublicIpPrefixId] = ()
    """ARM ids of public IP prefixes to use instead, with the same right."""

    allocated_outbound_ports: Annotated[
        int, Between(0, 64000, "a public IP address has 64,000 ports for outgoing connections")
    ] = 0
    """Ports of every node for outgoing connections, a multiple of 8; 0 divides them by the number of nodes.
    https://learn.microsoft.com/azure/aks/configure-load-balancer-standard#configure-the-allocated-outbound-ports"""

    idle_timeout_in_minutes: Annotated[
        int, Between(4, 120, "an outbound rule of a load balancer allows no other idle timeout")
    ] = 30
    """Minutes after which an idle connection is dropped.
    https://learn.microsoft.com/azure/aks/configure-load-balancer-standard#configure-the-load-balancer-idle-timeout"""


class UserDefinedRoutingEgressSettings(SettingsModel):
    """An appliance that exists, such as a hub's firewall: all traffic is routed to it.

    https://learn.microsoft.com/azure/aks/egress-udr
    """

    outbound_type: ClassVar[str] = "userDefinedRouting"
    """Azure's word for it."""

    kind: Literal["userDefinedRouting"] = "userDefinedRouting"
    """Nodes and pods reach the internet through an appliance that is not the platform's."""

    next_hop_ip_address: Address | None = None
    """Private address of the appliance. The platform makes a route table that sends everything there."""

    route_table_id: RouteTableId | None = None
    """ARM id of a route table to use instead, which sends 0.0.0.0/0 to an appliance or a gateway."""

    public_ip_addresses: ListOf[Address] = ()
    """Public addresses that the appliance gives to the traffic. Nothing is built from them: they are the
    output egressAddresses, and a restricted API server lets them in."""


class AzureFirewallEgressSettings(SettingsModel):
    """An Azure Firewall of the platform's own, which allows what AKS needs and what the stack file names.

    https://learn.microsoft.com/azure/aks/limit-egress-traffic
    """

    outbound_type: ClassVar[str] = "userDefinedRouting"
    """Azure's word for it."""

    required_subnets: ClassVar[tuple[str, ...]] = ("firewall",)

    kind: Literal["azureFirewall"] = "azureFirewall"
    """Nodes and pods reach the internet through an Azure Firewall."""

    tier: Literal["Standard", "Premium"] = "Standard"
    """Premium adds intrusion detection. Basic, of 250 Mbps, is too small for a cluster.
    https://learn.microsoft.com/azure/firewall/choose-firewall-sku"""

    public_ip_count: Annotated[
        int, Between(1, 250, "an Azure Firewall takes at most 250 public IP addresses")
    ] = 1
    """Public IP addresses of the firewall. Each adds 2,496 ports for each of its instances; Azure recommends
    20 for production. https://learn.microsoft.com/azure/aks/limit-egress-traffic"""

    threat_intel_mode: Literal["Alert", "Deny", "Off"] = "Deny"
    """What happens to traffic from and to addresses that Microsoft knows as malicious.
    https://learn.microsoft.com/azure/firewall/threat-intel"""

    allowed_fqdns: ListOf[Fqdn] = ()
    """Names that nodes and pods may reach by HTTPS beside those that the platform itself needs, such as
    api.github.com or *.docker.io."""


class NoEgressSettings(SettingsModel):
    """No way out: a network-isolated cluster, whose nodes pull everything through the platform's registry.

    https://learn.microsoft.com/azure/aks/concepts-network-isolated
    """

    outbound_type: ClassVar[str] = "none"
    """Azure's word for it."""

    kind: Literal["none"] = "none"
    """Nodes and pods do not reach the internet."""


_OF_AKS_OWN_NETWORK: Final[Mapping[str, Never]] = {
    "managedNATGateway": Never(
        "AKS makes such a gateway only in a virtual network of its own", "{kind: userAssignedNATGateway}"
    ),
    "managedNATGatewayV2": Never(
        "AKS makes such a gateway only in a virtual network of its own", "{kind: userAssignedNATGateway}"
    ),
    "block": Never(
        "it is in preview and for a network of AKS's own; none gives no way out either",
        "{kind: none}",
    ),
}

EgressSettings = Annotated[
    NatGatewayEgressSettings
    | LoadBalancerEgressSettings
    | UserDefinedRoutingEgressSettings
    | AzureFirewallEgressSettings
    | NoEgressSettings,
    Field(discriminator="kind"),
    DefaultKind("userAssignedNATGateway", never=_OF_AKS_OWN_NETWORK),
]
"""How nodes and pods reach the internet."""
