"""What the System mode and spot priority ask of a node pool."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.pools import POOL_TYPES, pools
from sandbox.azure.rules.reading import invalid_parameter
from sandbox.azure.rules.registry import Request, rule

_SYSTEM = "https://learn.microsoft.com/azure/aks/use-system-pools#system-and-user-node-pools"
_SPOT = "https://learn.microsoft.com/azure/aks/spot-node-pool"
_SYSTEM_VCPUS, _SYSTEM_MEMORY_GIB = 2, 4
_PRICE_DECIMALS = 5


@rule(*POOL_TYPES, source=_SYSTEM)
def system_pool_is_regular(request: Request) -> Iterator[Refusal]:
    """A System pool is never spot."""
    for pool in pools(request):
        if pool.is_system and pool.is_spot:
            yield Refusal(
                400,
                "SystemPoolMustBeRegular",
                "System node pool must be of regular priority, spot is not supported. Nodepool name: "
                f"{pool.name}.",
            )


@rule(*POOL_TYPES, source=_SYSTEM)
def system_pool_is_linux(request: Request) -> Iterator[Refusal]:
    """A System pool runs Linux."""
    for pool in pools(request):
        if pool.is_system and pool.is_windows:
            yield Refusal(
                400,
                "SystemPoolMustBeLinux",
                f"System node pool must be of OS type Linux. Nodepool name: {pool.name}.",
            )


@rule(*POOL_TYPES, source=_SYSTEM)
def system_pool_has_two_vcpus(request: Request) -> Iterator[Refusal]:
    """A System pool's size has at least 2 vCPUs and 4 GB of memory."""
    for pool in pools(request):
        size = pool.vm_size
        if not pool.is_system or size is None:
            continue
        memory = size.memory_gib if size.memory_gib is not None else _SYSTEM_MEMORY_GIB
        if size.vcpus < _SYSTEM_VCPUS or memory < _SYSTEM_MEMORY_GIB:
            yield Refusal(
                400,
                "SystemPoolSkuTooLow",
                f"System node pool must use VM sku with more than {_SYSTEM_VCPUS} cores and "
                f"{_SYSTEM_MEMORY_GIB}GB memory. Nodepool name: {pool.name}.",
            )


@rule(*POOL_TYPES, source=_SYSTEM)
def system_pool_is_not_burstable(request: Request) -> Iterator[Refusal]:
    """A System pool's size is not of the burstable B series."""
    for pool in pools(request):
        size = pool.vm_size
        if pool.is_system and size is not None and size.burstable:
            yield Refusal(
                400,
                "SystemPoolSkuTooLow",
                f"System node pool must not use the burstable VM sku {size.name}. Nodepool name: "
                f"{pool.name}.",
            )


@rule(*POOL_TYPES, source=f"{_SYSTEM}")
def system_pool_has_no_other_hard_taint(request: Request) -> Iterator[Refusal]:
    """A System pool's only taint with an effect other than PreferNoSchedule is CriticalAddonsOnly."""
    for pool in pools(request):
        for taint in pool.asked.get("nodeTaints") or ():
            if (
                pool.is_system
                and not taint.startswith("CriticalAddonsOnly")
                and not taint.endswith(":PreferNoSchedule")
            ):
                yield Refusal(
                    400,
                    "SystemPoolHasRestrictedTaint",
                    f"Placing custom taint {taint} on system pool {pool.name} is not supported(except "
                    "'CriticalAddonsOnly' taint or taint effect is 'PreferNoSchedule'). Please refer to "
                    "https://aka.ms/aks/system-taints for detail",
                )


@rule(*POOL_TYPES, source=f"{_SPOT}#limitations")
def spot_pool_is_a_scale_set(request: Request) -> Iterator[Refusal]:
    """A spot pool is a virtual machine scale set."""
    for pool in pools(request):
        if pool.is_spot and pool.asked.get("type", "VirtualMachineScaleSets") != "VirtualMachineScaleSets":
            yield invalid_parameter(
                pool.parameter("scaleSetPriority"), "Spot pools must be of type VirtualMachineScaleSets."
            )


@rule(*POOL_TYPES, source=f"{_SPOT}#limitations")
def only_spot_pool_has_spot_settings(request: Request) -> Iterator[Refusal]:
    """An eviction policy and a maximum price are for spot pools."""
    for pool in pools(request):
        # AKS answers -1 for the price of every pool, so -1 on a regular pool is no choice of the caller.
        price = pool.asked.get("spotMaxPrice")
        for property_, given in (
            ("scaleSetEvictionPolicy", pool.asked.get("scaleSetEvictionPolicy") is not None),
            ("spotMaxPrice", price is not None and price != -1),
        ):
            if given and not pool.is_spot:
                yield invalid_parameter(
                    pool.parameter(property_), f"{property_} can only be set when scaleSetPriority is Spot."
                )


@rule(*POOL_TYPES, source=f"{_SPOT}#create-a-spot-node-pool")
def spot_max_price_is_a_price(request: Request) -> Iterator[Refusal]:
    """A spot pool's maximum price is -1, for the on-demand price, or positive with at most five decimals."""
    for pool in pools(request):
        price = pool.asked.get("spotMaxPrice")
        if price is None or price == -1 or not pool.is_spot:
            continue
        if price <= 0 or round(price, _PRICE_DECIMALS) != price:
            yield invalid_parameter(
                pool.parameter("spotMaxPrice"),
                f"spotMaxPrice {price} must be -1 or greater than 0 with at most {_PRICE_DECIMALS} decimals.",
            )


@rule(*POOL_TYPES, source="https://learn.microsoft.com/azure/aks/spot-node-pool#upgrade-a-spot-node-pool")
def spot_pool_has_no_max_surge(request: Request) -> Iterator[Refusal]:
    """A spot pool has no maximum surge."""
    for pool in pools(request):
        if pool.is_spot and (pool.asked.get("upgradeSettings") or {}).get("maxSurge"):
            yield invalid_parameter(
                pool.parameter("upgradeSettings.maxSurge"), "Spot pools can't set max surge."
            )
