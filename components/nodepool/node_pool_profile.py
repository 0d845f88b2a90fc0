"""What every node pool has in common, as the arguments that AgentPool and the cluster's inline profile share.

Pure: settings in, plain arguments out. https://learn.microsoft.com/azure/aks/create-node-pools
"""

from collections.abc import Mapping
from typing import Any, Final

from pulumi_azure_native import containerservice

from azure_facts import naming
from components.nodepool.settings import NodePoolBase, WorkloadNodePoolBase

NODE_POOL_LABEL: Final = "aks-platform/node-pool"
"""Ours and stable: workloads select a pool by it, never by its Azure name, which a replacement changes."""

SPOT_LABEL: Final = "kubernetes.azure.com/scalesetpriority"
SPOT_TAINT: Final = f"{SPOT_LABEL}=spot:NoSchedule"
SYSTEM_TAINT: Final = "CriticalAddonsOnly=true:NoSchedule"

Arguments = dict[str, Any]


def arguments(
    key: str,
    settings: NodePoolBase,
    stack_zones: tuple[str, ...],
    *,
    labels: Mapping[str, str],
    taints: tuple[str, ...],
) -> Arguments:
    """The arguments of a pool of any kind.

    Args:
        key: The pool's name in the stack file.
        settings: Size, counts, disk, labels and taints of the user's.
        stack_zones: Zones of a pool that names none.
        labels: Labels that the kind of pool brings along.
        taints: Taints that the kind of pool brings along, before the user's.
    """
    zones = stack_zones if settings.availability_zones is None else settings.availability_zones
    return {
        "vm_size": settings.vm_size,
        "type": containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        "os_type": containerservice.OSType.LINUX,
        "os_sku": settings.os_sku,
        "os_disk_type": settings.effective_os_disk_type,
        "os_disk_size_gb": settings.effective_os_disk_size_gb,
        "availability_zones": sorted(zones) or None,
        "max_pods": settings.max_pods,
        "node_labels": {NODE_POOL_LABEL: key, **labels, **settings.node_labels},
        "node_taints": [*taints, *settings.node_taints] or None,
        "upgrade_settings": _upgrade_settings(settings),
        **_scale(settings),
    }


def spot_arguments(settings: WorkloadNodePoolBase) -> Arguments:
    """Priority, eviction and price limit of a spot pool; nothing for a regular one.

    https://learn.microsoft.com/azure/aks/spot-node-pool
    """
    if not _is_spot(settings):
        return {}
    return {
        "scale_set_priority": settings.scale_set_priority,
        "scale_set_eviction_policy": settings.scale_set_eviction_policy,
        "spot_max_price": settings.spot_max_price,
    }


def spot_labels(settings: WorkloadNodePoolBase) -> dict[str, str]:
    """The label that AKS puts on spot nodes; declared, so that the next refresh has nothing to report."""
    return {SPOT_LABEL: "spot"} if _is_spot(settings) else {}


def spot_taints(settings: WorkloadNodePoolBase) -> tuple[str, ...]:
    """The taint that AKS puts on spot nodes; declared, so that the next refresh has nothing to report."""
    return (SPOT_TAINT,) if _is_spot(settings) else ()


IMMUTABLE: Final = (
    "vm_size",
    "os_disk_type",
    "os_disk_size_gb",
    "availability_zones",
    "max_pods",
    "scale_set_priority",
    "scale_set_eviction_policy",
    "spot_max_price",
    "gpu_instance_profile",
    "gpu_profile",
)
"""What Azure cannot change on a pool that exists. https://learn.microsoft.com/azure/aks/manage-node-pools"""


def azure_name(key: str, pool: Arguments) -> str:
    """The pool's name in Azure: its key and four characters of a hash over what Azure cannot change.

    Another VM size is another name, so another pool, which can be made while the old one still runs.
    """
    immutable = {name: pool.get(name) for name in IMMUTABLE}
    if isinstance(gpu := immutable["gpu_profile"], containerservice.GPUProfileArgs):
        immutable["gpu_profile"] = gpu.driver
    return naming.node_pool_name(key, immutable)


def _is_spot(settings: NodePoolBase) -> bool:
    return isinstance(settings, WorkloadNodePoolBase) and settings.scale_set_priority == "Spot"


def _upgrade_settings(settings: NodePoolBase) -> containerservice.AgentPoolUpgradeSettingsArgs:
    upgrade = settings.upgrade_settings
    return containerservice.AgentPoolUpgradeSettingsArgs(
        # AKS refuses a surge on spot pools: their upgrade takes nodes away before it adds any.
        max_surge=None if _is_spot(settings) else upgrade.max_surge,
        drain_timeout_in_minutes=upgrade.drain_timeout_in_minutes,
        node_soak_duration_in_minutes=upgrade.node_soak_duration_in_minutes,
        undrainable_node_behavior=upgrade.undrainable_node_behavior,
    )


def _scale(settings: NodePoolBase) -> Arguments:
    if settings.autoscaled:
        return {
            "enable_auto_scaling": True,
            "count": settings.min_count,
            "min_count": settings.min_count,
            "max_count": settings.max_count,
        }
    return {"enable_auto_scaling": False, "count": settings.count}
