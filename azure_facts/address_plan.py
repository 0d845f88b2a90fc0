"""How a virtual network's address space is divided, and what its parts can hold."""

from collections.abc import Iterable, Mapping
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


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A part of every platform's address space, for one subnet."""

    name: str
    share: int
    """It takes at most one part in 2**share of the address space."""
    largest: int
    """The prefix length that it has where its share would be larger."""
    delegated_to: str | None = None
    """The Azure service that has the subnet for itself."""

    def prefix(self, address_space: IPv4Network) -> int:
        """Its prefix length in ``address_space``."""
        return max(self.largest, address_space.prefixlen + self.share)


SLOTS: Final = (
    # Every node of every pool, one address each; pods live in the overlay's own range.
    Slot(name="nodes", share=1, largest=0),
    Slot(name="privateendpoints", share=3, largest=24),
    # Internal load balancers and gateways.
    Slot(name="ingress", share=3, largest=24),
    # For API Server VNet Integration, which asks for at least a /28.
    Slot(name="apiserver", share=0, largest=28, delegated_to="Microsoft.ContainerService/managedClusters"),
)
"""The slots in the order of their addresses. A new one goes last: elsewhere it moves subnets that exist."""


def plan(address_space: IPv4Network) -> Mapping[str, IPv4Network]:
    """Divide ``address_space`` among the slots, by name. What is left stays free for later ones.

    Nodes get the first half; the others follow one after another.

    Raises ValueError for an address space larger than /8 or smaller than /24.
    """
    if not LARGEST_ADDRESS_SPACE <= address_space.prefixlen <= SMALLEST_ADDRESS_SPACE:
        raise ValueError(
            f"{address_space} cannot be planned: an address space lies between "
            f"/{LARGEST_ADDRESS_SPACE} and /{SMALLEST_ADDRESS_SPACE}"
        )
    subnets: dict[str, IPv4Network] = {}
    free = int(address_space.network_address)
    for slot in SLOTS:
        size = 2 ** (32 - slot.prefix(address_space))
        start = _aligned(free, size)
        subnets[slot.name] = IPv4Network((start, slot.prefix(address_space)))
        free = start + size
    return subnets


def usable_addresses(subnet: IPv4Network) -> int:
    """Addresses of ``subnet`` that Azure does not keep for itself."""
    return max(0, subnet.num_addresses - AZURE_RESERVED_ADDRESSES_PER_SUBNET)


def overlay_node_capacity(pod_cidr: IPv4Network) -> int:
    """Nodes whose /24 pod blocks fit into ``pod_cidr``."""
    return 2 ** (POD_BLOCK_PREFIX - pod_cidr.prefixlen) if pod_cidr.prefixlen <= POD_BLOCK_PREFIX else 0


def free_range(prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first private range of length ``prefix`` that overlaps neither ``taken`` nor a reserved range."""
    obstacles, size = [*taken, *RESERVED], 2 ** (32 - prefix)
    for private in PRIVATE:
        start = int(private.network_address)
        while start + size - 1 <= int(private.broadcast_address):
            candidate = IPv4Network((start, prefix))
            hit = next((obstacle for obstacle in obstacles if obstacle.overlaps(candidate)), None)
            if hit is None:
                return candidate
            start = _aligned(max(int(hit.broadcast_address), int(candidate.broadcast_address)) + 1, size)
    return None


def _aligned(address: int, size: int) -> int:
    """The first address from ``address`` on at which a range of ``size`` addresses may start."""
    return -(-address // size) * size
