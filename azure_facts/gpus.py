"""GPUs of Azure virtual machine sizes.

Source: https://learn.microsoft.com/azure/virtual-machines/sizes/overview#gpu-accelerated and, for MIG,
https://learn.microsoft.com/azure/aks/gpu-multi-instance.
"""

from dataclasses import dataclass
from typing import Final, Literal

GPU_FAMILIES: Final = frozenset({"NC", "NCC", "ND", "NG", "NV"})
"""Families whose sizes carry GPUs. (NP carries FPGAs.)"""


@dataclass(frozen=True)
class Gpu:
    """One model of GPU."""

    model: str
    vendor: Literal["NVIDIA", "AMD"]
    supports_mig: bool = False
    """Whether AKS can divide it into Multi-Instance GPUs."""


T4: Final = Gpu("T4", "NVIDIA")
V100: Final = Gpu("V100", "NVIDIA")
A10: Final = Gpu("A10", "NVIDIA")
A100: Final = Gpu("A100", "NVIDIA", supports_mig=True)
H100: Final = Gpu("H100", "NVIDIA", supports_mig=True)
H200: Final = Gpu("H200", "NVIDIA", supports_mig=True)
GB200: Final = Gpu("GB200", "NVIDIA")
GB300: Final = Gpu("GB300", "NVIDIA")
RTX_PRO_6000: Final = Gpu("RTX PRO 6000", "NVIDIA")
M60: Final = Gpu("M60", "NVIDIA")
MI25: Final = Gpu("MI25", "AMD")
MI300X: Final = Gpu("MI300X", "AMD")
V620: Final = Gpu("V620", "AMD")
V710: Final = Gpu("V710", "AMD")

BY_ACCELERATOR: Final = {
    "T4": T4,
    "A10": A10,
    "A100": A100,
    "H100": H100,
    "H200": H200,
    "GB200": GB200,
    "GB300": GB300,
    "RTXPRO6000BSE": RTX_PRO_6000,
    "MI300X": MI300X,
    "V620": V620,
    "V710": V710,
}
"""The accelerator part of a size's name."""

WITHOUT_ACCELERATOR: Final = {
    ("NC", "s", 3): V100,
    ("NC", "rs", 3): V100,
    ("ND", "rs", 2): V100,
    ("ND", "asr", 4): A100,
    ("NV", "s", 3): M60,
    ("NV", "as", 4): MI25,
}
"""Older series whose names carry no accelerator: family, features, version."""

COUNTS: Final = {
    "Standard_NC64as_T4_v3": 4,
    "Standard_NC12s_v3": 2,
    "Standard_NC24s_v3": 4,
    "Standard_NC24rs_v3": 4,
    "Standard_NC48ads_A100_v4": 2,
    "Standard_NC96ads_A100_v4": 4,
    "Standard_NC80adis_H100_v5": 2,
    "Standard_NC256ds_xl_RTXPRO6000BSE_v6": 2,
    "Standard_NC320ds_xl_RTXPRO6000BSE_v6": 2,
    "Standard_NC256lds_xl_RTXPRO6000BSE_v6": 2,
    "Standard_NC320lds_xl_RTXPRO6000BSE_v6": 2,
    "Standard_ND40rs_v2": 8,
    "Standard_ND96asr_v4": 8,
    "Standard_ND96amsr_A100_v4": 8,
    "Standard_ND96isr_H100_v5": 8,
    "Standard_ND96isr_H200_v5": 8,
    "Standard_ND96is_MI300X_v5": 8,
    "Standard_ND96isr_MI300X_v5": 8,
    "Standard_ND128isr_NDR_GB200_v6": 4,
    "Standard_ND128isr_GB300_v6": 4,
    "Standard_NV24s_v3": 2,
    "Standard_NV48s_v3": 4,
    "Standard_NV72ads_A10_v5": 2,
}
"""GPUs of the sizes that have more than one; every other size of a GPU family has one, or a part of one."""

RETIRED: Final = {
    ("NC", "s", 3): "2025-09-30",
    ("NC", "rs", 3): "2025-09-30",
    ("ND", "rs", 2): "2025-09-30",
    ("NV", "s", 3): "2026-09-30",
    ("NV", "as", 4): "2026-09-30",
}
"""Series that Azure has retired, and when: family, features, version.
https://learn.microsoft.com/azure/virtual-machines/sizes/retirement/retired-sizes-list"""


def gpu_of(family: str, features: str, accelerator: str | None, version: int) -> Gpu | None:
    """The GPU of a size by the parts of its name; None for no GPU, or one that is not listed here."""
    if family not in GPU_FAMILIES:
        return None
    if accelerator is not None:
        return BY_ACCELERATOR.get(accelerator)
    return WITHOUT_ACCELERATOR.get((family, features, version))
