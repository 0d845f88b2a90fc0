"""Virtual machine sizes that a pool may have."""

import re
from collections.abc import Iterator

from components.nodepool.settings import UserNodePoolSettings
from settings.checks.rule import Pool, rule
from settings.errors import Problem

_SYSTEM_SIZE = "Standard_D4ds_v5"


def _refuse(pool: Pool, limit: str, reason: str, instead: str) -> Problem:
    remedy = f"vmSize: {instead}"
    return Problem(
        path=pool.at("vmSize"), value=pool.settings.vm_size, limit=limit, reason=reason, remedy=remedy
    )


@rule
def a_system_pool_is_not_burstable(pool: Pool) -> Iterator[Problem]:
    """A pool of mode System is not of the B series."""
    if pool.system and pool.settings.size.burstable:
        limit = "a size outside the B series"
        yield _refuse(pool, limit, "AKS does not support burstable sizes on system pools", _SYSTEM_SIZE)


@rule
def a_system_pool_has_four_vcpus(pool: Pool) -> Iterator[Problem]:
    """A node of a pool of mode System has at least 4 vCPUs."""
    vcpus = pool.settings.size.vcpus
    if pool.system and vcpus < 4:
        limit = "a size with at least 4 vCPUs"
        reason = f"it has {vcpus}, and AKS asks for 4 so that Kubernetes' own pods find room"
        yield _refuse(pool, limit, reason, _SYSTEM_SIZE)


@rule
def a_user_pool_has_two_vcpus(pool: Pool) -> Iterator[Problem]:
    """A node has at least 2 vCPUs."""
    vcpus = pool.settings.size.vcpus
    if not pool.system and vcpus < 2:
        yield _refuse(
            pool, "a size with at least 2 vCPUs", f"it has {vcpus}, and AKS asks for 2", "Standard_D2ds_v5"
        )


@rule
def a_size_works_with_the_overlay(pool: Pool) -> Iterator[Problem]:
    """A size works with Azure CNI Overlay, as DCsv2 does not."""
    if re.fullmatch(r"Standard_DC\d+s?_v2", pool.settings.vm_size):
        reason = "Azure CNI Overlay, on which the cluster stands, does not support DCsv2"
        yield _refuse(pool, "a size outside the DCsv2 series", reason, "Standard_DC4as_v5")


@rule
def a_size_is_not_retired(pool: Pool) -> Iterator[Problem]:
    """A size is not of a series that Azure has retired."""
    if (since := pool.settings.size.retired) is not None:
        reason = f"Azure retired this series on {since}"
        yield _refuse(pool, "a size that Azure still offers", reason, "Standard_NC4as_T4_v3")


@rule
def gpus_are_in_gpu_pools(pool: Pool) -> Iterator[Problem]:
    """Sizes with NVIDIA GPUs are in pools of kind gpu, and none with GPUs is of mode System."""
    if pool.system and pool.settings.size.gpus:
        reason = "Kubernetes' own pods use no GPU, and no other pod should take their room"
        yield _refuse(pool, "a size without GPU", reason, _SYSTEM_SIZE)
    elif isinstance(pool.settings, UserNodePoolSettings) and pool.settings.size.nvidia:
        yield Problem(
            path=pool.at("kind"),
            value=pool.settings.kind,
            limit=f"gpu for {pool.settings.vm_size}",
            reason="only kind gpu installs the NVIDIA device plugin, without which no pod can ask for a GPU",
            remedy="kind: gpu",
        )
