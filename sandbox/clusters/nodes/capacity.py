"""What a node offers: capacity, and what AKS leaves of it to pods.

Source: https://learn.microsoft.com/azure/aks/node-resource-reservations. The kernel's own share, which makes
the capacity of a real node a few per cent smaller than the memory of its size, is not taken off.
"""

from __future__ import annotations

from typing import Final

from sandbox.clusters.nodes.pools import Pool

_MIB: Final = 1024 * 1024
_EVICTION_MIB: Final = 100


def reserved_cpu_millicores(vcpus: int) -> int:
    """What AKS keeps of the processors: 60 of the first, 40, then 20 of two more, and 10 of each other."""
    return sum((60, 40, 20, 20)[:vcpus]) + 10 * max(vcpus - 4, 0)


def reserved_memory_mib(memory_mib: int, max_pods: int) -> int:
    """What AKS keeps of the memory: 20 MiB for each pod and 50, a quarter at most; and 100 to evict below."""
    return min(20 * max_pods + 50, memory_mib // 4) + _EVICTION_MIB


def capacity(pool: Pool) -> dict[str, str]:
    """The capacity of a node of *pool*, without what device plugins offer."""
    return {
        "cpu": str(pool.size.vcpus),
        "memory": f"{_memory_mib(pool) * 1024}Ki",
        "pods": str(pool.max_pods),
        "ephemeral-storage": f"{pool.disk_gb * 1024 * 1024}Ki",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
    }


def allocatable(pool: Pool) -> dict[str, str]:
    """What a node of *pool* leaves to pods, without what device plugins offer."""
    vcpus, memory_mib = pool.size.vcpus, _memory_mib(pool)
    return {
        **capacity(pool),
        "cpu": f"{vcpus * 1000 - reserved_cpu_millicores(vcpus)}m",
        "memory": f"{(memory_mib - reserved_memory_mib(memory_mib, pool.max_pods)) * 1024}Ki",
        # The kubelet evicts where less than a tenth of the disk is free.
        "ephemeral-storage": str(pool.disk_gb * 1024 * _MIB * 9 // 10),
    }


def _memory_mib(pool: Pool) -> int:
    return int(pool.size.memory_gib * 1024)
