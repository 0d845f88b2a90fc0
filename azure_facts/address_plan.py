"""How a virtual network's address space is divided, and what its parts can hold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, summarize_address_range
from typing import Final

LARGEST_ADDRESS_SPACE: Final = 8
SMALLEST_ADDRESS_SPACE: Final = 24
"""Prefix lengths between which an address space can be planned."""

LARGEST_IPV6_ADDRESS_SPACE: Final = 48
SMALLEST_IPV6_ADDRESS_SPACE: Final = 60
"""Prefix lengths between which an IPv6 address space can be planned."""

IPV6_SUBNET: Final = 64
"""The prefix length of every IPv6 subnet.
https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#capabilities"""

IPV6_UNICAST: Final = (IPv6Network("fc00::/7"), IPv6Network("2000::/3"))
"""Unique local and global unicast addresses (RFC 4193, RFC 4291): those that a network has."""

LARGEST_IPV6_SERVICE_RANGE: Final = 108
"""https://learn.microsoft.com/azure/aks/configure-dual-stack#deploying-a-dual-stack-cluster"""

_RESERVED_FIRST: Final = 4
_RESERVED_LAST: Final = 1
"""The first four addresses and the last one of every subnet are Azure's.
https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq"""

RESERVED_BY_AKS: Final = tuple(
    IPv4Network(network) for network in ("169.254.0.0/16", "192.0.2.0/24", "172.30.0.0/16", "172.31.0.0/16")
)
"""Ranges that AKS keeps for itself: no node, pod or service range may overlap them.
https://learn.microsoft.com/azure/aks/concepts-network-cni-overview"""

RESERVED_BY_AZURE: Final = tuple(
    IPv4Network(network)
    for network in (
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "224.0.0.0/4",
        "255.255.255.255/32",
    )
)
"""Ranges that no virtual network may have: loopback, Azure's DNS and DHCP, link-local, multicast, broadcast.
https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq"""

