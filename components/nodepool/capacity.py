"""How full the ranges get that node pools take addresses from. Pure arithmetic.

https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning
"""

from bisect import bisect_right
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
        name: The pool's name.
        pool: The pool.
        addresses: What each node takes, its pods included where they have addresses of this range.
    """

    name: str
    pool: NodePoolBase
    addresses: int

    @property
    def at_largest(self) -> int:
        """Addresses taken when the pool has as many nodes as it may."""
        return self.pool.largest_count * self.addresses

    @property
    def during_upgrade(self) -> int:
        """Addresses taken when, on top of that, the pool is being upgraded."""
        return self.pool.most_nodes * self.addresses


@dataclass(frozen=True, kw_only=True)
class AddressRange:
    """A subnet or the range of the pods, and what takes addresses of it.

    Attributes:
        subnet: Name of the subnet; None for a range of pods outside the virtual network.
        network: The range itself.
        demands: What node pools take of it, pool by pool.
        fixed: Addresses that are taken whatever the number of nodes.
        block: Addresses that are given out together.
    """

    subnet: str | None
    network: IPv4Network
    demands: tuple[Demand, ...] = ()
    fixed: int = 0
    block: int = 1

    @property
    def usable(self) -> int:
        """Addresses that can be taken; of a subnet, Azure keeps some."""
        return self._usable(self.network)

    @property
    def at_largest(self) -> int:
        """Addresses taken when every pool has as many nodes as it may."""
        return self.fixed + sum(demand.at_largest for demand in self.demands)

    @property
    def nodes_during_upgrade(self) -> int:
        """Nodes of all pools at their largest, with all that upgrades of every pool add."""
        return sum(demand.pool.most_nodes for demand in self.demands)

    @property
    def during_upgrade(self) -> int:
        """Addresses that these take."""
        return self.fixed + sum(demand.during_upgrade for demand in self.demands)

    def more_nodes(self, name: str) -> int:
        """How many more nodes the pool may have, with its surge, if no other pool grows."""
        (demand,) = (each for each in self.demands if each.name == name)
        pool, free = demand.pool, max(0, self.usable - self.during_upgrade)
        most = pool.most_nodes + free // demand.addresses
        counts = range(pool.largest_count, most + 1)
        return bisect_right(counts, most, key=lambda count: count + pool.surge_of(count)) - 1

    @property
    def least_length(self) -> int:
        """The prefix length of the smallest range that would hold all of it during an upgrade."""
        lengths = range(32, -1, -1)
        return next(each for each in lengths if self._usable(IPv4Network((0, each))) >= self.during_upgrade)

    def _usable(self, network: IPv4Network) -> int:
        if self.subnet:
            return address_plan.usable_addresses(network, self.block)
        return network.num_addresses // self.block * self.block


def address_ranges(
    network: NetworkSettings,
    subnets: Mapping[str, Subnet],
    pools: Mapping[str, NodePoolBase],
    fixed: Mapping[str, int],
) -> list[AddressRange]:
    """The ranges that ``pools`` take addresses from: their nodes' first, their pods' last.

    ``fixed`` has the addresses that something else takes of a subnet, by the subnet's name.
    """
    cni = network.cni
    most = {name: pool.max_pods or cni.default_max_pods for name, pool in pools.items()}
    of_nodes = {name: cni.node_addresses(pods) for name, pods in most.items()}
    of_pods = {name: cni.pod_addresses(pods) for name, pods in most.items()}
    ranges = [
        AddressRange(
            subnet=name,
            network=subnets[name].prefix,
            demands=_demands({key: pool for key, pool in pools.items() if pool.subnet == name}, of_nodes),
            fixed=fixed.get(name, 0),
        )
        for name in dict.fromkeys([*(pool.subnet for pool in pools.values()), *fixed])
        if name in subnets
    ]
    subnet = None if cni.pod_range else PODS
    pod_range = cni.pod_range or (subnets[PODS].prefix if PODS in subnets else None)
    if pod_range and any(of_pods.values()):
        demands = _demands(pools, of_pods)
        ranges.append(AddressRange(subnet=subnet, network=pod_range, demands=demands, block=cni.pod_block))
    return ranges


def _demands(pools: Mapping[str, NodePoolBase], addresses: Mapping[str, int]) -> tuple[Demand, ...]:
    return tuple(Demand(name=name, pool=pool, addresses=addresses[name]) for name, pool in pools.items())
