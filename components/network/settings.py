"""The virtual network, its way out, and the cluster's address ranges."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from azure_facts import address_plan
from azure_facts.resource_ids import ResourceId
from components.network.cni_settings import CniBase, CniSettings, OverlayCniSettings
from components.network.egress_settings import (
    EgressSettings,
    LoadBalancerEgressSettings,
    NatGatewayEgressSettings,
    NoEgressSettings,
)
from components.network.express_route_settings import ExpressRouteGatewaySettings
from components.network.vpn_settings import VpnGatewaySettings
from settings.model import Between, Matching, Never, Required, SettingsModel, refused
from settings.values import Address, Ipv6Network, ListOf, Network, resource_id


def _address_space(space: IPv4Network) -> IPv4Network:
    largest, smallest = address_plan.LARGEST_ADDRESS_SPACE, address_plan.SMALLEST_ADDRESS_SPACE
    limit = f"/{largest} to /{smallest}"
    if space.prefixlen < largest:
        raise refused(limit, "no private range is that large", f"10.0.0.0/{largest}")
    if space.prefixlen > smallest:
        reason = "nodes, private endpoints, ingress and API server each get a subnet of it"
        raise refused(limit, reason, str(space.supernet(new_prefix=smallest)))
    return space


AddressSpace = Annotated[Network, AfterValidator(_address_space)]


def _ipv6_address_space(space: IPv6Network) -> IPv6Network:
    largest, smallest = address_plan.LARGEST_IPV6_ADDRESS_SPACE, address_plan.SMALLEST_IPV6_ADDRESS_SPACE
    if not largest <= space.prefixlen <= smallest:
        length = largest if space.prefixlen < largest else smallest
        reason = f"a subnet is a /{address_plan.IPV6_SUBNET}, and each has its place in the plan"
        instead = str(IPv6Network((space.network_address, length), strict=False))
        raise refused(f"/{largest} to /{smallest}", reason, instead)
    return space


Ipv6AddressSpace = Annotated[Ipv6Network, AfterValidator(_ipv6_address_space)]


def _ipv6_subnet(subnet: IPv6Network) -> IPv6Network:
    length = address_plan.IPV6_SUBNET
    if subnet.prefixlen != length:
        instead = str(IPv6Network((subnet.network_address, length), strict=False))
        raise refused(f"a /{length}", "Azure takes IPv6 subnets of no other size", instead)
    return subnet


Ipv6Subnet = Annotated[Ipv6Network, AfterValidator(_ipv6_subnet)]


VirtualNetworkId = Annotated[str, resource_id("Microsoft.Network/virtualNetworks")]
SubnetId = Annotated[str, resource_id("Microsoft.Network/virtualNetworks/subnets")]


class SecurityRuleSettings(SettingsModel):
    """A rule of a subnet's network security group.

    https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules
    """

    priority: Annotated[
        int,
        Between(100, 4096, "Azure has no other priorities"),
        Required("rules are asked in the order of their priorities", "500"),
    ]
    """Its place among the rules of the subnet: 100 to 999 is asked before the platform's own, 2000 to 4096
    after them."""

    access: Annotated[Literal["Allow", "Deny"], Required("a rule either allows traffic or denies it", "Deny")]
    """What happens to traffic that the rule fits."""

    direction: Literal["Inbound", "Outbound"] = "Inbound"
    """Whether it is about traffic to the subnet or from it."""

    protocol: Literal["*", "Tcp", "Udp", "Icmp", "Esp", "Ah"] = "*"
    """Protocol of the traffic."""

    source_address_prefixes: ListOf[str] = ("*",)
    """Where the traffic comes from: addresses, ranges, or one service tag.
    https://learn.microsoft.com/azure/virtual-network/service-tags-overview"""

    destination_address_prefixes: ListOf[str] = ("*",)
    """Where it goes to: addresses, ranges, or one service tag.
    https://learn.microsoft.com/azure/virtual-network/service-tags-overview"""

    destination_port_ranges: ListOf[str] = ("*",)
    """Ports that it goes to, as "443" or "8000-8100"."""


class RouteSettings(SettingsModel):
    """A route of a subnet. Of several that fit, Azure takes the one with the longest prefix.

    https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview
    """

    address_prefix: Annotated[Network, Required("a route is for a range of addresses", "192.168.0.0/16")]
    """Where the traffic goes to."""

    next_hop_type: Annotated[
        Literal["VirtualAppliance", "VirtualNetworkGateway", "VnetLocal", "Internet", "None"],
        Required("a route leads somewhere", "VirtualAppliance"),
    ]
    """Where it is sent: to nextHopIpAddress, to the VPN gateway, into the virtual network, to the internet,
    or, with None, nowhere."""

    next_hop_ip_address: Address | None = None
    """Private address of the appliance, such as a firewall."""


