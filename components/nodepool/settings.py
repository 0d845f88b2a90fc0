"""Node pools: what every pool may say, and the kinds of pools.

A new kind is a class here and a member of ``NodePoolSettings``; loader, reference and schema find it there.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, get_args

from pydantic import Discriminator, Field, Tag

from azure_facts import os_disks
from azure_facts.vm_sizes import VmSize
from settings.model import Between, Matching, Required, See, SettingsModel
from settings.values import LabelKey, LabelValue, Taint, VmSizeName, Zone

_COUNT = Between(0, 1000, "a node pool holds at most 1000 nodes")
_SCALING = See("aks/cluster-autoscaler")
_DISK = See("aks/concepts-storage#default-os-disk-sizing")
_SPOT = See("aks/spot-node-pool")
_UPGRADE = See("aks/upgrade-aks-node-pools-rolling")


class UpgradeSettings(SettingsModel):
    """How the nodes of a pool are replaced in an upgrade."""

    max_surge: Annotated[
        str,
        Matching(
            r"[1-9]\d{0,2}|([1-9]\d?|100)%",
            limit="nodes or a percentage of them, as a string",
            reason="an upgrade needs at least one node more",
            remedy='"10%"',
        ),
        _UPGRADE,
    ] = "10%"
    """Nodes that an upgrade may add at a time, as a number or a percentage of the pool."""

    drain_timeout_in_minutes: Annotated[
        int, Between(1, 1440, "AKS waits a minute to a day for a drain"), _UPGRADE
    ] = 30
    """Minutes that an upgrade waits for pods to leave a node."""

    node_soak_duration_in_minutes: Annotated[
        int, Between(0, 30, "AKS lets a new node soak 30 minutes at most"), _UPGRADE
    ] = 0
    """Minutes that an upgrade waits after a node before it goes on to the next."""

    undrainable_node_behavior: Annotated[Literal["Schedule", "Cordon"] | None, _UPGRADE] = None
    """What becomes of a node that could not be drained; by default the upgrade fails there (Schedule)."""


class NodePoolBase(SettingsModel):
    """What every node pool may say.

    Labels, taints, counts, upgrade settings and the OS SKU change in place; a change of any other setting
    gives the pool a new name, so that a new pool is made before the old one goes.
    """

    vm_size: Annotated[
        VmSizeName,
        Required("what a pool's nodes are for decides their size", "Standard_D8ds_v5"),
        See("virtual-machines/sizes/overview"),
    ]
    """Virtual machine size of the nodes."""

    count: Annotated[Annotated[int, _COUNT] | None, See("aks/scale-cluster")] = None
    """Number of nodes of a pool that is not autoscaled."""

    min_count: Annotated[Annotated[int, _COUNT] | None, _SCALING] = None
    """Fewest nodes of an autoscaled pool."""

    max_count: Annotated[Annotated[int, _COUNT] | None, _SCALING] = None
    """Most nodes of an autoscaled pool."""

    availability_zones: Annotated[tuple[Zone, ...] | None, See("aks/availability-zones-overview")] = None
    """Zones over which the nodes are spread; by default the stack's, [] for none."""

    max_pods: Annotated[
        int,
        Between(10, 250, "AKS allows 10 to 250 pods a node on Azure CNI Overlay"),
        See("aks/concepts-network-ip-address-planning#maximum-pods-per-node"),
    ] = 250
    """Most pods on a node."""

    node_labels: Annotated[dict[LabelKey, LabelValue], See("aks/use-labels")] = Field(default_factory=dict)
    """Kubernetes labels of the nodes."""

    node_taints: Annotated[tuple[Taint, ...], See("aks/use-node-taints")] = ()
    """Kubernetes taints of the nodes, as key=value:Effect."""

    os_sku: Annotated[Literal["Ubuntu", "AzureLinux"], See("aks/upgrade-os-version")] = "Ubuntu"
    """Linux distribution of the nodes."""

    os_disk_type: Annotated[Literal["Ephemeral", "Managed"] | None, _DISK] = None
    """Where the OS disk lies: on the node's local disk (Ephemeral: faster, and free) or in Azure Storage
    (Managed). By default Ephemeral where the local disk holds osDiskSizeGB, or 128 GB."""

    os_disk_size_gb: Annotated[
        Annotated[
            int,
            Between(
                os_disks.SMALLEST_OS_DISK_GB, os_disks.LARGEST_OS_DISK_GB, "AKS allows no other OS disk size"
            ),
        ]
        | None,
        _DISK,
    ] = None
    """Size of the OS disk in GB; by default AKS's choice for the vCPUs, or less on a local disk."""

    upgrade_settings: UpgradeSettings = UpgradeSettings()
    """How the nodes are replaced in an upgrade."""

    @property
    def size(self) -> VmSize:
        """What is known of the virtual machine size."""
        return VmSize.parse(self.vm_size)

    @property
    def autoscaled(self) -> bool:
        """Whether the cluster autoscaler owns the number of nodes: where no count fixes it."""
        return self.count is None and self.min_count is not None and self.max_count is not None

    @property
    def largest_count(self) -> int:
        """The most nodes that the pool may have, surge not counted."""
        return (self.max_count if self.autoscaled else self.count) or 0

    @property
    def effective_os_disk_type(self) -> Literal["Ephemeral", "Managed"]:
        """The OS disk's type: as set, else Ephemeral where the local disk is large enough."""
        if self.os_disk_type is not None:
            return self.os_disk_type
        wanted = self.os_disk_size_gb or os_disks.SMALLEST_COMFORTABLE_OS_DISK_GB
        return "Ephemeral" if (self.size.local_disk_gib or 0) >= wanted else "Managed"

    @property
    def effective_os_disk_size_gb(self) -> int:
        """The OS disk's size in GB: as set, else AKS's choice for the vCPUs, cut to the local disk."""
        if self.os_disk_size_gb is not None:
            return self.os_disk_size_gb
        size = os_disks.default_os_disk_size_gb(self.size.vcpus)
        room = self.size.local_disk_gib if self.effective_os_disk_type == "Ephemeral" else None
        return min(size, room) if room is not None else size


