"""How a virtual network's address space is divided, and what its parts can hold."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

LARGEST_ADDRESS_SPACE: Final = 8
SMALLEST_ADDRESS_SPACE: Final = 24
"""Prefix lengths between which an address space can be planned."""

AZURE_RESERVED_ADDRESSES_PER_SUBNET: Final = 5
"""The first four addresses and the last one of every subnet.
https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq"""

RESERVED: Final = tuple(
    IPv4Network(network) for network in ("169.254.0.0/16", "192.0.2.0/24", "172.30.0.0/16", "172.31.0.0/16")
)
"""Ranges that AKS keeps for itself: no node, pod or service range may overlap them.
https://learn.microsoft.com/azure/aks/concepts-network-cni-overview"""

PRIVATE: Final = tuple(
    IPv4Network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598: the only ranges from which an overlay's pods may take addresses.
https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay"""

LARGEST_SERVICE_RANGE: Final = 13
"""A service range must be smaller than /12.
https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning"""

POD_BLOCK_PREFIX: Final = 24
"""Every node of an overlay cluster takes one /24 of the pod range, whatever its maxPods."""

_SMALL_SUBNET_PREFIX: Final = 24
_API_SERVER_PREFIX: Final = 28


@dataclass(frozen=True, kw_only=True)
class AddressPlan:
    """The subnets of one virtual network; what they leave of its second half stays free for later ones."""

    nodes: IPv4Network
    """Every node of every pool, one address each; pods live in the overlay's own range."""
    api_server: IPv4Network
    """The API server, where API Server VNet Integration is on; AKS asks for at least /28."""
    private_endpoints: IPv4Network
    ingress: IPv4Network
    """Internal load balancers and gateways."""

    @property
    def subnets(self) -> tuple[IPv4Network, ...]:
        """All of them."""
        return (self.nodes, self.api_server, self.private_endpoints, self.ingress)


def plan(address_space: IPv4Network) -> AddressPlan:
    """Divide ``address_space`` among the subnets of a platform.

    Nodes get the first half; the others lie one after another from the middle and leave the rest free.
    Private endpoints and ingress get an eighth of the space each, at most a /24; the API server gets a /28.

    Raises ValueError for an address space larger than /8 or smaller than /24.
    """
    if not LARGEST_ADDRESS_SPACE <= address_space.prefixlen <= SMALLEST_ADDRESS_SPACE:
        raise ValueError(
            f"{address_space} cannot be planned: an address space lies between "
            f"/{LARGEST_ADDRESS_SPACE} and /{SMALLEST_ADDRESS_SPACE}"
        )
    nodes, rest = address_space.subnets()
    small = max(_SMALL_SUBNET_PREFIX, address_space.prefixlen + 3)
    private_endpoints = IPv4Network((rest.network_address, small))
    ingress = _following(private_endpoints, small)
    return AddressPlan(
        nodes=nodes,
        private_endpoints=private_endpoints,
        ingress=ingress,
        api_server=_following(ingress, _API_SERVER_PREFIX),
    )


def usable_addresses(subnet: IPv4Network) -> int:
    """Addresses of ``subnet`` that Azure does not keep for itself."""
    return max(0, subnet.num_addresses - AZURE_RESERVED_ADDRESSES_PER_SUBNET)


def overlay_node_capacity(pod_cidr: IPv4Network) -> int:
    """Nodes whose /24 pod blocks fit into ``pod_cidr``."""
    return 2 ** (POD_BLOCK_PREFIX - pod_cidr.prefixlen) if pod_cidr.prefixlen <= POD_BLOCK_PREFIX else 0


def _following(network: IPv4Network, prefix: int) -> IPv4Network:
    """The network of length ``prefix`` that starts where ``network`` ends."""
    return IPv4Network((int(network.broadcast_address) + 1, prefix))