class SubnetSettings(SettingsModel):
    """One subnet of the virtual network: its range, where the address plan does not suit, and its guards."""

    address_prefix: Network | None = None
    """Range of the subnet; by default its place in the plan of addressSpace.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet"""

    address_prefix_ipv6: Ipv6Subnet | None = None
    """IPv6 range of the subnet in a dual-stack network, always a /64; by default its place in the plan of
    addressSpaceIpv6. Subnets for nodes and `ingress` have one.
    https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview"""

    id: SubnetId | None = None
    """ARM id of an existing subnet, which is used as it is. addressPrefix then says what range it has: the
    plan is checked with it before Azure is asked, and a preview compares it with the subnet.
    https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites"""

    security_rules: dict[str, SecurityRuleSettings] = Field(default={})
    """Rules of the subnet's network security group, by name, beside the platform's own.
    https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"""

    routes: dict[str, RouteSettings] = Field(default={})
    """Routes of the subnet, by name, beside those of the kind of egress.
    https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview"""

    disable_bgp_route_propagation: bool | None = None
    """Whether the subnet learns no routes of VPN and ExpressRoute gateways; by default only where egress
    leads to an appliance or a firewall.
    https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#border-gateway-protocol"""

    service_endpoints: ListOf[
        Literal[
            "Microsoft.AzureCosmosDB",
            "Microsoft.CognitiveServices",
            "Microsoft.ContainerRegistry",
            "Microsoft.EventHub",
            "Microsoft.KeyVault",
            "Microsoft.ServiceBus",
            "Microsoft.Sql",
            "Microsoft.Storage",
            "Microsoft.Storage.Global",
            "Microsoft.Web",
        ]
    ] = ()
    """Services that the subnet reaches over the Azure backbone, and whose firewalls may name it.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview"""

    @property
    def has_routes(self) -> bool:
        """Whether it has a route table of its own."""
        return bool(self.routes) or self.disable_bgp_route_propagation is not None


class PrivateEndpointSettings(SettingsModel):
    """A private endpoint: an address of a service inside the virtual network.

    https://learn.microsoft.com/azure/private-link/private-endpoint-overview
    """

    enabled: bool = False
    """Whether the service has an address in the virtual network's subnet for private endpoints."""

    private_dns_zone_id: Annotated[str, resource_id("Microsoft.Network/privateDnsZones")] | None = None
    """ARM id of the private DNS zone in which the endpoint registers its names, such as the hub's; its owner
    links it. Without one, the platform has a zone of its own, linked to its virtual network.
    https://learn.microsoft.com/azure/private-link/private-endpoint-dns-integration"""

    @property
    def required_subnets(self) -> tuple[str, ...]:
        """The subnet of private endpoints."""
        return ("privateendpoints",) if self.enabled else ()


class VirtualNetworkPeeringSettings(SettingsModel):
    """A connection with another virtual network, such as the hub."""

    virtual_network_id: Annotated[
        str,
        resource_id("Microsoft.Network/virtualNetworks"),
        Required(
            "a peering leads to a virtual network", "<what the property id of `az network vnet show` says>"
        ),
    ]
    """ARM id of the other virtual network."""

    address_spaces: Annotated[
        ListOf[Network],
        Required("they may not overlap with the ranges of this platform", "[10.0.0.0/16]"),
    ]
    """Ranges of the other network, and of all that is reached through its gateways."""

    remote_peering: bool = False
    """Whether the peering back is made too, which needs Network Contributor on the other network. Otherwise
    the output `remoteCommands` says what the owner of that network has to run.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering"""

    allow_forwarded_traffic: bool = False
    """Whether traffic passes, in both directions, that a firewall or gateway forwards for others.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering"""

    use_remote_gateways: bool = False
    """Whether on-premises networks are reached through a gateway of the other network, which has to be there.
    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-peering-gateway-transit"""

    allow_gateway_transit: bool = False
    """Whether the other network reaches on-premises networks through gateways of this one.
    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-peering-gateway-transit"""

    @property
    def remote(self) -> ResourceId:
        """The other virtual network."""
        return ResourceId.parse(self.virtual_network_id)


