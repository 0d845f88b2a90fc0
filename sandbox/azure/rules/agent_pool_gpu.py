"""GPU drivers and Multi-Instance GPUs of node pools."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.pools import POOL_TYPES, pools
from sandbox.azure.rules.reading import at, invalid_parameter
from sandbox.azure.rules.registry import Request, rule

_MIG = "https://learn.microsoft.com/azure/aks/gpu-multi-instance"
_PROFILES = ("MIG1g", "MIG2g", "MIG3g", "MIG4g", "MIG7g")


@rule(*POOL_TYPES, source="https://learn.microsoft.com/azure/aks/use-nvidia-gpu#skip-gpu-driver-installation")
def gpu_driver_has_a_gpu(request: Request) -> Iterator[Refusal]:
    """A GPU driver setting is for sizes with GPUs."""
    for pool in pools(request):
        size = pool.vm_size
        if at(pool.asked, "gpuProfile.driver") is not None and size is not None and not size.gpus:
            yield invalid_parameter(
                pool.parameter("gpuProfile.driver"),
                f"gpuProfile can only be set for GPU VM sizes, got {size.name}.",
            )


@rule(*POOL_TYPES, source="https://learn.microsoft.com/azure/aks/use-amd-gpus")
def nvidia_driver_has_an_nvidia_gpu(request: Request) -> Iterator[Refusal]:
    """AKS installs drivers for NVIDIA GPUs only."""
    for pool in pools(request):
        size = pool.vm_size
        if at(pool.asked, "gpuProfile.driver") == "Install" and size is not None and size.amd_gpu:
            yield invalid_parameter(
                pool.parameter("gpuProfile.driver"),
                f"Driver installation is not supported for the AMD GPU VM size {size.name}; use None.",
            )


@rule(*POOL_TYPES, on=("create",), source=_MIG)
def gpu_instance_profile_has_a_mig_size(request: Request) -> Iterator[Refusal]:
    """A GPU instance profile is for sizes whose GPUs can be divided: A100, H100, H200."""
    for pool in pools(request):
        size = pool.vm_size
        if pool.asked.get("gpuInstanceProfile") and size is not None and not size.supports_mig:
            yield Refusal(
                400,
                "VMSizeDoesNotSupportMIG",
                f"The virtual machine size {size.name} does not support multi-instance GPU. Nodepool name: "
                f"{pool.name}.",
            )


@rule(*POOL_TYPES, on=("create",), source=_MIG)
def gpu_instance_profile_is_known(request: Request) -> Iterator[Refusal]:
    """A GPU instance profile is one of MIG1g, MIG2g, MIG3g, MIG4g and MIG7g."""
    for pool in pools(request):
        profile = pool.asked.get("gpuInstanceProfile")
        if profile and profile not in _PROFILES:
            yield Refusal(
                400,
                "UnsupportedGPUInstanceProfile",
                f"GPU instance profile {profile} is not supported. Supported profiles: "
                f"{', '.join(_PROFILES)}.",
            )


@rule(*POOL_TYPES, on=("create",), source=f"{_MIG}#limitations")
def gpu_instance_profile_is_for_linux(request: Request) -> Iterator[Refusal]:
    """A Windows pool has no GPU instance profile."""
    for pool in pools(request):
        if pool.asked.get("gpuInstanceProfile") and pool.is_windows:
            yield invalid_parameter(
                pool.parameter("gpuInstanceProfile"),
                "Multi-instance GPU is not supported on Windows node pools.",
            )
