"""Local disks of Azure virtual machine sizes, as far as an ephemeral OS disk may use them.

Sources: https://learn.microsoft.com/azure/virtual-machines/sizes/overview (the size tables of each series)
and https://learn.microsoft.com/azure/virtual-machines/ephemeral-os-disks. Figures are the larger of cache and
temp disk; where a size has several NVMe disks, the size of one.
"""

from typing import Final

LARGEST_EPHEMERAL_OS_DISK_GIB: Final = 2040

_SIZES: Final = {
    "Standard_DS1_v2": 43,
    "Standard_DS2_v2": 86,
    "Standard_DS3_v2": 172,
    "Standard_DS4_v2": 344,
    "Standard_DS5_v2": 688,
    "Standard_DS11_v2": 72,
    "Standard_DS12_v2": 144,
    "Standard_DS13_v2": 288,
    "Standard_DS14_v2": 576,
    "Standard_NC4as_T4_v3": 176,
    "Standard_NC8as_T4_v3": 352,
    "Standard_NC16as_T4_v3": 352,
    "Standard_NC64as_T4_v3": 2816,
    "Standard_NC24ads_A100_v4": 64,
    "Standard_NC48ads_A100_v4": 128,
    "Standard_NC96ads_A100_v4": 256,
    "Standard_NC40ads_H100_v5": 3576,
    "Standard_NC80adis_H100_v5": 7152,
    "Standard_ND96asr_v4": 6000,
    "Standard_ND96amsr_A100_v4": 6400,
    "Standard_ND96isr_H100_v5": 1000,
    "Standard_ND96isr_H200_v5": 1000,
    "Standard_ND96isr_MI300X_v5": 1000,
}

_GIB_PER_VCPU: Final = {
    **{(family, "s", 3): 25.0 for family in ("D", "E")},
    **{
        (family, features, version): 37.5
        for family in ("D", "E")
        for features in ("ds", "d")
        for version in (4, 5)
    },
    **{(family, "ads", 5): 37.5 for family in ("D", "E", "DC", "EC")},
    **{(family, "as", 4): 25.0 for family in ("D", "E")},
    **{("D", features, 5): 37.5 for features in ("lds", "pds", "plds")},
    ("E", "pds", 5): 37.5,
    ("F", "s", 2): 16.0,
}
"""Series whose local disk grows with the vCPUs: family, features, version."""

_ONE_NVME_DISK: Final = {2: 110, 4: 220, 8: 440, 16: 440, 32: 440, 48: 440, 64: 880, 96: 880, 128: 1760}
"""Sixth-generation D and E series: GiB of one local NVMe disk by vCPUs."""

_NVME_SERIES: Final = frozenset(
    (family, features, 6) for family in ("D", "E") for features in ("ds", "lds", "ads", "alds", "pds", "plds")
)


def local_disk_gib(name: str, family: str, vcpus: int, features: str, version: int) -> int | None:
    """GiB that an ephemeral OS disk may take on the size ``name``; None where no disk is known."""
    series = (family, features, version)
    if name in _SIZES:
        found = _SIZES[name]
    elif series in _GIB_PER_VCPU:
        found = int(vcpus * _GIB_PER_VCPU[series])
    elif series in _NVME_SERIES and vcpus in _ONE_NVME_DISK:
        found = _ONE_NVME_DISK[vcpus]
    else:
        return None
    return min(found, LARGEST_EPHEMERAL_OS_DISK_GIB)
