"""Node pools by name, separate and inline ones, as a request asks for them and as the cloud holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.azure.cloud import parent_id
from sandbox.azure.request import Request
from sandbox.azure.rules.arm_types import AGENT_POOL
from sandbox.azure.rules.reading import name_of

Pools = dict[str, Mapping[str, Any]]


def asked_pools(request: Request) -> Pools:
    """Return the node pools that a request asks for: one for an agent pool, the inline ones for a cluster."""
    return {name_of(request.id): request.properties} if _is_pool(request) else _inline(request.properties)


def pools_of_cluster(request: Request) -> Pools:
    """Return every pool that the request's cluster has in the cloud."""
    cluster_id = parent_id(request.id) if _is_pool(request) else request.id
    cluster = request.cloud.get(cluster_id)
    children = request.cloud.children(cluster_id)
    separate = {
        child.name: child.properties for child in children if child.type.lower() == AGENT_POOL.lower()
    }
    return _inline(cluster.properties if cluster else None) | separate


def every_pool(request: Request) -> Pools:
    """Return every pool that the request's cluster has once the request is done."""
    return pools_of_cluster(request) | asked_pools(request)


def most_nodes(pool: Mapping[str, Any]) -> int:
    """Return the number of nodes that a pool may grow to."""
    return int(pool.get("maxCount") or pool.get("count") or 0)


def most_nodes_with_surge(pool: Mapping[str, Any]) -> int:
    """Return the number of nodes that a pool may have while it is upgraded."""
    nodes, surge = most_nodes(pool), str((pool.get("upgradeSettings") or {}).get("maxSurge") or "10%")
    share = surge.removesuffix("%")
    return nodes + (int(surge) if share == surge else -(-nodes * int(share) // 100))


def _is_pool(request: Request) -> bool:
    return request.type.lower() == AGENT_POOL.lower()


def _inline(cluster: Mapping[str, Any] | None) -> Pools:
    return {str(pool.get("name")): pool for pool in (cluster or {}).get("agentPoolProfiles") or ()}
