"""Node pools: what every pool may say, and the kinds of pools.

A new kind is a class here and a member of ``NodePoolSettings``; loader, reference and schema find it there.
"""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from azure_facts import os_disks
from azure_facts.vm_sizes import EXPECTED_FORM, VmSize
from components.nodepool.kubelet_config import KubeletConfigSettings
from components.nodepool.linux_os_config import LinuxOsConfigSettings
from components.nodepool.local_dns_profile import LocalDnsProfileSettings
from settings.model import Between, DefaultKind, Matching, Never, Required, SettingsModel, refused
from settings.values import ListOf, Zone, resource_id


def _vm_size(value: object) -> str:
    try:
        return VmSize.parse(str(value)).name
    except ValueError:
        reason = "no virtual machine size has such a name"
        raise refused(EXPECTED_FORM, reason, "Standard_D4ds_v5") from None


VmSizeName = Annotated[
    str,
    PlainValidator(_vm_size),
    WithJsonSchema(
        {"type": "string", "pattern": "^[Ss]tandard_[A-Za-z]{1,3}[0-9]", "x-limit": EXPECTED_FORM}
    ),
]

_PREFIX: Final = r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?"
_NAME: Final = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_NO_NODE: Final = "the kubelet would refuse the label and the node would not join"

LabelKey = Annotated[
    str,
    Matching(
        _PREFIX + _NAME,
        limit="a Kubernetes label key: [prefix/]name, name at most 63 characters",
        reason=_NO_NODE,
        write="a key such as team or example.com/team",
    ),
]

LabelValue = Annotated[
    str,
    Matching(
        f"({_NAME})?",
        limit="a Kubernetes label value: at most 63 letters, digits, _ . -",
        reason=_NO_NODE,
        write="data-science",
    ),
]

Taint = Annotated[
    str,
    Matching(
        rf"{_PREFIX}{_NAME}=({_NAME})?:(NoSchedule|PreferNoSchedule|NoExecute)",
        limit="key=value:Effect, Effect one of NoSchedule, PreferNoSchedule, NoExecute",
        reason="AKS accepts taints in this form only",
        write="dedicated=batch:NoSchedule",
    ),
]

_COUNT = Between(0, 1000, "a node pool holds 0 to 1000 nodes")
_OS_DISK = Between(
    os_disks.SMALLEST_OS_DISK_GB, os_disks.LARGEST_OS_DISK_GB, "AKS allows no other OS disk size"
)


_GUEST_STATE_GIB: Final = 1

_NODES: Final = r"[1-9]\d{0,2}|([1-9]\d?|100)%"
"""A number of nodes or a percentage of them; 0 is neither."""

SYSTEM_TAINT: Final = "CriticalAddonsOnly=true:NoSchedule"

GPU_TAINT: Final = "sku=gpu:NoSchedule"
"""The taint of Azure's own GPU guide: workloads that tolerate it there run here unchanged."""

SPOT_TAINT: Final = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
"""AKS sets it on spot nodes itself: declared, it is no drift on refresh."""


class UpgradeSettings(SettingsModel):
    """How the nodes of a pool are replaced in an upgrade.

    https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling
    """

    max_surge: Annotated[
        str,
        Matching(
            rf"0|{_NODES}",
            limit="nodes or a percentage of them, as a string",
            reason="an upgrade adds nodes, or with 0 takes as many away as maxUnavailable says",
            write='"10%"',
        ),
    ] = "10%"
    """Nodes that an upgrade may add at a time, as a number or a percentage of the pool; "0" for none, where
    quota or a capacity reservation has no room for more."""

    max_unavailable: (
        Annotated[
            str,
            Matching(
                _NODES,
                limit="nodes or a percentage of them, as a string",
                reason="an upgrade that adds no node takes at least one away",
                write='"1"',
            ),
        ]
        | None
    ) = None
    """Nodes that an upgrade with maxSurge "0" may take away at a time, as a number or a percentage of the
    pool. https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling"""

    drain_timeout_in_minutes: Annotated[int, Between(1, 1440, "AKS waits a minute to a day for a drain")] = 30
    """Minutes that an upgrade waits for pods to leave a node."""

    node_soak_duration_in_minutes: Annotated[int, Between(0, 30, "AKS soaks a node for 0 to 30 minutes")] = 0
    """Minutes that an upgrade waits between one node and the next."""

    undrainable_node_behavior: Literal["Schedule", "Cordon"] | None = None
    """What happens to a node that cannot be drained; by default the upgrade fails there (Schedule)."""


