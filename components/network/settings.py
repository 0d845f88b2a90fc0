"""The virtual network, its way out, and the cluster's address ranges."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from azure_facts import address_plan
from azure_facts.resource_ids import ResourceId
from settings.model import Between, DefaultKind, Never, Required, SettingsModel, refused
from settings.values import Address, ListOf, Network, Zone, resource_id


class NatGatewayEgressSettings(SettingsModel):
    """A NAT gateway of the platform's own, with static public IP addresses."""

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

    zone: Zone | None = None
    """The one availability zone of the gateway; without one Azure chooses it.
    https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones"""


class LoadBalancerEgressSettings(SettingsModel):
    """The cluster's own load balancer, with public IP addresses that AKS manages."""

    outbound_type: ClassVar[str] = "loadBalancer"
    """Azure's word for it."""

    kind: Literal["loadBalancer"] = "loadBalancer"
    """Nodes and pods reach the internet through the cluster's load balancer."""


EgressSettings = Annotated[
    NatGatewayEgressSettings | LoadBalancerEgressSettings,
    Field(discriminator="kind"),
    DefaultKind("userAssignedNATGateway"),
]
"""How nodes and pods reach the internet."""


class OverlayCniSettings(SettingsModel):
    """Azure CNI Overlay with Cilium: nodes have addresses of the network, pods of a separate range."""

    kind: Literal["overlay"] = "overlay"
    """Pods have addresses outside the virtual network."""

    pod_cidr: Network = IPv4Network("10.244.0.0/16")
    """Range of the pods. Each node takes a /24 of it, so /16 is enough for 256 nodes.
    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay"""


CniSettings = OverlayCniSettings
"""How pods get their addresses. A second kind makes this a union, as ``EgressSettings`` is."""


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


class SubnetSettings(SettingsModel):
    """One subnet of the virtual network, where the address plan does not suit."""

    address_prefix: Network | None = None
    """Range of the subnet; by default its place in the plan of addressSpace.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet"""


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


class NetworkSettings(SettingsModel):
    """The virtual network, its way out, and the cluster's address ranges."""

    never: ClassVar[Mapping[str, Never]] = {
        "outboundType": Never("the way out is now a kind of egress", "egress: {kind: <the same>}"),
        "natGateway": Never("the NAT gateway is now a kind of egress", "egress: <the same>"),
        "podCidr": Never("the pods' range is now a setting of cni", "cni: {podCidr: <the same>}"),
    }

    address_space: AddressSpace = IPv4Network("10.224.0.0/16")
    """Range of the virtual network, /8 to /24. Subnets are planned from it: nodes get the first half.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-vnet-plan-design-arm"""

    subnets: dict[str, SubnetSettings] = Field(default={})
    """Subnets by name, to choose their ranges or to make one that nothing needs yet: nodes, privateendpoints,
    ingress, apiserver, pods, firewall, firewallmanagement, gateway, bastion, dnsinbound or dnsoutbound.
    https://learn.microsoft.com/azure/virtual-network/virtual-network-vnet-plan-design-arm"""

    service_cidr: Network = IPv4Network("10.0.0.0/16")
    """Range of the cluster's services, /13 to /28. Not routed outside the cluster.
    https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning"""

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

    egress: EgressSettings = NatGatewayEgressSettings()
    """How nodes and pods reach the internet. A change of kind replaces the cluster.
    https://learn.microsoft.com/azure/aks/egress-outboundtype"""

    cni: CniSettings = OverlayCniSettings()
    """How pods get their addresses. A change replaces the cluster.
    https://learn.microsoft.com/azure/aks/concepts-network-cni-overview"""

    @property
    def dns_service_ip_or_default(self) -> IPv4Address:
        """The address of the cluster's DNS: as set, else the tenth address of the service range."""
        return self.dns_service_ip or self.service_cidr.network_address + 10
