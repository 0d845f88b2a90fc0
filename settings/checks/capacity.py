"""Whether what is planned has room."""

import math
from collections.abc import Iterator

from azure_facts import address_plan
from components.cluster.settings import ClusterSettings
from components.network.settings import NetworkSettings
from components.nodepool.settings import NodePoolBase, SystemPoolSettings
from settings.checks.rule import rule
from settings.errors import Problem

_MOST_NODES = {"Free": 1000, "Standard": 5000, "Premium": 5000}
"""https://learn.microsoft.com/azure/aks/quotas-skus-regions"""

NodePools = dict[str, NodePoolBase]


def most_nodes(pool: NodePoolBase) -> int:
    """The most nodes that a pool may have at a time, in an upgrade."""
    surge = pool.upgrade_settings.max_surge
    more = math.ceil(pool.largest_count * int(surge[:-1]) / 100) if surge.endswith("%") else int(surge)
    return pool.largest_count + more if pool.largest_count else 0


def _total(system_pool: SystemPoolSettings, node_pools: NodePools) -> int:
    return sum(most_nodes(pool) for pool in (system_pool, *node_pools.values()))


@rule
def nodes_fit_their_subnet(
    network: NetworkSettings, system_pool: SystemPoolSettings, node_pools: NodePools
) -> Iterator[Problem]:
    """The first half of addressSpace has an address for every node, also in an upgrade."""
    prefix = network.address_space.prefixlen
    if not address_plan.LARGEST_ADDRESS_SPACE <= prefix <= address_plan.SMALLEST_ADDRESS_SPACE:
        return
    room = address_plan.usable_addresses(address_plan.plan(network.address_space).nodes)
    nodes = _total(system_pool, node_pools)
    if nodes <= room:
        return
    enough = 31 - math.ceil(math.log2(nodes + address_plan.AZURE_RESERVED_ADDRESSES_PER_SUBNET))
    larger = network.address_space.supernet(new_prefix=enough)
    yield Problem(
        path=("network", "addressSpace"),
        value=str(network.address_space),
        limit=f"/{enough} or larger for {nodes} nodes",
        reason=f"its first half has {room} addresses for nodes; with surge all pools may have {nodes}",
        remedy=f"addressSpace: {larger}, or lower maxCount",
    )


@rule
def pods_fit_their_range(
    network: NetworkSettings, system_pool: SystemPoolSettings, node_pools: NodePools
) -> Iterator[Problem]:
    """The pods' range has a /24 for every node, also in an upgrade."""
    room = address_plan.overlay_node_capacity(network.pod_cidr)
    nodes = _total(system_pool, node_pools)
    if nodes <= room:
        return
    enough = address_plan.POD_BLOCK_PREFIX - math.ceil(math.log2(nodes))
    yield Problem(
        path=("network", "podCidr"),
        value=str(network.pod_cidr),
        limit=f"/{enough} or larger for {nodes} nodes",
        reason=f"each node takes a /24, so it has room for {room}; with surge all pools may have {nodes}",
        remedy=f"podCidr: {network.pod_cidr.supernet(new_prefix=enough)}, or lower maxCount",
    )


@rule
def nodes_fit_the_tier(
    cluster: ClusterSettings, system_pool: SystemPoolSettings, node_pools: NodePools
) -> Iterator[Problem]:
    """All pools together have no more nodes than the tier allows."""
    nodes = sum(pool.largest_count for pool in (system_pool, *node_pools.values()))
    if nodes > _MOST_NODES[cluster.tier]:
        yield Problem(
            path=("cluster", "tier"),
            value=cluster.tier,
            limit=f"at most {_MOST_NODES[cluster.tier]:,} nodes in the tier {cluster.tier}",
            reason=f"all pools may have {nodes:,} nodes together",
            remedy="tier: Standard"
            if nodes <= _MOST_NODES["Standard"]
            else "lower maxCount or count of the pools",
        )
