"""Virtual machine sizes: what ``vm_sizes.json`` says of them, else what their names tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from sandbox.azure.facts import facts

# https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions
_NAME: Final = re.compile(
    r"Standard_(?P<family>[A-Z]{1,3})(?P<number>\d{1,4}(-(?P<constrained>\d{1,3}))?)"
    r"(?P<rest>(?P<features>[a-z]*)([A-Z]\d)?(-(?P<late_constrained>\d{1,3}))?(_(?!v\d)[A-Za-z0-9]+)*"
    r"(_v(?P<version>\d{1,2}))?)",
    re.ASCII,
)
_GPU_FAMILIES: Final = ("NC", "NCC", "ND", "NG", "NV")
_GIB_PER_VCPU: Final = {"E": 8, "EC": 8, "F": 2, "L": 8, "M": 28}
_OTHER_GIB_PER_VCPU: Final = 4
_LARGEST_EPHEMERAL_OS_DISK_GIB: Final = 2040


@dataclass(frozen=True, kw_only=True)
class VmSize:
    """One virtual machine size."""

    name: str
    vcpus: int
    """vCPUs that it offers, after constraining."""
    memory_gib: float
    gpus: int
    """GPU devices; part of a GPU counts as one."""
    gpu_model: str | None = None
    gpu_vendor: str | None = None
    """NVIDIA or AMD; None without a GPU, or where the size is not in the file."""
    arm64: bool
    local_disk_gib: int | None
    """GiB that an ephemeral OS disk may take: 0 where there is no local disk, None where it is not known."""
    encryption_at_host: bool = True
    """Whether its host can encrypt what it keeps on its own disks."""
    trusted_launch: bool = True
    """Whether AKS has secure boot and vTPM on it."""
    retired: str | None = None
    """The day on which Azure retired its series, as year-month-day."""

    @property
    def quota_family(self) -> str:
        """The name of the quota that it counts towards, such as `standardDDSv5Family`."""
        _, series, *others = self.name.split("_")
        version = next((other for other in others if other.startswith("v")), "")
        return f"standard{re.sub(r'[0-9-]', '', series).upper()}{version}Family"


@cache
def vm_size(name: str) -> VmSize | None:
    """The size called ``name``, or None where Azure has none of that name, nor can have added one since.

    Of a size of which the file has the name alone, or that Azure may have added to the two newest versions
    of its family, the name tells the vCPUs; its memory is the usual share of its family, and its local disk
    is not known.
    """
    match = _NAME.fullmatch(name) or _NAME.fullmatch(_usual_case(name))
    if match is None:
        return None
    name, key, known = match.string, f"{match['family']}*{match['rest']}", facts("vm_sizes")
    series = known["series"].get(key, {})
    is_listed = match["number"] in series.get("sizes", {})
    has_name = is_listed or key in known["retired"] or match["number"] in known["priced"].get(key, "").split()
    if not has_name and int(match["version"] or 1) < _newest_versions().get(match["family"], 1000) - 1:
        return None
    size = _from_file(name, match["number"], series) if is_listed else _from_name(name, match)
    return replace(
        size,
        encryption_at_host=not _is_among(match, "noEncryptionAtHost"),
        trusted_launch=not size.arm64 and not _is_among(match, "noTrustedLaunch"),
        retired=known["retired"].get(key),
    )


@cache
def _newest_versions() -> dict[str, int]:
    """The newest version of each family that Azure has."""
    newest: dict[str, int] = {}
    for key in [*facts("vm_sizes")["series"], *facts("vm_sizes")["priced"]]:
        family, version = key.partition("*")[0], re.search(r"_v(\d+)$", key)
        newest[family] = max(newest.get(family, 1), int(version[1]) if version else 1)
    return newest


def _is_among(match: re.Match[str], sizes: str) -> bool:
    listed = facts("vm_sizes")[sizes]
    return match["family"] in listed["families"] or f"{match['family']}*{match['rest']}" in listed["series"]


def _usual_case(name: str) -> str:
    """A size's name as Azure's documents spell it; Azure takes ``standard_d4s_v5`` too."""
    first, size, *rest = [*name.split("_"), ""]
    family = re.match("[a-z]*", size, re.IGNORECASE)
    spelled = size.lower().replace(family[0].lower(), family[0].upper(), 1) if family else size
    others = [
        part.lower() if re.fullmatch(r"v\d+", part, re.IGNORECASE) else part.upper() for part in rest[:-1]
    ]
    return "_".join([first.capitalize(), spelled, *others])


def _from_file(name: str, number: str, series: dict[str, Any]) -> VmSize:
    vcpus, memory_gib, *disk = series["sizes"][number]
    gpus = series.get("gpus", 0)
    return VmSize(
        name=name,
        vcpus=vcpus,
        memory_gib=memory_gib,
        gpus=gpus if isinstance(gpus, int) else gpus[number],
        gpu_model=series.get("gpuModel"),
        gpu_vendor=series.get("gpuVendor"),
        arm64=series.get("arm64", False),
        local_disk_gib=min(disk[0], _LARGEST_EPHEMERAL_OS_DISK_GIB) if disk else None,
    )


def _from_name(name: str, match: re.Match[str]) -> VmSize:
    vcpus = int(match["number"].partition("-")[0])
    share = _GIB_PER_VCPU.get(match["family"], _OTHER_GIB_PER_VCPU)
    return VmSize(
        name=name,
        vcpus=int(match["constrained"] or match["late_constrained"] or vcpus),
        memory_gib=vcpus * (2 if "l" in match["features"] else share),
        gpus=1 if match["family"] in _GPU_FAMILIES else 0,
        arm64="p" in match["features"],
        local_disk_gib=None,
    )
