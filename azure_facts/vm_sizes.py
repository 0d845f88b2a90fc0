"""Virtual machine sizes, read from their names.

Azure documents how a size's name is made up, so most of what a node pool must know stands in the name:
https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions. What does not is in ``gpus`` and
``local_disks``.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from azure_facts import gpus, local_disks
from azure_facts.gpus import Gpu

EXPECTED_FORM: Final = (
    "Standard_<family><vCPUs><features>[_<accelerator>][_v<version>], e.g. Standard_D4ds_v5"
)

_FORM: Final = re.compile(
    r"Standard_(?P<family>[A-Z]{1,3})(?P<number>\d{1,3})(?P<constrained>-\d{1,3})?(?P<features>[a-z]*)"
    r"(?P<parts>(_(?!v\d)[A-Za-z0-9]+)*)(_v(?P<version>\d{1,2}))?"
)

_SECOND_VERSION_VCPUS: Final = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 11: 2, 12: 4, 13: 8, 14: 16, 15: 20}
"""Dv2 and DSv2 number their sizes, they do not count vCPUs."""

_GRACE_ACCELERATORS: Final = frozenset({"GB200", "GB300"})
"""Their hosts have Arm processors, though the name has no p."""


@dataclass(frozen=True, kw_only=True)
class VmSize:
    """What is known of one virtual machine size."""

    name: str
    family: str
    """Family and sub-family letters, e.g. D, NC, DC."""
    vcpus: int
    """vCPUs that the size offers (after constraining)."""
    features: str
    """Lower-case feature letters, e.g. ads."""
    version: int
    """1 where the name gives none."""
    memory_gib: int | None
    """None where the name does not tell."""
    gpus: int
    """GPU devices; a part of a GPU counts as one."""
    gpu: Gpu | None
    """None without GPU, or with one that is not listed in ``gpus``."""
    local_disk_gib: int | None
    """Largest disk that an ephemeral OS disk may use; None where there is none, or it is not known."""
    arm64: bool

    @staticmethod
    @cache
    def parse(name: str) -> "VmSize":
        """Read ``name``. Raises ValueError, which tells the expected form, where it is no name of a size."""
        match = _FORM.fullmatch(name)
        if match is None:
            raise ValueError(f"{name!r} is not a virtual machine size; expected {EXPECTED_FORM}")
        family, features = match["family"], match["features"]
        version = int(match["version"] or 1)
        number = int(match["number"])
        if family in ("D", "DS") and version == 2:
            number = _SECOND_VERSION_VCPUS.get(number, number)
        vcpus = int(match["constrained"][1:]) if match["constrained"] else number
        parts = match["parts"].split("_")[1:]
        accelerator = parts[-1] if parts and family in gpus.GPU_FAMILIES else None
        return VmSize(
            name=name,
            family=family,
            vcpus=vcpus,
            features=features,
            version=version,
            memory_gib=_memory_gib(family, number, features, version),
            gpus=gpus.COUNTS.get(name, 1) if family in gpus.GPU_FAMILIES else 0,
            gpu=gpus.gpu_of(family, features, accelerator, version),
            local_disk_gib=local_disks.local_disk_gib(name, family, number, features, version),
            arm64="p" in features or accelerator in _GRACE_ACCELERATORS,
        )

    @property
    def gpu_model(self) -> str | None:
        """The GPU's model, where it is known."""
        return self.gpu.model if self.gpu else None

    @property
    def nvidia(self) -> bool:
        """Whether it has GPUs of NVIDIA."""
        return self.gpu is not None and self.gpu.vendor == "NVIDIA"

    @property
    def amd_gpu(self) -> bool:
        """Whether it has GPUs of AMD."""
        return self.gpu is not None and self.gpu.vendor == "AMD"

    @property
    def supports_mig(self) -> bool:
        """Whether AKS can divide its GPUs into Multi-Instance GPUs."""
        return self.gpu is not None and self.gpu.supports_mig

    @property
    def burstable(self) -> bool:
        """Whether its processor runs at full speed only while credits last."""
        return self.family == "B"

    @property
    def confidential(self) -> bool:
        """Whether it is made for confidential computing."""
        return self.family in ("DC", "EC", "NCC")

    @property
    def retired(self) -> str | None:
        """The day on which Azure retired the size's series, as year-month-day; None where it did not."""
        return gpus.RETIRED.get((self.family, self.features, self.version))


def _memory_gib(family: str, vcpus: int, features: str, version: int) -> int | None:
    """Memory where it is a fixed multiple of the vCPUs: series D, E and Fsv2 up to 32 vCPUs."""
    if vcpus > 32 or (version < 3 and family != "F"):
        return None
    if family in ("D", "DC"):
        return vcpus * (2 if "l" in features else 4)
    if family in ("E", "EC"):
        return vcpus * 8
    return vcpus * 2 if (family, features, version) == ("F", "s", 2) else None