class CreationDataSettings(SettingsModel):
    """What a pool is made from, beside its settings.

    https://learn.microsoft.com/azure/aks/node-pool-snapshot
    """

    source_resource_id: Annotated[str, resource_id("Microsoft.ContainerService/snapshots")] | None = None
    """ARM id of a node pool snapshot, whose node image and Kubernetes version the pool gets."""


class NodePoolBase(SettingsModel):
    """What every node pool may say."""

    mode: ClassVar[Literal["System", "User"]] = "User"
    """Whose pods it is for: Kubernetes' own, or workloads."""

    kind_taints: ClassVar[tuple[str, ...]] = ()
    """Taints that all pools of its kind have."""

    vm_size: Annotated[VmSizeName, Required("it depends on what the nodes are for", "Standard_D8ds_v5")]
    """Virtual machine size of the nodes, in which case does not matter.
    https://learn.microsoft.com/azure/virtual-machines/sizes/overview"""

    count: Annotated[int, _COUNT] | None = None
    """Number of nodes of a pool that is not autoscaled.
    https://learn.microsoft.com/azure/aks/scale-cluster"""

    min_count: Annotated[int, _COUNT] | None = None
    """Fewest nodes of an autoscaled pool. https://learn.microsoft.com/azure/aks/cluster-autoscaler"""

    max_count: Annotated[int, _COUNT] | None = None
    """Most nodes of an autoscaled pool. https://learn.microsoft.com/azure/aks/cluster-autoscaler"""

    availability_zones: ListOf[Zone] | None = None
    """Zones over which the nodes are spread; by default the stack's, [] for none.
    https://learn.microsoft.com/azure/aks/availability-zones-overview"""

    subnet: str = "nodes"
    """Name of the subnet of the nodes: nodes, or one that network.subnets adds. A change makes a new pool.
    https://learn.microsoft.com/azure/aks/node-pool-unique-subnet"""

    max_pods: Annotated[int, Between(10, 250, "AKS allows 10 to 250 pods a node")] | None = None
    """Most pods on a node; by default 250 with the CNI kinds overlay and none, 111 with podSubnet, 30 with
    nodeSubnet.
    https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#maximum-pods-per-node"""

    node_labels: dict[LabelKey, LabelValue] = Field(default={})
    """Kubernetes labels of the nodes. https://learn.microsoft.com/azure/aks/use-labels"""

    node_taints: ListOf[Taint] = ()
    """Kubernetes taints of the nodes, as key=value:Effect.
    https://learn.microsoft.com/azure/aks/use-node-taints"""

    os_sku: Literal["Ubuntu", "AzureLinux"] = "Ubuntu"
    """Linux distribution of the nodes. https://learn.microsoft.com/azure/aks/upgrade-os-version"""

    os_disk_type: Literal["Ephemeral", "Managed"] | None = None
    """Where the OS disk is: on the node's local disk (Ephemeral: faster, and free) or in Azure Storage
    (Managed). By default Ephemeral where the local disk holds osDiskSizeGB, or 128 GB.
    https://learn.microsoft.com/azure/aks/concepts-storage#default-os-disk-sizing"""

    os_disk_size_gb: Annotated[int, _OS_DISK] | None = None
    """Size of the OS disk in GB; by default AKS's choice for the vCPUs, or less on a local disk.
    https://learn.microsoft.com/azure/aks/concepts-storage#default-os-disk-sizing"""

    ssh_access: Literal["Disabled", "LocalUser"] = "Disabled"
    """Whether the nodes run an SSH service. A change takes effect with the next node image.
    `kubectl debug node` works either way. https://learn.microsoft.com/azure/aks/manage-ssh-node-access"""

    enable_encryption_at_host: bool | None = None
    """Whether the nodes' temporary disks and disk caches are encrypted on their host, at no charge; by
    default where the size has it. The subscription must have registered the feature
    Microsoft.Compute/EncryptionAtHost, or Azure fails to make the pool.
    https://learn.microsoft.com/azure/aks/enable-host-encryption"""

    enable_secure_boot: bool | None = None
    """Whether nodes boot signed software only, at no charge; by default where the size has it, and not on
    nodes with GPUs, whose drivers are not signed. https://learn.microsoft.com/azure/aks/use-trusted-launch"""

    enable_vtpm: bool | None = None
    """Whether nodes have a virtual TPM that measures what they boot, at no charge; by default as
    enableSecureBoot. https://learn.microsoft.com/azure/aks/use-trusted-launch"""

    enable_fips: bool = False
    """Whether nodes run cryptographic modules that are validated under FIPS 140. A change reimages the nodes.
    By default such nodes have neither secure boot nor vTPM.
    https://learn.microsoft.com/azure/aks/enable-fips-nodes"""

    enable_ultra_ssd: bool = False
    """Whether volumes on Ultra Disks can be attached to the nodes. Only some sizes take them.
    https://learn.microsoft.com/azure/aks/use-ultra-disks"""

    kubelet_config: KubeletConfigSettings = KubeletConfigSettings()
    """What the kubelets are told.
    https://learn.microsoft.com/azure/aks/custom-node-configuration"""

    linux_os_config: LinuxOsConfigSettings = LinuxOsConfigSettings()
    """Kernel parameters, swap space and huge pages of the nodes.
    https://learn.microsoft.com/azure/aks/custom-node-configuration"""

    local_dns_profile: LocalDnsProfileSettings = LocalDnsProfileSettings()
    """A DNS proxy on every node. A change reimages the nodes. To turn it off again, write mode: Disabled;
    Azure leaves it on where the profile is only removed from the stack file.
    https://learn.microsoft.com/azure/aks/localdns-custom"""

    proximity_placement_group_id: (
        Annotated[str, resource_id("Microsoft.Compute/proximityPlacementGroups")] | None
    ) = None
    """ARM id of a proximity placement group, which keeps the nodes near each other in one zone.
    https://learn.microsoft.com/azure/aks/reduce-latency-ppg"""

    capacity_reservation_group_id: (
        Annotated[str, resource_id("Microsoft.Compute/capacityReservationGroups")] | None
    ) = None
    """ARM id of a capacity reservation group that has reserved the nodes' size, surge included.
    https://learn.microsoft.com/azure/aks/use-capacity-reservation-groups"""

    host_group_id: Annotated[str, resource_id("Microsoft.Compute/hostGroups")] | None = None
    """ARM id of a group of dedicated hosts that the nodes run on.
    https://learn.microsoft.com/azure/aks/use-azure-dedicated-hosts"""

    scale_down_mode: Literal["Delete", "Deallocate"] = "Delete"
    """Whether nodes that are no longer needed are deleted, or deallocated: their disks stay, are billed, and
    make the next scale-up quicker. https://learn.microsoft.com/azure/aks/scale-down-mode"""

    creation_data: CreationDataSettings = CreationDataSettings()
    """What the pool is made from."""

    workload_runtime: Literal["OCIContainer", "KataVmIsolation"] | None = None
    """KataVmIsolation lets pods with the runtime class kata-vm-isolation have a virtual machine and a kernel
    of their own; by default all share the node's kernel.
    https://learn.microsoft.com/azure/aks/use-pod-sandboxing"""

    upgrade_settings: UpgradeSettings = UpgradeSettings()
    """How the nodes are replaced in an upgrade."""

    @property
    def required_subnets(self) -> tuple[str, ...]:
        """The subnet of its nodes."""
        return (self.subnet,)

    @property
    def encryption_at_host(self) -> bool:
        """Whether the nodes' host encrypts what it keeps on its own disks: as set, else where it can."""
        chosen = self.enable_encryption_at_host
        return self.size.encryption_at_host if chosen is None else chosen

    @property
    def secure_boot(self) -> bool:
        """Whether the nodes boot signed software only: as set, else where size and drivers allow it."""
        chosen = self.enable_secure_boot
        return self._may_be_trusted if chosen is None else chosen

    @property
    def vtpm(self) -> bool:
        """Whether the nodes have a virtual TPM: as set, else where secure boot is possible."""
        chosen = self.enable_vtpm
        return self._may_be_trusted if chosen is None else chosen

    @property
    def sandboxed(self) -> bool:
        """Whether pods may have a virtual machine of their own."""
        return self.workload_runtime == "KataVmIsolation"

    @property
    def _may_be_trusted(self) -> bool:
        """Whether AKS has an image for trusted launch that all of the pool's drivers load on."""
        size = self.size
        return size.trusted_launch and not size.gpus and not self.enable_fips and not self.sandboxed

    @property
    def asked_of_trusted_launch(self) -> list[str]:
        """The keys of its two halves that the stack file turns on."""
        halves = {"enableSecureBoot": self.enable_secure_boot, "enableVTPM": self.enable_vtpm}
        return [key for key, is_on in halves.items() if is_on]

    @property
    def trusted_launch(self) -> bool:
        """Whether the nodes have an image for trusted launch, which one of its two halves is enough for."""
        return self.secure_boot or self.vtpm

    @property
    def spot(self) -> bool:
        """Whether Azure may take its nodes away at any time."""
        return False

    @property
    def device_plugin_strategy(self) -> Literal["none", "single", "mixed"] | None:
        """How NVIDIA's device plugin names the GPUs: whole (none), or by their parts; None without plugin."""
        return None

    @property
    def taints(self) -> tuple[str, ...]:
        """All taints of its nodes: those of its kind, those of its traits, and last the user's."""
        traits = (SPOT_TAINT,) if self.spot else ()
        return (*self.kind_taints, *traits, *self.node_taints)

    @property
    def repelling_taints(self) -> tuple[str, ...]:
        """Those of its taints that keep away a pod which does not tolerate them."""
        return tuple(taint for taint in self.taints if not taint.endswith(":PreferNoSchedule"))

    @property
    def takes_ordinary_pods(self) -> bool:
        """Whether a pod without tolerations finds nodes here."""
        return not self.repelling_taints and self.largest_count > 0

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
    def most_nodes(self) -> int:
        """The most nodes that the pool may have at a time, during an upgrade."""
        return self.largest_count + self.surge_of(self.largest_count)

    def surge_of(self, nodes: int) -> int:
        """Nodes that an upgrade adds to so many of the pool; a spot pool's takes some away before."""
        surge = self.upgrade_settings.max_surge
        if self.spot or not nodes:
            return 0
        return math.ceil(nodes * int(surge[:-1]) / 100) if surge.endswith("%") else int(surge)

    @property
    def os_disk_room_gib(self) -> int | None:
        """The largest ephemeral OS disk: the local disk, or 1 GiB less where trusted launch keeps its state.

        https://learn.microsoft.com/azure/virtual-machines/ephemeral-os-disks#trusted-launch-for-ephemeral-os-disks
        """
        room = self.size.local_disk_gib
        return room - _GUEST_STATE_GIB if room is not None and self.trusted_launch else room

    @property
    def effective_os_disk_type(self) -> Literal["Ephemeral", "Managed"]:
        """The OS disk's type: as set, else Ephemeral where the local disk is large enough and may go."""
        if self.os_disk_type is not None:
            return self.os_disk_type
        if self.scale_down_mode == "Deallocate":
            return "Managed"
        wanted = self.os_disk_size_gb or os_disks.SMALLEST_COMFORTABLE_OS_DISK_GB
        return "Ephemeral" if (self.os_disk_room_gib or 0) >= wanted else "Managed"

    @property
    def effective_os_disk_size_gb(self) -> int:
        """The OS disk's size in GB: as set, else AKS's choice for the vCPUs, cut to the local disk."""
        if self.os_disk_size_gb is not None:
            return self.os_disk_size_gb
        size = os_disks.default_os_disk_size_gb(self.size.vcpus)
        room = self.os_disk_room_gib if self.effective_os_disk_type == "Ephemeral" else None
        return min(size, room) if room is not None else size


