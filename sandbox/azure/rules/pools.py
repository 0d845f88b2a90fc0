"""Node pools as requests ask for them: separate agent pools, and those inline in a managed cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.azure.cloud import parent_id
from sandbox.azure.facts.vm_sizes import VmSize, vm_size
from sandbox.azure.rules.arm_types import AGENT_POOL, MANAGED_CLUSTER
from sandbox.azure.rules.reading import name_of, normalised_location
from sandbox.azure.rules.registry import Request

POOL_TYPES = (AGENT_POOL, MANAGED_CLUSTER)
"""The types whose requests ask for node pools."""


@dataclass(frozen=True)
class Pool:
    """One node pool that a request asks for.

    ``current`` is the pool as the cloud holds it, ``cluster`` the cluster's properties (asked for, where the
    pool is inline), ``prefix`` the path under which AKS names the pool's properties.
    """

    name: str
    asked: Mapping[str, Any]
    current: Mapping[str, Any] | None
    cluster: Mapping[str, Any]
    location: str | None
    prefix: str

    @property
    def is_spot(self) -> bool:
        """Whether the pool has spot priority."""
        return self.asked.get("scaleSetPriority") == "Spot"

    @property
    def is_autoscaled(self) -> bool:
        """Whether the cluster autoscaler owns the pool's count."""
        return bool(self.asked.get("enableAutoScaling"))

    @property
    def fewest_nodes(self) -> int:
        """The number of nodes that the pool may shrink to."""
        return int((self.asked.get("minCount") if self.is_autoscaled else self.asked.get("count")) or 0)

    @property
    def vm_size(self) -> VmSize | None:
        """The pool's virtual machine size; ``None`` where none is named or its name is no size."""
        return vm_size(self.asked.get("vmSize") or "")

    def parameter(self, property_: str) -> str:
        """Return the path under which AKS names a property of the pool."""
        return f"{self.prefix}.{property_}"


def pools(request: Request) -> Iterator[Pool]:
    """Yield the node pools that a request asks for: one for an agent pool, the inline ones for a cluster."""
    if request.type.lower() == AGENT_POOL.lower():
        cluster = request.cloud.get(parent_id(request.id))
        yield Pool(
            name=name_of(request.id),
            asked=request.properties,
            current=request.current,
            cluster=cluster.properties if cluster is not None else {},
            location=normalised_location(cluster.location) if cluster is not None else None,
            prefix="properties",
        )
        return
    current = {profile.get("name"): profile for profile in inline_profiles(request.current)}
    for profile in inline_profiles(request.properties):
        yield Pool(
            name=profile.get("name", ""),
            asked=profile,
            current=current.get(profile.get("name")),
            cluster=request.properties,
            location=normalised_location(request.properties.get("location")),
            prefix="agentPoolProfile",
        )


def inline_profiles(properties: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Return the agent pool profiles written inside a cluster."""
    return list((properties or {}).get("agentPoolProfiles") or ())


def pools_of_cluster(request: Request) -> dict[str, Mapping[str, Any]]:
    """Return every pool that the request's cluster has in the cloud, by name."""
    cluster_id = parent_id(request.id) if request.type.lower() == AGENT_POOL.lower() else request.id
    cluster = request.cloud.get(cluster_id)
    inline = inline_profiles(cluster.properties if cluster else None)
    separate = [
        child for child in request.cloud.children(cluster_id) if child.type.lower() == AGENT_POOL.lower()
    ]
    return {str(profile.get("name")): profile for profile in inline} | {
        pool.name: pool.properties for pool in separate
    }


def every_pool(request: Request) -> dict[str, Mapping[str, Any]]:
    """Return every pool that the request's cluster has once the request is done, by name."""
    return pools_of_cluster(request) | {pool.name: pool.asked for pool in pools(request)}


def most_nodes(pool: Mapping[str, Any]) -> int:
    """Return the number of nodes that a pool may grow to."""
    return int(pool.get("maxCount") or pool.get("count") or 0)
