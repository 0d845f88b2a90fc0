"""OS disks of AKS nodes.

Source: https://learn.microsoft.com/azure/aks/concepts-storage#default-os-disk-sizing.
"""

from typing import Final

SMALLEST_OS_DISK_GB: Final = 30
LARGEST_OS_DISK_GB: Final = 2048
"""What AKS accepts as osDiskSizeGB, beside 0 for its own choice."""

SMALLEST_COMFORTABLE_OS_DISK_GB: Final = 128
"""The smallest disk that AKS chooses itself; images of a busy node outgrow anything smaller."""


def default_os_disk_size_gb(vcpus: int) -> int:
    """The OS disk size in GB that AKS chooses for a node with ``vcpus`` vCPUs."""
    for limit, size in ((8, 128), (16, 256), (64, 512)):
        if vcpus < limit:
            return size
    return 1024