_NEVER_SPOT: Final[Mapping[str, str]] = dict.fromkeys(
    ("scaleSetPriority", "scaleSetEvictionPolicy", "spotMaxPrice"),
    "Kubernetes' own pods need nodes that stay, so AKS has no spot pools of mode System",
)


class SystemPoolSettings(NodePoolBase):
    """The system pool inside the cluster, which runs Kubernetes' own pods.

    It is tainted CriticalAddonsOnly where another pool can take ordinary pods.
    """

    never: ClassVar[Mapping[str, str]] = _NEVER_SPOT

    vm_size: Annotated[VmSizeName, See("aks/use-system-pools")] = "Standard_D4ds_v5"
    """Virtual machine size: at least 4 vCPUs, not burstable, without GPU."""

    min_count: Annotated[Annotated[int, _COUNT] | None, _SCALING] = 3
    """Fewest nodes; not used where count is set."""

    max_count: Annotated[Annotated[int, _COUNT] | None, _SCALING] = 5
    """Most nodes; not used where count is set."""


class SeparateNodePoolBase(NodePoolBase):
    """A pool beside the cluster's own: an agent pool resource that can be replaced."""

    delete_before_replace: bool = False
    """Whether a replaced pool goes before the new one comes: for sizes whose quota does not hold both. Its
    workloads are down in between."""


class WorkloadNodePoolBase(SeparateNodePoolBase):
    """A pool for workloads, of mode User: it may be spot and may have no node."""

    scale_set_priority: Annotated[Literal["Regular", "Spot"], _SPOT] = "Regular"
    """Spot nodes cost a fraction and may be taken away at any time; pods must tolerate their taint."""

    scale_set_eviction_policy: Annotated[Literal["Delete", "Deallocate"], _SPOT] = "Delete"
    """What becomes of a spot node that Azure takes back; a deallocated one still counts against the quota."""

    spot_max_price: Annotated[float, _SPOT] = -1
    """Most US dollars an hour for a spot node; -1 for up to the regular price."""


class UserNodePoolSettings(WorkloadNodePoolBase):
    """A pool for workloads that need no GPU."""

    kind: Literal["user"] = "user"
    """Nodes for workloads."""


class SystemNodePoolSettings(SeparateNodePoolBase):
    """A further pool of mode System beside the cluster's own."""

    never: ClassVar[Mapping[str, str]] = _NEVER_SPOT

    kind: Literal["system"] = "system"
    """Nodes for Kubernetes' own pods."""


class GpuNodePoolSettings(WorkloadNodePoolBase):
    """A pool of nodes with NVIDIA GPUs.

    It has taint, labels and the device plugin, so that a pod that asks for nvidia.com/gpu is scheduled there.
    """

    kind: Literal["gpu"] = "gpu"
    """Nodes with NVIDIA GPUs."""

    gpu_driver: Annotated[Literal["Install", "None"], See("aks/use-nvidia-gpu")] = "Install"
    """Whether AKS installs the NVIDIA driver. None is for the NVIDIA GPU Operator, which brings its own."""

    gpu_instance_profile: Annotated[
        Literal["MIG1g", "MIG2g", "MIG3g", "MIG4g", "MIG7g"] | None, See("aks/gpu-multi-instance")
    ] = None
    """Size of the parts into which each GPU is divided (Multi-Instance GPU); by default GPUs stay whole."""

    mig_strategy: Annotated[Literal["single", "mixed"] | None, See("aks/gpu-multi-instance")] = None
    """How the device plugin names the parts: single (the default) as nvidia.com/gpu, mixed by profile."""

    @property
    def effective_mig_strategy(self) -> Literal["single", "mixed"] | None:
        """How parts of GPUs are named; None where GPUs stay whole."""
        if self.gpu_instance_profile is None:
            return None
        return self.mig_strategy or "single"


DEFAULT_KIND: Final = "user"


def _kind(value: object) -> object:
    return value.get("kind", DEFAULT_KIND) if isinstance(value, dict) else getattr(value, "kind", None)


NodePoolSettings = Annotated[
    Annotated[UserNodePoolSettings, Tag("user")]
    | Annotated[SystemNodePoolSettings, Tag("system")]
    | Annotated[GpuNodePoolSettings, Tag("gpu")],
    Discriminator(_kind),
]
"""A node pool of any kind; without the key ``kind`` it is a user pool."""

NODE_POOL_KINDS: Final[dict[str, type[NodePoolBase]]] = {
    get_args(member)[1].tag: get_args(member)[0] for member in get_args(get_args(NodePoolSettings)[0])
}
"""The class of each kind."""
