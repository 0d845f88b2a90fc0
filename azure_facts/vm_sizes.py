"""Virtual machine sizes: the catalog of those that Azure has, and what their names tell.

Azure documents how a size's name is made up, so most of what a node pool must know stands in the name:
https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions. The rest is in ``vm_sizes.toml``.
"""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from azure_facts.tables import table

EXPECTED_FORM: Final = (
    "Standard_<family><vCPUs><features>[_<accelerator>][_v<version>], e.g. Standard_D4ds_v5"
)

_FORM: Final = re.compile(
    r"Standard_(?P<family>[A-Z]{1,3})(?P<number>\d{1,4})(?P<constrained>-\d{1,3})?(?P<features>[a-z]*)"
    r"([A-Z]\d)?(?P<late_constrained>-\d{1,3})?(?P<parts>(_(?!v\d{1,2}$)[A-Z0-9]+)*)(_v(?P<version>\d{1,2}))?",
    re.ASCII | re.IGNORECASE,
)

_VCPUS_OF_D: Final = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 11: 2, 12: 4, 13: 8, 14: 16, 15: 20}
_VCPUS_OF_G: Final = {1: 2, 2: 4, 3: 8, 4: 16, 5: 32}
_VCPUS_BY_NUMBER: Final = {"D": _VCPUS_OF_D, "DS": _VCPUS_OF_D, "G": _VCPUS_OF_G, "GS": _VCPUS_OF_G}
"""The first two versions of these families number their sizes, they do not count vCPUs."""

_GRACE_GPUS: Final = frozenset({"GB200", "GB300"})
"""Their hosts have Arm processors, though the name has no p."""

_LARGEST_EPHEMERAL_OS_DISK_GIB: Final = 2040

_TABLE: Final = table("vm_sizes")
_GPUS: Final = _TABLE["gpus"]

CATALOG: Final = tuple(
    f"Standard_{series.replace('*', number)}"
    for series, numbers in _TABLE["series"].items()
    for number in numbers.split()
)
"""The names of all sizes that Azure was known to have when the table was written."""

_BY_LOWER_CASE: Final = {name.lower(): name for name in CATALOG}


