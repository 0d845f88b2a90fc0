"""Agent pools as the simulated cloud holds them, whether in their cluster or by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from sandbox.azure.cloud import Cloud, Resource, key_of, parent_id
from sandbox.azure.facts.vm_sizes import VmSize, vm_size
from sandbox.clusters import managed_cluster

POOL_TYPE: Final = "Microsoft.ContainerService/managedClusters/agentPools"
DELETING: Final = "Deleting"
SECONDS_PER_MINUTE: Final = 1.0
"""A minute of Azure's patience is a second here."""

DEFAULT_DRAIN_SECONDS: Final = 30 * SECONDS_PER_MINUTE

_T = TypeVar("_T", str, int)


class _Setting(Generic[_T]):
    """A property of an agent pool by Azure's name, and its value where Azure does not answer it."""

    def __init__(self, name: str, default: _T) -> None:
        self._name = name
        self._default = default

    def __get__(self, pool: Pool, _owner: object) -> _T:
        return type(self._default)(pool.properties.get(self._name) or self._default)


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

    count = _Setting("count", 0)
    """How many nodes it has in Azure."""
    autoscaled = _Setting("enableAutoScaling", default=False)
    """Whether the cluster autoscaler owns its count."""
    minimum = _Setting("minCount", 0)
    """The fewest nodes that the autoscaler leaves."""
    maximum = _Setting("maxCount", 0)
    """The most nodes that the autoscaler makes."""
    max_pods = _Setting("maxPods", 110)
    """The most pods that a node runs."""
    disk_gb = _Setting("osDiskSizeGB", 128)
    """The size of a node's disk."""
    os_sku = _Setting("osSKU", "Ubuntu")
    """The distribution that its nodes run."""

    @property
    def wanted(self) -> int:
        """How many nodes it should have: its count, for an autoscaled pool between its limits."""
        return max(self.minimum, min(self.count, self.maximum)) if self.autoscaled else self.count

    @property
    def deleting(self) -> bool:
        """Whether Azure is about to delete it."""
        return self.properties.get("provisioningState") == DELETING

    @property
    def size(self) -> VmSize:
        """The size of its virtual machines; `ValueError` where Azure has no sizes of such a name."""
        size = vm_size(str(self.properties["vmSize"]))
        if size is None:
            raise ValueError(f"{self.id}: {self.properties['vmSize']} is not a virtual machine size")
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
    def os_type(self) -> str:
        """The operating system of its nodes, as Kubernetes writes it: `linux` or `windows`."""
        return str(self.properties.get("osType") or "Linux").lower()

    @property
    def architecture(self) -> str:
        """The architecture of its processors, as Kubernetes writes it."""
        return "arm64" if self.size.arm64 else "amd64"

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
    def drain_seconds(self) -> float:
        """How long AKS tries to drain a node here."""
        minutes = (self.properties.get("upgradeSettings") or {}).get("drainTimeoutInMinutes")
        return int(minutes) * SECONDS_PER_MINUTE if minutes else DEFAULT_DRAIN_SECONDS


def pools_of(cloud: Cloud, cluster: Resource | None) -> list[Pool]:
    """The pools of a cluster, sorted by name; none of one that does not exist or is stopped."""
    if cluster is None or managed_cluster.is_stopped(cluster.properties):
        return []
    found: dict[str, Pool] = {}
    for item in cluster.properties.get("agentPoolProfiles") or []:
        pool_id = f"{cluster.id}/agentPools/{item['name']}"
        found[key_of(pool_id)] = Pool(pool_id, str(item["name"]), cluster, cluster.created_at, item)
    for child in cloud.children(cluster.id):
        if child.type.lower() == POOL_TYPE.lower():
            found[key_of(child.id)] = Pool(child.id, child.name, cluster, child.created_at, child.properties)
    running = [pool for pool in found.values() if not managed_cluster.is_stopped(pool.properties)]
    return sorted(running, key=lambda pool: pool.name)


def pool_of(cloud: Cloud, pool_id: str) -> Pool | None:
    """The pool with this Azure id."""
    pools = pools_of(cloud, cloud.get(parent_id(pool_id)))
    return next((pool for pool in pools if key_of(pool.id) == key_of(pool_id)), None)


def write(cloud: Cloud, pool: Pool, changes: Mapping[str, Any]) -> None:
    """Set properties of a pool, both on the pool itself and where its cluster lists it.

    A pool that was deleted or recreated meanwhile is left alone.
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
