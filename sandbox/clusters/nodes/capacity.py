"""What a node offers: capacity, and what AKS leaves of it to pods.

Source: https://learn.microsoft.com/azure/aks/node-resource-reservations. The kernel's own share, which makes
the capacity of a real node a few per cent smaller than the memory of its size, is not taken off.
"""

from __future__ import annotations

from typing import Final

from azure_facts.vm_sizes import VmSize
from sandbox.clusters.nodes.pools import Pool

# https://learn.microsoft.com/azure/virtual-machines/sizes/overview
_MEMORY_GIB: Final = {
    "Standard_NC4as_T4_v3": 28,
    "Standard_NC8as_T4_v3": 56,
    "Standard_NC16as_T4_v3": 110,
    "Standard_NC64as_T4_v3": 440,
    "Standard_NC24ads_A100_v4": 220,
    "Standard_NC48ads_A100_v4": 440,
    "Standard_NC96ads_A100_v4": 880,
    "Standard_NC40ads_H100_v5": 320,
    "Standard_NC80adis_H100_v5": 640,
    "Standard_ND96asr_v4": 900,
    "Standard_ND96amsr_A100_v4": 1900,
    "Standard_ND96isr_H100_v5": 1900,
    "Standard_ND96isr_H200_v5": 1850,
    "Standard_NV6ads_A10_v5": 55,
    "Standard_NV12ads_A10_v5": 110,
    "Standard_NV18ads_A10_v5": 220,
    "Standard_NV36ads_A10_v5": 440,
    "Standard_NV36adms_A10_v5": 880,
    "Standard_NV72ads_A10_v5": 880,
    "Standard_E96s_v5": 672,
    "Standard_E96ds_v5": 672,
    "Standard_E96as_v5": 672,
    "Standard_E96ads_v5": 672,
}
_GIB_PER_VCPU: Final = {"E": 8, "EC": 8, "L": 8, "M": 28, "F": 2, "G": 14, "H": 8, "HB": 4, "HC": 8}
_OTHER_GIB_PER_VCPU: Final = 4

_MIB: Final = 1024 * 1024
_EVICTION_MIB: Final = 100


def memory_gib(size: VmSize) -> int:
    """The memory of a size: Azure's figure where it is known, else its family's usual share of each vCPU."""
    known = size.memory_gib or _MEMORY_GIB.get(size.name)
    if known is not None:
        return known
    if size.family in ("B", "D") and "l" in size.features:
        return size.vcpus * 2
    return size.vcpus * _GIB_PER_VCPU.get(size.family, _OTHER_GIB_PER_VCPU)


def reserved_cpu_millicores(vcpus: int) -> int:
    """What AKS keeps of the processors: 60 of the first, 40, then 20 of two more, and 10 of each other."""
    return sum((60, 40, 20, 20)[:vcpus]) + 10 * max(vcpus - 4, 0)


def reserved_memory_mib(memory_mib: int, max_pods: int) -> int:
    """What AKS keeps of the memory: 20 MiB for each pod and 50, a quarter at most; and 100 to evict below."""
    return min(20 * max_pods + 50, memory_mib // 4) + _EVICTION_MIB


def capacity(pool: Pool) -> dict[str, str]:
    """The capacity of a node of *pool*, without what device plugins offer."""
    size = pool.size
    return {
        "cpu": str(size.vcpus),
        "memory": f"{memory_gib(size) * 1024 * 1024}Ki",
        "pods": str(pool.max_pods),
        "ephemeral-storage": f"{pool.disk_gb * 1024 * 1024}Ki",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
    }


def allocatable(pool: Pool) -> dict[str, str]:
    """What a node of *pool* leaves to pods, without what device plugins offer."""
    size = pool.size
    memory_mib = memory_gib(size) * 1024
    free_mib = memory_mib - reserved_memory_mib(memory_mib, pool.max_pods)
    return {
        **capacity(pool),
        "cpu": f"{size.vcpus * 1000 - reserved_cpu_millicores(size.vcpus)}m",
        "memory": f"{free_mib * 1024}Ki",
        # The kubelet evicts where less than a tenth of the disk is free.
        "ephemeral-storage": str(pool.disk_gb * 1024 * _MIB * 9 // 10),
    }
