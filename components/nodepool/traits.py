"""What a node pool of any kind may have besides a size and a count, such as GPUs or spot capacity.

A trait is a function that looks at a pool's settings and says which labels and arguments the pool gets.
`TRAITS` lists them all, and `node_pool_profile` adds up those of one pool. Rules ask for taints, so
`NodePoolBase.taints` in the settings has those.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict

from pulumi import Input
from pulumi_azure_native import containerservice

from components.nodepool.local_dns_profile import LocalDnsOverrideSettings
from components.nodepool.settings import (
    GpuNodePoolSettings,
    NodePoolBase,
    UpgradeSettings,
    WorkloadNodePoolBase,
)
from settings.model import SettingsModel

SPOT_LABEL: Final = "kubernetes.azure.com/scalesetpriority"

DEVICE_PLUGIN_LABEL: Final = "aks-platform/nvidia-device-plugin"
"""Marks nodes that want the NVIDIA device plugin; its value is the MIG strategy: none, single or mixed."""


class PoolArguments(TypedDict, total=False):
    """Arguments that AgentPool and the cluster's inline profile share, in the SDK's own types."""

    availability_zones: list[str] | None
    capacity_reservation_group_id: str
    count: int | None
    creation_data: containerservice.CreationDataArgs
    enable_auto_scaling: bool
    enable_encryption_at_host: bool
    enable_fips: bool
    enable_ultra_ssd: bool
    gpu_instance_profile: str | None
    gpu_profile: containerservice.GPUProfileArgs
    host_group_id: str
    kubelet_config: containerservice.KubeletConfigArgs
    linux_os_config: containerservice.LinuxOSConfigArgs
    local_dns_profile: containerservice.LocalDNSProfileArgs
    max_count: int | None
    max_pods: int
    min_count: int | None
    node_labels: Mapping[str, str]
    node_taints: list[str]
    os_disk_size_gb: int
    os_disk_type: str
    os_sku: str
    os_type: containerservice.OSType
    pod_ip_allocation_mode: str | None
    pod_subnet_id: Input[str] | None
    proximity_placement_group_id: str
    scale_down_mode: str
    scale_set_eviction_policy: str
    scale_set_priority: str
    security_profile: containerservice.AgentPoolSecurityProfileArgs
    spot_max_price: float
    type: containerservice.AgentPoolType
    upgrade_settings: containerservice.AgentPoolUpgradeSettingsArgs
    vm_size: str
    workload_runtime: str


@dataclass(frozen=True, kw_only=True)
class Trait:
    """What a pool gets for one trait.

    Attributes:
        labels: Labels of the nodes; the user's own may overrule them.
        arguments: Azure's arguments, which overrule those that every pool has.
        immutable: What of it Azure cannot change on a pool that exists, as plain values. It is in the pool's
            name, so that a change makes a new pool.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    arguments: PoolArguments = field(default_factory=PoolArguments)
    immutable: Mapping[str, object] = field(default_factory=dict)


def gpu(pool: NodePoolBase) -> Trait | None:
    """GPUs, which the device plugin finds by a label.

    https://learn.microsoft.com/azure/aks/use-nvidia-gpu
    """
    if not isinstance(pool, GpuNodePoolSettings):
        return None
    strategy = pool.device_plugin_strategy
    return Trait(
        labels={DEVICE_PLUGIN_LABEL: strategy} if strategy else {},
        arguments={
            "gpu_profile": containerservice.GPUProfileArgs(driver=pool.gpu_driver),
            "gpu_instance_profile": pool.gpu_instance_profile,
        },
        immutable={"gpu_profile": pool.gpu_driver, "gpu_instance_profile": pool.gpu_instance_profile},
    )


def spot(pool: NodePoolBase) -> Trait | None:
    """Spot capacity, with the label that AKS sets itself: declared, it is no drift on refresh.

    https://learn.microsoft.com/azure/aks/spot-node-pool
    """
    if not isinstance(pool, WorkloadNodePoolBase) or not pool.spot:
        return None
    bid = PoolArguments(
        scale_set_priority=pool.scale_set_priority,
        scale_set_eviction_policy=pool.scale_set_eviction_policy,
        spot_max_price=pool.spot_max_price,
    )
    # AKS refuses a surge on spot pools: their upgrade takes nodes away before it adds any.
    no_surge = upgrade_settings(pool.upgrade_settings, max_surge=None)
    return Trait(
        labels={SPOT_LABEL: "spot"},
        arguments={**bid, "upgrade_settings": no_surge},
        immutable=bid,
    )


def encryption_at_host(pool: NodePoolBase) -> Trait | None:
    """Temporary disks and disk caches that are encrypted on the nodes' host.

    https://learn.microsoft.com/azure/aks/enable-host-encryption
    """
    if not pool.encryption_at_host:
        return None
    encrypted = PoolArguments(enable_encryption_at_host=True)
    return Trait(arguments=encrypted, immutable={**encrypted})


def trusted_launch(pool: NodePoolBase) -> Trait | None:
    """An image for trusted launch. Its halves, secure boot and vTPM, change in place; the image does not.

    https://learn.microsoft.com/azure/aks/use-trusted-launch
    """
    return Trait(immutable={"trusted_launch": True}) if pool.trusted_launch else None