_NEVER_SPOT: Final[Mapping[str, Never]] = dict.fromkeys(
    ("scaleSetPriority", "scaleSetEvictionPolicy", "spotMaxPrice"),
    Never("Kubernetes' own pods need nodes that stay, so AKS has no spot pools of mode System"),
)


class SystemPoolSettings(NodePoolBase):
    """The system pool inside the cluster, which runs Kubernetes' own pods.

    It is tainted CriticalAddonsOnly where another pool can take ordinary pods.
    """

    never: ClassVar[Mapping[str, Never]] = _NEVER_SPOT
    mode: ClassVar[Literal["System", "User"]] = "System"

    vm_size: VmSizeName = "Standard_D4ds_v5"
    """Virtual machine size: at least 2 vCPUs, better 4, not burstable, without GPU.
    https://learn.microsoft.com/azure/aks/use-system-pools"""

    min_count: Annotated[int, _COUNT] | None = 3
    """Fewest nodes; not used where count is set. https://learn.microsoft.com/azure/aks/cluster-autoscaler"""

    max_count: Annotated[int, _COUNT] | None = 5
    """Most nodes; not used where count is set. https://learn.microsoft.com/azure/aks/cluster-autoscaler"""


class SeparateNodePoolBase(NodePoolBase):
    """A pool beside the cluster's own: an agent pool resource that can be replaced."""

    delete_before_replace: bool = False
    """Whether a replaced pool is deleted before the new one is made, for sizes whose quota cannot hold both.
    Its workloads are down in between."""