class ForwardingRuleSettings(SettingsModel):
    """Where names of one domain are asked for."""

    domain_name: Annotated[
        str,
        Matching(
            r"([A-Za-z0-9_-]{1,63}\.){1,34}",
            limit="a domain of 1 to 34 labels, with a dot at its end",
            reason="Azure accepts only fully qualified names",
            write="corp.example.com.",
        ),
        Required("a rule is about one domain", "corp.example.com."),
    ]
    """The domain, with all that is below it."""

    target_dns_servers: Annotated[
        ListOf[Address],
        Field(min_length=1, max_length=6),
        Required("the rule forwards queries to them", "[192.168.0.4]"),
    ]
    """The DNS servers that know it, 1 to 6, asked at port 53."""


class DnsResolverSettings(SettingsModel):
    """Azure DNS Private Resolver: private names for on-premises, and on-premises names for the platform.

    https://learn.microsoft.com/azure/dns/dns-private-resolver-overview
    """

    enabled: bool = False
    """Whether the network has a resolver. Its inbound endpoint answers others with what the network resolves:
    private DNS zones above all. It is billed by the hour."""

    forwarding_rules: dict[str, ForwardingRuleSettings] = Field(default={})
    """Domains that DNS servers of others know, by a name of your choice. They need an outbound endpoint.
    https://learn.microsoft.com/azure/dns/private-resolver-endpoints-rulesets"""

    @property
    def required_subnets(self) -> tuple[str, ...]:
        """The subnets of its endpoints."""
        return ("dnsinbound", *(("dnsoutbound",) if self.forwarding_rules else ())) if self.enabled else ()


class BastionSettings(SettingsModel):
    """Azure Bastion: a way into the virtual network for administrators.

    https://learn.microsoft.com/azure/bastion/bastion-overview
    """

    enabled: bool = False
    """Whether the virtual network has a Bastion host. It is billed by the hour."""

    sku: Literal["Basic", "Standard", "Premium"] = "Standard"
    """Tier of the host. Basic opens sessions in the browser only; the others also tunnel ports to a private
    API server. Azure takes a higher tier in place, and no lower one.
    https://learn.microsoft.com/azure/bastion/bastion-sku-comparison"""

    @property
    def required_subnets(self) -> tuple[str, ...]:
        """The subnet of the host."""
        return ("bastion",) if self.enabled else ()


class FlowLogsSettings(SettingsModel):
    """Virtual network flow logs: who talked to whom, in a storage account.

    https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview
    """

    enabled: bool = False
    """Whether flows of the virtual network are logged. They are billed by the gigabyte."""

    retention_in_days: Annotated[
        int, Between(1, 365, "Azure Network Watcher keeps flow logs a year at most")
    ] = 30
    """Days for which they are kept."""

    storage_account_id: Annotated[str, resource_id("Microsoft.Storage/storageAccounts")] | None = None
    """ARM id of the storage account that takes them, in the same location; by default the platform has one.
    https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview"""


def _default_egress(given: dict[str, Any]) -> EgressSettings:
    """A NAT gateway; for a dual-stack cluster the load balancer, because a NAT gateway has no IPv6."""
    cni = given.get("cni")
    if isinstance(cni, CniBase) and cni.ipv6_pod_range:
        return LoadBalancerEgressSettings()
    return NatGatewayEgressSettings()