def own_subnet(pool: NodePoolBase) -> Trait | None:
    """A subnet other than that of most nodes; `Platform` knows its id.

    https://learn.microsoft.com/azure/aks/node-pool-unique-subnet
    """
    return None if pool.subnet == "nodes" else Trait(immutable={"subnet": pool.subnet})


def kubelet_config(pool: NodePoolBase) -> Trait | None:
    """Kubelets that are told more than AKS tells them.

    https://learn.microsoft.com/azure/aks/custom-node-configuration
    """
    told = _told(pool.kubelet_config)
    if not told:
        return None
    return Trait(
        arguments={"kubelet_config": containerservice.KubeletConfigArgs(**told)},
        immutable={"kubelet_config": told},
    )


def linux_os_config(pool: NodePoolBase) -> Trait | None:
    """Kernel parameters, swap space and huge pages.

    https://learn.microsoft.com/azure/aks/custom-node-configuration
    """
    told = _told(pool.linux_os_config)
    if not told:
        return None
    sysctls = told.get("sysctls")
    config = containerservice.LinuxOSConfigArgs(
        **{**told, "sysctls": containerservice.SysctlConfigArgs(**sysctls) if sysctls else None}
    )
    return Trait(arguments={"linux_os_config": config}, immutable={"linux_os_config": told})


def local_dns(pool: NodePoolBase) -> Trait | None:
    """A DNS proxy on every node, which Azure turns on and off in place.

    https://learn.microsoft.com/azure/aks/localdns-custom
    """
    profile = pool.local_dns_profile
    if not profile.model_fields_set:
        return None
    whole = containerservice.LocalDNSProfileArgs(
        mode=profile.mode,
        vnet_dns_overrides=_overrides(profile.whole_vnet_dns_overrides),
        kube_dns_overrides=_overrides(profile.whole_kube_dns_overrides),
    )
    return Trait(arguments={"local_dns_profile": whole})


def placement(pool: NodePoolBase) -> Trait | None:
    """Nodes near each other, on reserved capacity, or on dedicated hosts.

    https://learn.microsoft.com/azure/aks/reduce-latency-ppg
    """
    groups = PoolArguments()
    if pool.proximity_placement_group_id:
        groups["proximity_placement_group_id"] = pool.proximity_placement_group_id
    if pool.capacity_reservation_group_id:
        groups["capacity_reservation_group_id"] = pool.capacity_reservation_group_id
    if pool.host_group_id:
        groups["host_group_id"] = pool.host_group_id
    return Trait(arguments=groups, immutable={**groups}) if groups else None


def ultra_disks(pool: NodePoolBase) -> Trait | None:
    """Nodes to which Ultra Disks can be attached.

    https://learn.microsoft.com/azure/aks/use-ultra-disks
    """
    ultra = PoolArguments(enable_ultra_ssd=True)
    return Trait(arguments=ultra, immutable={**ultra}) if pool.enable_ultra_ssd else None


def snapshot(pool: NodePoolBase) -> Trait | None:
    """Node image and Kubernetes version of a snapshot.

    https://learn.microsoft.com/azure/aks/node-pool-snapshot
    """
    source = pool.creation_data.source_resource_id
    if source is None:
        return None
    data = containerservice.CreationDataArgs(source_resource_id=source)
    return Trait(arguments={"creation_data": data}, immutable={"creation_data": source})


def pod_sandboxing(pool: NodePoolBase) -> Trait | None:
    """Pods with a virtual machine of their own.

    https://learn.microsoft.com/azure/aks/use-pod-sandboxing
    """
    runtime = PoolArguments(workload_runtime="KataVmIsolation")
    return Trait(arguments=runtime, immutable={**runtime}) if pool.sandboxed else None


TRAITS: Final[tuple[Callable[[NodePoolBase], Trait | None], ...]] = (
    gpu,
    spot,
    encryption_at_host,
    trusted_launch,
    own_subnet,
    kubelet_config,
    linux_os_config,
    local_dns,
    placement,
    ultra_disks,
    snapshot,
    pod_sandboxing,
)
"""Every trait."""


def upgrade_settings(
    settings: UpgradeSettings, *, max_surge: str | None
) -> containerservice.AgentPoolUpgradeSettingsArgs:
    """How nodes are replaced in an upgrade, with `max_surge` of them at a time."""
    return containerservice.AgentPoolUpgradeSettingsArgs(
        max_surge=max_surge,
        max_unavailable=settings.max_unavailable,
        drain_timeout_in_minutes=settings.drain_timeout_in_minutes,
        node_soak_duration_in_minutes=settings.node_soak_duration_in_minutes,
        undrainable_node_behavior=settings.undrainable_node_behavior,
    )


def _told(config: SettingsModel) -> dict[str, Any]:
    """What a part of the settings says, without what it leaves to Azure."""
    told = config.model_dump(exclude_defaults=True)
    return {key: list(value) if isinstance(value, tuple) else value for key, value in told.items()}


def _overrides(
    overrides: Mapping[str, LocalDnsOverrideSettings],
) -> Mapping[str, containerservice.LocalDNSOverrideArgs]:
    return {
        domain: containerservice.LocalDNSOverrideArgs(**override.model_dump())
        for domain, override in overrides.items()
    }