class WorkloadNodePoolBase(SeparateNodePoolBase):
    """A pool for workloads, of mode User: it may be spot and may have no node.

    https://learn.microsoft.com/azure/aks/spot-node-pool
    """

    scale_set_priority: Literal["Regular", "Spot"] = "Regular"
    """Spot nodes cost a fraction and may be taken away at any time; pods must tolerate their taint."""

    scale_set_eviction_policy: Literal["Delete", "Deallocate"] = "Delete"
    """What happens to a spot node that Azure takes back; a deallocated one still counts against the quota."""

    spot_max_price: float = -1
    """Most US dollars an hour for a spot node; -1 for up to the regular price."""

    @property
    def spot(self) -> bool:
        """Whether Azure may take its nodes away at any time."""
        return self.scale_set_priority == "Spot"


class UserNodePoolSettings(WorkloadNodePoolBase):
    """A pool for workloads that need no GPU."""

    kind: Literal["user"] = "user"
    """Nodes for workloads."""


class SystemNodePoolSettings(SeparateNodePoolBase):
    """A further pool of mode System beside the cluster's own."""

    never: ClassVar[Mapping[str, Never]] = _NEVER_SPOT
    mode: ClassVar[Literal["System", "User"]] = "System"

    kind_taints: ClassVar[tuple[str, ...]] = (SYSTEM_TAINT,)

    kind: Literal["system"] = "system"
    """Nodes for Kubernetes' own pods."""


