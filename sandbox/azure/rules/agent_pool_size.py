"""Virtual machine sizes of node pools: form, minimum, OS disk, zones."""

from __future__ import annotations

from collections.abc import Iterator

from azure_facts.locations import LOCATIONS
from azure_facts.os_disks import LARGEST_OS_DISK_GB, SMALLEST_OS_DISK_GB
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.pools import POOL_TYPES, Pool, pools
from sandbox.azure.rules.reading import invalid_parameter
from sandbox.azure.rules.registry import Request, rule

_SIZES = "https://learn.microsoft.com/azure/aks/quotas-skus-regions#supported-vm-sizes"
_EPHEMERAL = "https://learn.microsoft.com/azure/aks/concepts-storage#ephemeral-os-disk"
_ZONES = "https://learn.microsoft.com/azure/aks/availability-zones-overview"
_FEWEST_VCPUS = 2
_BYTES_PER_GIB = 1024**3


@rule(*POOL_TYPES, on=("create",), source=_SIZES)
def vm_size_is_a_size(request: Request) -> Iterator[Refusal]:
    """A pool's virtual machine size has the form of an Azure size."""
    for pool in pools(request):
        if pool.asked.get("vmSize") and pool.vm_size is None:
            yield _not_supported(request, pool)


@rule(
    *POOL_TYPES,
    on=("create",),
    source="https://learn.microsoft.com/azure/virtual-machines/sizes/retirement/retired-sizes-list",
)
def vm_size_is_not_retired(request: Request) -> Iterator[Refusal]:
    """A new pool's virtual machine size is of a series that Azure still offers."""
    for pool in pools(request):
        if pool.vm_size is not None and pool.vm_size.retired:
            yield _not_supported(request, pool)


@rule(*POOL_TYPES, on=("create",), source=_SIZES)
def vm_size_has_two_vcpus(request: Request) -> Iterator[Refusal]:
    """A node has at least 2 vCPUs."""
    for pool in pools(request):
        size = pool.vm_size
        if size is not None and size.vcpus < _FEWEST_VCPUS:
            yield Refusal(
                400,
                "VMSizeNotSupported",
                f"Virtual Machine size {size.name} is not supported: node pools need VM sizes with at least "
                f"{_FEWEST_VCPUS} vCPUs. Nodepool name: {pool.name}.",
            )


@rule(*POOL_TYPES, source="https://learn.microsoft.com/rest/api/aks/agent-pools/create-or-update")
def os_disk_size_is_in_range(request: Request) -> Iterator[Refusal]:
    """An OS disk has between 30 and 2048 GB, or 0 for Azure's choice."""
    for pool in pools(request):
        size = pool.asked.get("osDiskSizeGB")
        if size and not SMALLEST_OS_DISK_GB <= size <= LARGEST_OS_DISK_GB:
            yield invalid_parameter(
                pool.parameter("osDiskSizeGB"),
                f"osDiskSizeGB {size:g} must be 0 or between {SMALLEST_OS_DISK_GB} and {LARGEST_OS_DISK_GB}.",
            )


@rule(*POOL_TYPES, on=("create",), source=_EPHEMERAL)
def ephemeral_os_disk_has_a_local_disk(request: Request) -> Iterator[Refusal]:
    """An ephemeral OS disk needs a size with a local disk."""
    for pool in pools(request):
        size = pool.vm_size
        if pool.asked.get("osDiskType") == "Ephemeral" and size is not None and size.local_disk_gib is None:
            yield Refusal(
                400,
                "VMSizeDoesNotSupportEphemeralOS",
                f"The virtual machine size {size.name} does not support ephemeral OS. Nodepool name: "
                f"{pool.name}.",
            )


@rule(*POOL_TYPES, on=("create",), source=_EPHEMERAL)
def ephemeral_os_disk_fits_the_local_disk(request: Request) -> Iterator[Refusal]:
    """An ephemeral OS disk is no larger than the size's local disk."""
    for pool in pools(request):
        size, asked = pool.vm_size, pool.asked.get("osDiskSizeGB")
        if pool.asked.get("osDiskType") != "Ephemeral" or size is None or not asked:
            continue
        if size.local_disk_gib is not None and asked > size.local_disk_gib:
            yield Refusal(
                400,
                "VMCacheSizeTooSmall",
                f"The virtual machine size {size.name} has a cache size of "
                f"{size.local_disk_gib * _BYTES_PER_GIB} bytes, but the OS disk requires "
                f"{int(asked) * _BYTES_PER_GIB} bytes. Use a VM size with larger cache or disable ephemeral "
                "OS.",
            )


@rule(*POOL_TYPES, on=("create",), source=_ZONES)
def pool_zones_exist_in_the_region(request: Request) -> Iterator[Refusal]:
    """A pool names zones only in a region that has them."""
    for pool in pools(request):
        location = LOCATIONS.get(pool.location or "")
        if pool.asked.get("availabilityZones") and location is not None and not location.has_zones:
            yield Refusal(
                400,
                "AvailabilityZoneNotSupported",
                f"Availability zone is not supported in region {location.name}. Nodepool name: {pool.name}.",
            )


@rule(*POOL_TYPES, on=("create",), source=_ZONES)
def pool_zones_are_numbers(request: Request) -> Iterator[Refusal]:
    """A pool's zones are 1, 2 and 3."""
    for pool in pools(request):
        wrong = [zone for zone in pool.asked.get("availabilityZones") or () if zone not in ("1", "2", "3")]
        if wrong:
            yield Refusal(
                400,
                "InvalidAvailabilityZoneFormat",
                f"Availability zone {', '.join(wrong)} of node pool {pool.name} is not one of 1, 2, 3.",
            )


@rule(
    *POOL_TYPES,
    on=("create",),
    source="https://learn.microsoft.com/azure/aks/virtual-machines-node-pools#limitations",
)
def only_scale_sets_have_zones(request: Request) -> Iterator[Refusal]:
    """Only a pool of virtual machine scale sets has zones."""
    for pool in pools(request):
        if pool.asked.get("availabilityZones") and pool.asked.get("type", "VirtualMachineScaleSets") != (
            "VirtualMachineScaleSets"
        ):
            yield Refusal(
                400,
                "VMSSRequiredForAvailabilityZone",
                f"Virtual Machine Scale Set is required for availability zone. Nodepool name: {pool.name}.",
            )


@rule(*POOL_TYPES, on=("create",), source="https://github.com/Azure/AKS/releases/tag/2026-09-04")
def availability_sets_are_retired(request: Request) -> Iterator[Refusal]:
    """A new pool is not an availability set."""
    for pool in pools(request):
        if pool.asked.get("type") == "AvailabilitySet":
            yield invalid_parameter(
                pool.parameter("type"), "Availability sets are retired; use VirtualMachineScaleSets."
            )


def _not_supported(request: Request, pool: Pool) -> Refusal:
    return Refusal(
        400,
        "VMSizeNotSupported",
        f"Virtual Machine size: '{pool.asked['vmSize']}' is not supported for subscription "
        f"{request.subscription_id} in location '{pool.location}'. Please refer to aka.ms/aks-vm-sizes for "
        "the available VM sizes.",
    )