class NetworkSettings(SettingsModel):
    """The virtual network, its way out, and the cluster's address ranges."""

    never: ClassVar[Mapping[str, Never]] = {
        "outboundType": Never("the way out is now a kind of egress", "egress: {kind: <the same>}"),
        "natGateway": Never("the NAT gateway is now a kind of egress", "egress: <the same>"),
        "podCidr": Never("the pods' range is now a setting of cni", "cni: {podCidr: <the same>}"),
    }

    virtual_network_id: VirtualNetworkId | None = None
    """ARM id of an existing virtual network. Subnets are made in it, or exist in it too; by default the
    platform has a virtual network of its own.
    https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites"""

    address_space: AddressSpace = IPv4Network("10.224.0.0/16")
    """Range of the virtual network, /8 to /24. Subnets are planned from it: nodes get the first half. In an
    existing virtual network, the part of it that is the platform's; without it, nothing is planned there.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-vnet-plan-design-arm"""

    address_space_ipv6: Ipv6AddressSpace | None = None
    """IPv6 range of a dual-stack virtual network, /48 to /60; by default a /48 of unique local addresses that
    follows from addressSpace: fd0a:e000:10::/48 from 10.224.0.0/16. In an existing virtual network, the part
    of it that is the platform's; without it, nothing is planned there.
    https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview"""

    additional_address_spaces: ListOf[Network] = ()
    """More ranges of the virtual network. Nothing is planned there: subnets in them have an addressPrefix.
    https://learn.microsoft.com/azure/virtual-network/manage-virtual-network#add-or-remove-an-address-range"""

    subnets: dict[str, SubnetSettings] = Field(default={})
    """Subnets by name: nodes, privateendpoints, ingress, apiserver, pods, firewall, firewallmanagement,
    gateway, bastion, dnsinbound and dnsoutbound have a place in the plan; any other name is a further subnet
    for the node pools that name it. An entry chooses a range, names a subnet that exists, or makes one that
    nothing needs yet.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-vnet-plan-design-arm"""

    service_cidr: Network = IPv4Network("10.0.0.0/16")
    """Range of the cluster's services, /13 to /28. Not routed outside the cluster.
    https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning"""

    service_cidr_ipv6: Ipv6Network = IPv6Network("fd12:3456:789a:1::/108")
    """IPv6 range of the services of a dual-stack cluster, /108 to /124. Not routed outside the cluster.
    https://learn.microsoft.com/azure/aks/configure-dual-stack"""

    dns_service_ip: Address | None = None
    """Address of the cluster's DNS, inside serviceCidr; by default its tenth address.
    https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning"""

    peer_address_spaces: ListOf[Network] = ()
    """Ranges of networks that are, or will be, connected to this one by others. Nothing is built from them:
    they are checked for overlap.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview"""

    peerings: dict[str, VirtualNetworkPeeringSettings] = Field(default={})
    """Connections with other virtual networks, by a name of your choice.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview"""

    dns_servers: ListOf[Address] = ()
    """DNS servers of the virtual network, in place of Azure's own. They must resolve public names and forward
    private zones to 168.63.129.16. Nodes take a change when they are restarted.
    https://learn.microsoft.com/azure/virtual-network/virtual-networks-name-resolution-for-vms-and-role-instances"""

    ddos_protection_plan_id: Annotated[str, resource_id("Microsoft.Network/ddosProtectionPlans")] | None = (
        None
    )
    """ARM id of the DDoS protection plan that protects the public addresses of the virtual network.
    https://learn.microsoft.com/azure/ddos-protection/ddos-protection-overview"""

    vpn_gateway: VpnGatewaySettings = VpnGatewaySettings()
    """A VPN gateway between the network and networks on premises."""

    express_route_gateway: ExpressRouteGatewaySettings = ExpressRouteGatewaySettings()
    """A gateway between the network and ExpressRoute circuits."""

    dns_resolver: DnsResolverSettings = DnsResolverSettings()
    """A resolver between the network and others."""

    bastion: BastionSettings = BastionSettings()
    """A way into the virtual network for administrators."""

    flow_logs: FlowLogsSettings = FlowLogsSettings()
    """A record of the traffic in the virtual network."""

    cni: CniSettings = OverlayCniSettings()
    """How pods get their addresses. A change replaces the cluster.
    https://learn.microsoft.com/azure/aks/concepts-network-cni-overview"""

    egress: EgressSettings = Field(default_factory=_default_egress)
    """How nodes and pods reach the internet. docs/network.md says how a running cluster changes the kind. A
    dual-stack cluster without this setting has the kind loadBalancer.
    https://learn.microsoft.com/azure/aks/egress-outboundtype"""

    @property
    def has_gateway(self) -> bool:
        """Whether the virtual network has a gateway of its own, or a subnet for one that others make."""
        own = self.vpn_gateway.enabled or self.express_route_gateway.enabled
        return own or "gateway" in self.subnets

    @property
    def is_isolated(self) -> bool:
        """Whether nodes and pods do not reach the internet."""
        return isinstance(self.egress, NoEgressSettings)

    @property
    def planned_address_space(self) -> IPv4Network | None:
        """The range from which subnets are planned; None in an existing network of which no part is named."""
        given = self.virtual_network_id is None or "address_space" in self.model_fields_set
        return self.address_space if given else None

    @property
    def is_dual_stack(self) -> bool:
        """Whether nodes, pods and services have IPv6 addresses too."""
        return self.cni.ipv6_pod_range is not None

    @property
    def planned_address_space_ipv6(self) -> IPv6Network | None:
        """The range from which IPv6 subnets are planned; None where there are none, or no range is known."""
        if not self.is_dual_stack:
            return None
        own = None if self.virtual_network_id else address_plan.unique_local(self.address_space)
        return self.address_space_ipv6 or own

    @property
    def address_spaces(self) -> tuple[IPv4Network, ...]:
        """The ranges that the virtual network is known to have, as far as subnets do not tell."""
        planned = self.planned_address_space
        return (*((planned,) if planned else ()), *self.additional_address_spaces)

    @property
    def dns_service_ip_or_default(self) -> IPv4Address:
        """The address of the cluster's DNS: as set, else the tenth address of the service range."""
        return self.dns_service_ip or self.service_cidr.network_address + 10
