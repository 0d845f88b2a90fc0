"""Agent pools as the simulated cloud holds them, whether in their cluster or by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sandbox.azure.cloud import Cloud, Resource, key_of, parent_id
from sandbox.azure.facts.vm_sizes import VmSize, vm_size
from sandbox.clusters import managed_cluster

POOL_TYPE: Final = "Microsoft.ContainerService/managedClusters/agentPools"
DELETING: Final = "Deleting"
_DEFAULT_MAX_PODS: Final = 110
_DEFAULT_DISK_GB: Final = 128
_DEFAULT_DRAIN_MINUTES: Final = 30


@dataclass(frozen=True)
class Pool:
    """One agent pool.

    Attributes:
        id: Azure id.
        name: its name.
        cluster: the managed cluster.
        created_at: when it was made; a pool that was deleted and made again is another one.
        properties: what Azure answers of it.
    """

    id: str
    name: str
    cluster: Resource
    created_at: str
    properties: Mapping[str, Any]

    @property
    def count(self) -> int:
        """How many nodes it has in Azure."""
        return int(self.properties.get("count") or 0)

    @property
    def wanted(self) -> int:
        """How many nodes it should have: its count, for an autoscaled pool between its limits."""
        if not self.autoscaled:
            return self.count
        return max(self.minimum, min(self.count, self.maximum))

    @property
    def autoscaled(self) -> bool:
        """Whether the cluster autoscaler owns its count."""
        return bool(self.properties.get("enableAutoScaling"))

    @property
    def minimum(self) -> int:
        """The fewest nodes that the autoscaler leaves."""
        return int(self.properties.get("minCount") or 0)

    @property
    def maximum(self) -> int:
        """The most nodes that the autoscaler makes."""
        return int(self.properties.get("maxCount") or 0)

    @property
    def deleting(self) -> bool:
        """Whether Azure is about to delete it."""
        return self.properties.get("provisioningState") == DELETING

    @property
    def size(self) -> VmSize:
        """The size of its virtual machines; `ValueError` where Azure has no sizes of such a name."""
        size = vm_size(str(self.properties["vmSize"]))
        if size is None:
            raise ValueError(f"{self.id}: {self.properties['vmSize']} is no virtual machine size")
        return size

    @property
    def nvidia(self) -> bool:
        """Whether its nodes have GPUs of NVIDIA."""
        return self.size.gpu_vendor == "NVIDIA"

    @property
    def spot(self) -> bool:
        """Whether its nodes are spot instances."""
        return self.properties.get("scaleSetPriority") == "Spot"

    @property
    def max_pods(self) -> int:
        """The most pods that a node runs."""
        return int(self.properties.get("maxPods") or _DEFAULT_MAX_PODS)

    @property
    def disk_gb(self) -> int:
        """The size of a node's disk."""
        return int(self.properties.get("osDiskSizeGB") or _DEFAULT_DISK_GB)

    @property
    def location(self) -> str:
        """The Azure location, as zones are named after it."""
        return managed_cluster.location(self.cluster)

    @property
    def zones(self) -> tuple[str, ...]:
        """The values of the zone label of its nodes: `0` where no zone is asked for."""
        zones = self.properties.get("availabilityZones") or []
        return tuple(f"{self.location}-{zone}" for zone in sorted(zones)) or ("0",)

    @property
    def drain_minutes(self) -> int:
        """How long AKS tries to drain a node."""
        upgrade = self.properties.get("upgradeSettings") or {}
        return int(upgrade.get("drainTimeoutInMinutes") or _DEFAULT_DRAIN_MINUTES)

    @property
    def node_group(self) -> str:
        """The name of the resource group of the cluster's nodes."""
        return managed_cluster.node_resource_group(self.cluster)


def pools_of(cloud: Cloud, cluster: Resource | None) -> list[Pool]:
    """The pools of a cluster, sorted by name; none of one that does not exist or is stopped."""
    if cluster is None or (cluster.properties.get("powerState") or {}).get("code") == "Stopped":
        return []
    found: dict[str, Pool] = {}
    for item in cluster.properties.get("agentPoolProfiles") or []:
        pool_id = f"{cluster.id}/agentPools/{item['name']}"
        found[key_of(pool_id)] = Pool(pool_id, str(item["name"]), cluster, cluster.created_at, item)
    for child in cloud.children(cluster.id):
        if child.type.lower() == POOL_TYPE.lower():
            found[key_of(child.id)] = Pool(child.id, child.name, cluster, child.created_at, child.properties)
    running = [pool for pool in found.values() if _power(pool) != "Stopped"]
    return sorted(running, key=lambda pool: pool.name)


def pool_of(cloud: Cloud, pool_id: str) -> Pool | None:
    """The pool with this Azure id."""
    pools = pools_of(cloud, cloud.get(parent_id(pool_id)))
    return next((pool for pool in pools if key_of(pool.id) == key_of(pool_id)), None)


def write(cloud: Cloud, pool: Pool, changes: Mapping[str, Any]) -> None:
    """Set properties of a pool, both on the pool itself and where its cluster lists it.

    A pool that was deleted or made anew meanwhile is left alone.
    """
    with cloud.transaction():
        child = cloud.get(pool.id)
        if child is not None and child.created_at == pool.created_at:
            cloud.put(replace(child, properties={**child.properties, **changes}))
        cluster = cloud.get(pool.cluster.id)
        items = (cluster.properties.get("agentPoolProfiles") or []) if cluster else []
        if cluster is None or pool.name not in [item["name"] for item in items]:
            return
        shown = [{**item, **changes} if item["name"] == pool.name else item for item in items]
        cloud.put(replace(cluster, properties={**cluster.properties, "agentPoolProfiles": shown}))


def _power(pool: Pool) -> str:
    return str((pool.properties.get("powerState") or {}).get("code") or "Running")
