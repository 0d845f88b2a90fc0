"""What a pool's settings and traits come to: its arguments and its name in Azure. Pure.

https://learn.microsoft.com/azure/aks/create-node-pools
"""

from dataclasses import dataclass
from typing import Final

from pulumi_azure_native import containerservice

from azure_facts import naming
from components.network.cni import PodAddresses
from components.nodepool.settings import NodePoolBase
from components.nodepool.traits import TRAITS, PoolArguments, upgrade_settings

NODE_POOL_LABEL: Final = "aks-platform/node-pool"
"""Ours and stable: workloads select a pool by it, never by its Azure name, which a replacement changes."""


@dataclass(frozen=True, kw_only=True)
class NodePoolProfile:
    """One pool as Azure is asked for it.

    Attributes:
        azure_name: Its key and four characters of a hash over what Azure cannot change about it: another VM
            size is another name, so another pool, which can be made while the old one still runs.
            https://learn.microsoft.com/azure/aks/manage-node-pools
        arguments: What AgentPool and the cluster's inline profile share.
    """

    azure_name: str
    arguments: PoolArguments


def node_pool_profile(
    key: str,
    pool: NodePoolBase,
    stack_zones: tuple[str, ...],
    pods: PodAddresses,
    *,
    taints: tuple[str, ...] = (),
) -> NodePoolProfile:
    """Put a pool together: what every pool has, its traits, and last the user's labels.

    Args:
        key: The pool's name in the stack file.
        pool: Its settings.
        stack_zones: Zones of a pool that names none.
        pods: What the kind of CNI gives it.
        taints: Taints beside those of its settings, before them.
    """
    traits = [trait for find in TRAITS if (trait := find(pool)) is not None]
    fixed = _fixed(pool, stack_zones, pods)
    arguments: PoolArguments = {**fixed, **_changeable(pool)}
    immutable: dict[str, object] = {**fixed}
    if pods.allocation_mode:
        arguments["pod_subnet_id"] = pods.subnet_id
        arguments["pod_ip_allocation_mode"] = pods.allocation_mode
        immutable["pod_ip_allocation_mode"] = pods.allocation_mode
    labels = {NODE_POOL_LABEL: key}
    for trait in traits:
        arguments.update(trait.arguments)
        immutable.update(trait.immutable)
        labels.update(trait.labels)
    arguments["node_labels"] = {**labels, **pool.node_labels}
    # Left out instead of empty, Azure would keep those of before.
    arguments["node_taints"] = [*taints, *pool.taints]
    return NodePoolProfile(azure_name=naming.node_pool_name(key, immutable), arguments=arguments)


def _fixed(pool: NodePoolBase, stack_zones: tuple[str, ...], pods: PodAddresses) -> PoolArguments:
    """What Azure cannot change on a pool that exists."""
    zones = stack_zones if pool.availability_zones is None else pool.availability_zones
    return {
        "vm_size": pool.vm_size,
        "os_disk_type": pool.effective_os_disk_type,
        "os_disk_size_gb": pool.effective_os_disk_size_gb,
        "availability_zones": sorted(zones) or None,
        "max_pods": pool.max_pods or pods.default_max_pods,
    }


def _changeable(pool: NodePoolBase) -> PoolArguments:
    return {
        "type": containerservice.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        "os_type": containerservice.OSType.LINUX,
        "os_sku": pool.os_sku,
        "security_profile": containerservice.AgentPoolSecurityProfileArgs(
            ssh_access=pool.ssh_access, enable_secure_boot=pool.secure_boot, enable_vtpm=pool.vtpm
        ),
        "upgrade_settings": upgrade_settings(
            pool.upgrade_settings, max_surge=pool.upgrade_settings.max_surge
        ),
        "enable_fips": pool.enable_fips,
        "scale_down_mode": pool.scale_down_mode,
        "enable_auto_scaling": pool.autoscaled,
        # The autoscaler's, where there is one: a pool that is written without a count keeps its size.
        "count": None if pool.autoscaled else pool.count,
        "min_count": pool.min_count if pool.autoscaled else None,
        "max_count": pool.max_count if pool.autoscaled else None,
    }