@dataclass(frozen=True, kw_only=True)
class VmSize:
    """What is known of one virtual machine size."""

    name: str
    """As the catalog spells it, or as it was given where the catalog does not have it."""
    family: str
    """Family and sub-family letters, e.g. D, NC, DC."""
    vcpus: int
    """vCPUs that the size offers (after constraining)."""
    features: str
    """Lower-case feature letters, e.g. ads."""
    version: int
    """1 where the name gives none."""
    gpus: int
    """GPU devices; a part of a GPU counts as one."""
    gpu_model: str | None
    """None without GPU, or with one that is not known."""
    local_disk_gib: int | None
    """Largest disk that an ephemeral OS disk may use; None where there is none, or it is not known."""
    arm64: bool

    @staticmethod
    @cache
    def parse(name: str) -> "VmSize":
        """Read ``name``, in which case does not matter, as to Azure.

        Raises ValueError, which tells the expected form, where it is no name of a size.
        """
        name = _BY_LOWER_CASE.get(name.lower(), name)
        match = _FORM.fullmatch(name)
        if match is None:
            raise ValueError(f"{name!r} is not a virtual machine size; expected {EXPECTED_FORM}")
        family, features = match["family"].upper(), match["features"].lower()
        version = int(match["version"] or 1)
        number = int(match["number"])
        if version <= 2:
            number = _VCPUS_BY_NUMBER.get(family, {}).get(number, number)
        constrained = match["constrained"] or match["late_constrained"]
        vcpus = int(constrained[1:]) if constrained else number
        parts = match["parts"].upper().split("_")[1:]
        gpu = _gpu_model(family, features, parts[-1] if parts else None, version)
        return VmSize(
            name=name,
            family=family,
            vcpus=vcpus,
            features=features,
            version=version,
            gpus=_GPUS["counts"].get(name, 1) if family in _GPUS["families"] else 0,
            gpu_model=gpu,
            local_disk_gib=_local_disk_gib(name, number, _series(family, features, version)),
            arm64="p" in features or gpu in _GRACE_GPUS,
        )

    @property
    def cataloged(self) -> bool:
        """Whether it is among the sizes that Azure was known to have when the table was written."""
        return self.name.lower() in _BY_LOWER_CASE

    @property
    def may_be_new(self) -> bool:
        """Whether Azure may have added it since: to the newest two versions of a family that it has."""
        newest = newest_version(self.family)
        return newest is not None and self.version >= newest - 1

    @property
    def nearest(self) -> str | None:
        """The cataloged size of its family with the most similar name, if one is similar.

        It has the same version, or the newest one of the family.
        """
        version = min(self.version, newest_version(self.family) or 1)
        names = [size.name for size in _sizes_of(self.family) if size.version == version]
        swapped = [name for name in names if _letters(name) == _letters(self.name)]
        return next(iter(swapped or difflib.get_close_matches(self.name, names, n=1, cutoff=0.8)), None)

    @property
    def lacks_local_disk(self) -> bool:
        """Whether it has no local disk, as far as names tell: older sizes may have one without a d."""
        since = _TABLE["local_disks"]["named_since"].get(self.family)
        named = since is not None and self.version >= since
        return named and "d" not in self.features and self.local_disk_gib is None

    @property
    def nvidia(self) -> bool:
        """Whether it has GPUs of NVIDIA."""
        return self.gpu_model in _GPUS["nvidia"]

    @property
    def amd_gpu(self) -> bool:
        """Whether it has GPUs of AMD."""
        return self.gpu_model in _GPUS["amd"]

    @property
    def supports_mig(self) -> bool:
        """Whether AKS can divide its GPUs into Multi-Instance GPUs."""
        return self.gpu_model in _GPUS["mig"]

    @property
    def burstable(self) -> bool:
        """Whether its processor runs at full speed only while credits last."""
        return self.family == "B"

    @property
    def encryption_at_host(self) -> bool:
        """Whether its host can encrypt temporary disks and caches; assumed of sizes that are not known."""
        return not self._is_among("no_encryption_at_host")

    @property
    def trusted_launch(self) -> bool:
        """Whether AKS has secure boot and vTPM on it; assumed of sizes that are not known."""
        return not self.arm64 and not self._is_among("no_trusted_launch")

    def _is_among(self, sizes: str) -> bool:
        listed = _TABLE[sizes]
        series = _series(self.family, self.features, self.version)
        return self.family in listed["families"] or series in listed["series"]

    @property
    def retired(self) -> str | None:
        """The day on which Azure retired the size's series, as year-month-day; None where it did not."""
        return _TABLE["retired"].get(_series(self.family, self.features, self.version))


def newest_version(family: str) -> int | None:
    """The highest version of the cataloged sizes of ``family``; None where there are none."""
    return max((size.version for size in _sizes_of(family)), default=None)


@cache
def _sizes_of(family: str) -> list[VmSize]:
    return [size for name in CATALOG if (size := VmSize.parse(name)).family == family]


def _letters(name: str) -> tuple[str, list[str]]:
    """What two names have in common that differ in the order of letters only."""
    return re.sub(r"\D", "", name), sorted(name.lower())


def _series(family: str, features: str, version: int) -> str:
    return f"{family}{features}_v{version}"


def _gpu_model(family: str, features: str, accelerator: str | None, version: int) -> str | None:
    if family not in _GPUS["families"]:
        return None
    if accelerator is None:
        return _GPUS["series"].get(_series(family, features, version))
    model = _GPUS["accelerators"].get(accelerator, accelerator)
    return model if model in _GPUS["nvidia"] + _GPUS["amd"] else None


def _local_disk_gib(name: str, vcpus: int, series: str) -> int | None:
    disks = _TABLE["local_disks"]
    if name in disks["sizes"]:
        found = disks["sizes"][name]
    elif series in disks["per_vcpu"]:
        found = int(vcpus * disks["per_vcpu"][series])
    else:
        nvme = (disks[kind] for kind in ("nvme", "nvme_of_cores") if series in disks[kind]["series"])
        found = next((each["gib"].get(str(vcpus)) for each in nvme), None)
    return None if found is None else min(found, _LARGEST_EPHEMERAL_OS_DISK_GIB)
