"""How full the ranges get that node pools take addresses from. Pure arithmetic.

https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from azure_facts import address_plan
from components.network.settings import NetworkSettings
from components.network.subnets import PODS, Subnet
from components.nodepool.settings import NodePoolBase


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What one node pool takes of a range.

    Attributes:
        pool: Its name.
        nodes: The most nodes that it may have.
        surge: The most nodes that an upgrade adds to them.
        addresses: What each node takes, its pods included where they have addresses of this range.
    """

    pool: str
    nodes: int
    surge: int
    addresses: int


@dataclass(frozen=True, kw_only=True)
class AddressRange:
    """A subnet or the range of the pods, and what node pools take of it.

    Attributes:
        subnet: Name of the subnet; None for a range of pods outside the virtual network.
        network: The range itself.
        demands: What takes addresses of it, pool by pool.
    """

    subnet: str | None
    network: IPv4Network
    demands: tuple[Demand, ...]

    @property
    def usable(self) -> int:
        """Addresses that nodes and pods may have; of a subnet, Azure keeps some."""
        return address_plan.usable_addresses(self.network) if self.subnet else self.network.num_addresses

    @property
    def at_largest(self) -> int:
        """Addresses taken when every pool has as many nodes as it may."""
        return sum(demand.nodes * demand.addresses for demand in self.demands)

    @property
    def during_upgrade(self) -> int:
        """Addresses taken when, on top of that, every pool is being upgraded."""
        return sum((demand.nodes + demand.surge) * demand.addresses for demand in self.demands)

    @property
    def more_nodes(self) -> int:
        """How many more nodes would fit, also during an upgrade, if they took as much as the largest do."""
        return max(0, self.usable - self.during_upgrade) // max(each.addresses for each in self.demands)

    @property
    def least_length(self) -> int:
        """The prefix length of the smallest range that would hold all of it during an upgrade."""
        kept = address_plan.AZURE_RESERVED_ADDRESSES_PER_SUBNET if self.subnet else 0
        return 32 - math.ceil(math.log2(self.during_upgrade + kept))


def address_ranges(
    network: NetworkSettings, subnets: Mapping[str, Subnet], pools: Mapping[str, NodePoolBase]
) -> list[AddressRange]:
    """The ranges that ``pools`` take addresses from: those of their nodes first, then that of their pods."""
    cni = network.cni
    most = {name: pool.max_pods or cni.default_max_pods for name, pool in pools.items()}
    takes = {name: cni.node_addresses(pods) for name, pods in most.items()}
    ranges = [
        AddressRange(
            subnet=name,
            network=subnets[name].prefix,
            demands=_demands({key: pool for key, pool in pools.items() if pool.subnet == name}, takes),
        )
        for name in dict.fromkeys(pool.subnet for pool in pools.values())
        if name in subnets
    ]
    takes = {name: cni.pod_addresses(pods) for name, pods in most.items()}
    outside = cni.pod_range
    if outside and any(takes.values()):
        ranges.append(AddressRange(subnet=None, network=outside, demands=_demands(pools, takes)))
    elif PODS in subnets and any(takes.values()):
        of_pods = AddressRange(subnet=PODS, network=subnets[PODS].prefix, demands=_demands(pools, takes))
        ranges.append(of_pods)
    return ranges


def _demands(pools: Mapping[str, NodePoolBase], addresses: Mapping[str, int]) -> tuple[Demand, ...]:
    return tuple(
        Demand(
            pool=name,
            nodes=pool.largest_count,
            surge=pool.most_nodes - pool.largest_count,
            addresses=addresses[name],
        )
        for name, pool in pools.items()
    )