class GpuNodePoolSettings(WorkloadNodePoolBase):
    """A pool of nodes with NVIDIA GPUs.

    It has a taint, labels and the device plugin, so that pods which request nvidia.com/gpu run there.
    """

    kind_taints: ClassVar[tuple[str, ...]] = (GPU_TAINT,)

    kind: Literal["gpu"] = "gpu"
    """Nodes with NVIDIA GPUs."""

    gpu_driver: Literal["Install", "None"] = "Install"
    """Whether AKS installs the NVIDIA driver. None is for the NVIDIA GPU Operator, which brings its own.
    https://learn.microsoft.com/azure/aks/use-nvidia-gpu"""

    gpu_instance_profile: Literal["MIG1g", "MIG2g", "MIG3g", "MIG4g", "MIG7g"] | None = None
    """Size of the parts into which each GPU is divided (Multi-Instance GPU); by default GPUs stay whole.
    https://learn.microsoft.com/azure/aks/gpu-multi-instance"""

    mig_strategy: Literal["single", "mixed"] | None = None
    """How the device plugin names the parts: single (the default) as nvidia.com/gpu, mixed by profile. The
    cluster autoscaler cannot add the first node of a pool with mixed.
    https://learn.microsoft.com/azure/aks/gpu-multi-instance"""

    @property
    def device_plugin_strategy(self) -> Literal["none", "single", "mixed"] | None:
        """How NVIDIA's device plugin names the GPUs: whole (none), or by their parts; None without plugin."""
        if self.gpu_driver == "None":
            return None
        return "none" if self.gpu_instance_profile is None else self.mig_strategy or "single"


NodePoolSettings = Annotated[
    UserNodePoolSettings | SystemNodePoolSettings | GpuNodePoolSettings,
    Field(discriminator="kind"),
    DefaultKind("user"),
]
"""A node pool of any kind; without the key ``kind`` it is a user pool."""
