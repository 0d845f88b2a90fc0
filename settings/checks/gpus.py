"""What a pool of kind gpu may say."""

from collections.abc import Iterator

from components.nodepool.settings import GpuNodePoolSettings
from settings.checks.rule import Pool, rule
from settings.errors import Problem

_INSTEAD = "vmSize: Standard_NC4as_T4_v3"


@rule
def a_gpu_pool_has_nvidia_gpus(pool: Pool) -> Iterator[Problem]:
    """A pool of kind gpu has a size with NVIDIA GPUs."""
    size = pool.settings.size
    if not isinstance(pool.settings, GpuNodePoolSettings) or size.nvidia or (size.gpus and size.gpu is None):
        return
    reason = "kind gpu installs the NVIDIA device plugin, which finds no device on this size"
    if size.amd_gpu:
        reason = f"its GPU is AMD's {size.gpu_model}, and kind gpu installs the NVIDIA device plugin"
    yield Problem(
        path=pool.at("vmSize"),
        value=size.name,
        limit="a size with NVIDIA GPUs",
        reason=reason,
        remedy=f"{_INSTEAD}, or kind: user",
    )


@rule
def a_gpu_pool_is_not_arm64(pool: Pool) -> Iterator[Problem]:
    """A pool of kind gpu has no Arm processors."""
    size = pool.settings.size
    if isinstance(pool.settings, GpuNodePoolSettings) and size.nvidia and size.arm64:
        yield Problem(
            path=pool.at("vmSize"),
            value=size.name,
            limit="a size with x86-64 processors",
            reason="AKS documents no GPU size with Arm processors",
            remedy="vmSize: Standard_ND96isr_H200_v5",
        )


@rule
def mig_is_on_gpus_that_have_it(pool: Pool) -> Iterator[Problem]:
    """Only A100, H100 and H200 GPUs have a gpuInstanceProfile."""
    size = pool.settings.size
    profile = pool.settings.gpu_instance_profile if isinstance(pool.settings, GpuNodePoolSettings) else None
    if profile is not None and size.gpus and not size.supports_mig:
        yield Problem(
            path=pool.at("gpuInstanceProfile"),
            value=profile,
            limit="a size with A100, H100 or H200 GPUs",
            reason=f"the {size.gpu_model or 'GPU'} of {size.name} cannot be divided",
            remedy="vmSize: Standard_NC24ads_A100_v4, or remove gpuInstanceProfile",
        )


@rule
def mig_needs_the_driver(pool: Pool) -> Iterator[Problem]:
    """GPUs are divided by AKS only where AKS installs their driver."""
    settings = pool.settings
    if not isinstance(settings, GpuNodePoolSettings) or settings.gpu_instance_profile is None:
        return
    if settings.gpu_driver == "None":
        yield Problem(
            path=pool.at("gpuDriver"),
            value=settings.gpu_driver,
            limit="Install with gpuInstanceProfile",
            reason="AKS divides a GPU with the driver that it installs; the GPU Operator divides them itself",
            remedy="gpuDriver: Install, or remove gpuInstanceProfile",
        )
