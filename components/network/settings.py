"""The virtual network and the cluster's address ranges."""

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from settings.model import Between, See, SettingsModel
from settings.values import Address, Network, Zone

_PLANNING = See("aks/concepts-network-ip-address-planning")
_NAT = See("nat-gateway/nat-gateway-resource")


class NatGatewaySettings(SettingsModel):
    """The NAT gateway through which nodes and pods reach the internet."""

    idle_timeout_in_minutes: Annotated[
        int, Between(4, 120, "Azure NAT Gateway allows no other idle timeout"), _NAT
    ] = 4
    """Minutes after which an idle connection is dropped."""

    public_ip_count: Annotated[
        int, Between(1, 16, "a NAT gateway takes at most 16 public IP addresses"), _NAT
    ] = 1
    """Public IP addresses of the gateway. Each adds 64,512 ports for outgoing connections."""

    zone: Annotated[Zone | None, See("nat-gateway/nat-availability-zones")] = None
    """The one availability zone of the gateway; without one Azure chooses it."""


class NetworkSettings(SettingsModel):
    """Azure CNI Overlay with Cilium: nodes have addresses of the network, pods of a range of their own."""

    address_space: Annotated[Network, See("virtual-network/virtual-network-vnet-plan-design-arm")] = (
        IPv4Network("10.224.0.0/16")
    )
    """Range of the virtual network, /8 to /24. Subnets are planned from it: nodes get the first half."""

    pod_cidr: Annotated[Network, See("aks/concepts-network-azure-cni-overlay")] = IPv4Network("10.244.0.0/16")
    """Range of the pods. Each node takes a /24 of it, so /16 is enough for 256 nodes."""

    service_cidr: Annotated[Network, _PLANNING] = IPv4Network("10.0.0.0/16")
    """Range of the cluster's services, /13 to /28. Not routed outside the cluster."""

    dns_service_ip: Annotated[Address | None, _PLANNING] = None
    """Address of the cluster's DNS, inside serviceCidr; by default its tenth address."""

    peer_address_spaces: Annotated[
        tuple[Network, ...], See("virtual-network/virtual-network-peering-overview")
    ] = ()
    """Ranges of networks that are, or will be, connected to this one. Nothing is built from them: they are
    checked for overlap."""

    outbound_type: Annotated[
        Literal["userAssignedNATGateway", "loadBalancer"], See("aks/egress-outboundtype")
    ] = "userAssignedNATGateway"
    """How nodes reach the internet. A change replaces the cluster."""

    nat_gateway: NatGatewaySettings = NatGatewaySettings()
    """The NAT gateway, where outboundType is userAssignedNATGateway."""

    @property
    def dns_service_ip_or_default(self) -> IPv4Address:
        """The address of the cluster's DNS: as set, else the tenth address of the service range."""
        return self.dns_service_ip or self.service_cidr.network_address + 10