PRIVATE: Final = tuple(
    IPv4Network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598: the only ranges from which an overlay's pods may take addresses.
https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay"""

LARGEST_SERVICE_RANGE: Final = 13
"""A service range must be smaller than /12.
https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning"""

OVERLAY_BLOCK: Final = 256
"""Every node of an overlay cluster takes a /24 of the pod range, whatever its maxPods.
https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay"""

STATIC_BLOCK: Final = 16
"""With static blocks, a node takes whole /28 of the subnet for pods.
https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-pod-subnet#static-block-allocation-mode"""

_POD_BATCH: Final = 16
"""A node gets addresses for pods 16 at a time, but no more than its pods can use.
https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-pod-subnet#dynamic-ip-allocation-mode
https://github.com/Azure/AKS/issues/4035"""

API_SERVER_ADDRESSES: Final = 9
"""AKS takes at least so many in the subnet of an API server.
https://learn.microsoft.com/azure/aks/api-server-vnet-integration"""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A part of an address space, for one subnet."""

    name: str
    """Its key in the stack file."""
    purpose: str
    """What is in it."""
    share: int
    """It takes at most one part in 2**share of the address space."""
    largest: int
    """The prefix length that it has where its share would be larger."""
    smallest: int = 29
    """The longest prefix that Azure, or the service in the subnet, accepts."""
    azure_name: str | None = None
    """The name that the subnet must have in Azure, where a service finds it by name."""
    delegated_to: str | None = None
    """The Azure service that has the subnet for itself."""
    always: bool = False
    """Whether a virtual network of the platform's own has it even if nothing needs it."""
    joined: bool = False
    """Whether the cluster puts network interfaces in it, for which its identity needs a right."""
    egress: bool = False
    """Whether the cluster's traffic leaves from it, through what the kind of egress gives it."""
    security_group: bool = True
    """Whether it may have a network security group."""
    dual_stack: bool = False
    """Whether it has an IPv6 range too in a dual-stack network. API server, private endpoints, gateways,
    Azure Firewall and Bastion are IPv4 only.
    https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#limitations"""

    def prefix(self, address_space: IPv4Network) -> int:
        """Its prefix length in ``address_space``."""
        return max(self.largest, address_space.prefixlen + self.share)


_AKS: Final = "Microsoft.ContainerService/managedClusters"
_DNS_RESOLVER: Final = "Microsoft.Network/dnsResolvers"

SLOTS: Final = (
    Slot(
        name="nodes",
        purpose="nodes and internal load balancers",
        share=1,
        largest=0,
        always=True,
        joined=True,
        egress=True,
        dual_stack=True,
    ),
    Slot(name="privateendpoints", purpose="private endpoints", share=3, largest=24, always=True),
    Slot(
        name="ingress",
        purpose="your own gateways and load balancers",
        share=3,
        largest=24,
        always=True,
        dual_stack=True,
    ),
    # https://learn.microsoft.com/azure/aks/api-server-vnet-integration
    Slot(
        name="apiserver",
        purpose="API Server VNet Integration",
        share=0,
        largest=28,
        smallest=28,
        delegated_to=_AKS,
        always=True,
        joined=True,
    ),
    # https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-pod-subnet
    Slot(
        name="pods",
        purpose="pods of the cluster",
        share=2,
        largest=0,
        smallest=28,
        delegated_to=_AKS,
        joined=True,
        egress=True,
    ),
    # https://learn.microsoft.com/azure/firewall/firewall-faq
    Slot(
        name="firewall",
        purpose="Azure Firewall",
        azure_name="AzureFirewallSubnet",
        share=0,
        largest=26,
        smallest=26,
        security_group=False,
    ),
    Slot(
        name="firewallmanagement",
        purpose="Azure Firewall's own traffic",
        azure_name="AzureFirewallManagementSubnet",
        share=0,
        largest=26,
        smallest=26,
        security_group=False,
    ),
    # https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub
    Slot(
        name="gateway",
        purpose="VPN and ExpressRoute gateways",
        azure_name="GatewaySubnet",
        share=0,
        largest=27,
        security_group=False,
    ),
    # https://learn.microsoft.com/azure/bastion/configuration-settings#subnet
    Slot(
        name="bastion",
        purpose="Azure Bastion",
        azure_name="AzureBastionSubnet",
        share=0,
        largest=26,
        smallest=26,
    ),
    # https://learn.microsoft.com/azure/dns/dns-private-resolver-overview#subnet-restrictions
    Slot(
        name="dnsinbound",
        purpose="the resolver's inbound endpoint",
        share=0,
        largest=28,
        smallest=28,
        delegated_to=_DNS_RESOLVER,
    ),
    Slot(
        name="dnsoutbound",
        purpose="the resolver's outbound endpoint",
        share=0,
        largest=28,
        smallest=28,
        delegated_to=_DNS_RESOLVER,
    ),
)
"""The slots, in the order in which they are placed. A new one goes last: elsewhere it would move others."""

SLOTS_BY_NAME: Final = {slot.name: slot for slot in SLOTS}


def plan(address_space: IPv4Network) -> Mapping[str, IPv4Network]:
    """The place of each slot in ``address_space``, by name; slots that find no room are left out.

    Each slot takes the first free range of its size, whether or not a stack uses those before it. So a subnet
    that is added later moves no other one. Nodes get the first half.

    Raises ValueError for an address space larger than /8 or smaller than /24.
    """
    if not LARGEST_ADDRESS_SPACE <= address_space.prefixlen <= SMALLEST_ADDRESS_SPACE:
        raise ValueError(
            f"{address_space} cannot be planned: an address space lies between "
            f"/{LARGEST_ADDRESS_SPACE} and /{SMALLEST_ADDRESS_SPACE}"
        )
    subnets: dict[str, IPv4Network] = {}
    for slot in SLOTS:
        place = first_free(address_space, slot.prefix(address_space), subnets.values())
        if place is not None:
            subnets[slot.name] = place
    return subnets


def unique_local(address_space: IPv4Network) -> IPv6Network:
    """The /48 of unique local addresses that goes with an IPv4 address space.

    Its 40 bits after fd are the address and the prefix length of ``address_space``. So networks that can be
    peered by IPv4 can be peered by IPv6, and nobody has to choose a range.

    https://www.rfc-editor.org/rfc/rfc4193
    """
    return IPv6Network(
        (b"\xfd" + address_space.network_address.packed + bytes([address_space.prefixlen, *[0] * 10]), 48)
    )


def ipv6_plan(address_space: IPv6Network) -> Mapping[str, IPv6Network]:
    """The place of each dual-stack slot in ``address_space``, by name: the /64 of the slot's number.

    Raises ValueError for an address space that has no such place for each slot.
    """
    if not LARGEST_IPV6_ADDRESS_SPACE <= address_space.prefixlen <= SMALLEST_IPV6_ADDRESS_SPACE:
        raise ValueError(
            f"{address_space} cannot be planned: an IPv6 address space lies between "
            f"/{LARGEST_IPV6_ADDRESS_SPACE} and /{SMALLEST_IPV6_ADDRESS_SPACE}"
        )
    start = int(address_space.network_address)
    return {
        slot.name: IPv6Network((start + (number << 128 - IPV6_SUBNET), IPV6_SUBNET))
        for number, slot in enumerate(SLOTS)
        if slot.dual_stack
    }


def planned_length(slot: str, addresses: int = 0, block: int = 1) -> int:
    """The prefix length of the smallest address space in whose plan ``slot`` has room for ``addresses``."""
    for length in range(SMALLEST_ADDRESS_SPACE, LARGEST_ADDRESS_SPACE, -1):
        place = plan(IPv4Network((0, length))).get(slot)
        if place is not None and usable_addresses(place, block) >= addresses:
            return length
    return LARGEST_ADDRESS_SPACE


def dynamic_pod_addresses(max_pods: int) -> int:
    """The addresses that a full node takes of a subnet for pods: whole batches, and one that no pod gets.

    https://github.com/Azure/azure-container-networking/tree/master/cns/kubecontroller/nodenetworkconfig
    """
    return _whole(max_pods, _POD_BATCH) + 1


def static_pod_addresses(max_pods: int) -> int:
    """The addresses of the blocks that a node gets of a subnet for pods; one of them is for no pod."""
    return _whole(max_pods + 1, STATIC_BLOCK)


def usable_addresses(subnet: IPv4Network, block: int = 1) -> int:
    """Addresses of ``subnet`` in whole blocks of ``block`` in which Azure keeps none for itself."""
    return max(0, subnet.num_addresses - _whole(_RESERVED_FIRST, block) - _whole(_RESERVED_LAST, block))


def _whole(addresses: int, block: int) -> int:
    """``addresses`` rounded up to whole blocks."""
    return -(-addresses // block) * block


def is_free(network: IPv4Network, taken: Iterable[IPv4Network]) -> bool:
    """Whether ``network`` is private and overlaps neither ``taken`` nor a range that AKS reserves."""
    private = any(network.subnet_of(each) for each in PRIVATE)
    return private and not any(network.overlaps(each) for each in [*taken, *RESERVED_BY_AKS])


class FreeRanges:
    """Hands out private ranges that overlap neither what is taken, nor a reserved range, nor one another."""

    def __init__(self, taken: Iterable[IPv4Network]) -> None:
        obstacles = [*taken, *RESERVED_BY_AKS]
        self._blocks = [block for private in PRIVATE for block in free_blocks(private, obstacles)]
        self._largest = 0

    def take(self, prefix: int) -> IPv4Network | None:
        """The first of length ``prefix`` that is left; None where none is."""
        if prefix < self._largest:
            return None
        for at, block in enumerate(self._blocks):
            if block.prefixlen <= prefix:
                found = next(block.subnets(new_prefix=prefix))
                self._blocks[at : at + 1] = sorted(block.address_exclude(found))
                return found
        self._largest = prefix + 1
        return None


def first_free(space: IPv4Network, prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first range of length ``prefix`` in ``space`` that overlaps none of ``taken``."""
    blocks = (block for block in free_blocks(space, taken) if block.prefixlen <= prefix)
    return next((next(block.subnets(new_prefix=prefix)) for block in blocks), None)


def free_blocks(space: IPv4Network, taken: Iterable[IPv4Network]) -> Iterator[IPv4Network]:
    """What is left of ``space`` beside ``taken``, in the fewest ranges, in the order of their addresses."""
    start, end = int(space.network_address), int(space.broadcast_address)
    for each in sorted(taken):
        first, last = int(each.network_address), int(each.broadcast_address)
        yield from _blocks(start, min(first - 1, end))
        start = max(start, last + 1)
    yield from _blocks(start, end)


def _blocks(first: int, last: int) -> Iterator[IPv4Network]:
    if first <= last:
        yield from summarize_address_range(IPv4Address(first), IPv4Address(last))
