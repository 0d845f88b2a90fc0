"""Node pools: names, counts, sizes, GPUs, disks, labels and taints."""

import itertools
import re
from typing import Final

from azure_facts import naming
from azure_facts.vm_sizes import newest_version
from components.nodepool.settings import (
    SYSTEM_TAINT,
    GpuNodePoolSettings,
    NodePoolBase,
    UserNodePoolSettings,
    WorkloadNodePoolBase,
)
from components.settings import Settings
from settings.rules import Refusals, refuse, rule, unused, warn

_FEWEST_PODS: Final = 30
_FEWEST_VCPUS: Final = 2
"""https://learn.microsoft.com/azure/aks/quotas-skus-regions#restricted-vm-sizes-in-aks"""

_FEWEST_SYSTEM_VCPUS: Final = 4
"""https://learn.microsoft.com/azure/aks/use-system-pools#recommendations"""

_OTHER_SIZE: Final = "Standard_D4ds_v5"
_GPU_SIZE: Final = "Standard_NC4as_T4_v3"
_SYSTEM_TAINT_KEY: Final = SYSTEM_TAINT.partition("=")[0]
_OWN_PREFIX: Final = "aks-platform"
_OPEN_TO_USERS: Final = ("node.kubernetes.io", "kubelet.kubernetes.io")


@rule
def names_fit_into_azures(stack: Settings) -> Refusals:
    """A pool's name has 1 to 8 lower-case letters and digits, a letter first."""
    taken = set(stack.node_pools)
    for name in stack.node_pools:
        letters = re.sub(r"[^a-z0-9]", "", name.lower()).lstrip("0123456789")
        fitting = letters[: naming.NODE_POOL_KEY_LIMIT] or "batch"
        if name != fitting:
            instead = _free_name(fitting, taken)
            taken.add(instead)
            limit = (
                f"a name of 1 to {naming.NODE_POOL_KEY_LIMIT} lower-case letters and digits, a letter first"
            )
            reason = (
                f"Azure allows {naming.LINUX_NODE_POOL_NAME_LIMIT} characters: this name, and "
                f"{naming.NODE_POOL_HASH_LENGTH} that stand for the pool's settings"
            )
            yield refuse(("nodePools", name), limit, reason, f"{instead}:")


@rule
def a_pool_has_a_count_or_a_range(pool: NodePoolBase) -> Refusals:
    """A pool says how many nodes it has: count, or both minCount and maxCount."""
    count, least, most = pool.count, pool.min_count, pool.max_count
    limit = "count, or both minCount and maxCount"
    if count is not None:
        ends = {"minCount": ("min_count", least), "maxCount": ("max_count", most)}
        chosen = pool.model_fields_set
        given = [key for key, (name, value) in ends.items() if name in chosen and value is not None]
        if given:
            reason = "count fixes the number of nodes; minCount and maxCount leave it to the autoscaler"
            whole = least is not None and most is not None
            instead = f"remove {' and '.join(given)}" + (", or remove count" if whole else "")
            yield refuse("count", limit, reason, instead)
    elif least is None and most is None:
        reason = "nothing says how many nodes the pool has"
        yield refuse("count", limit, reason, "minCount: 1 and maxCount: 3, or count: 3")
    elif least is None or most is None:
        absent, present = ("minCount", "maxCount") if least is None else ("maxCount", "minCount")
        value = most if least is None else least
        reason = "the cluster autoscaler needs both ends of the range"
        instead = f"{absent}: {value}, or count: {value} and remove {present}"
        yield refuse(absent, limit, reason, instead)


@rule
def the_range_is_not_upside_down(pool: NodePoolBase) -> Refusals:
    """A pool's minCount is at most its maxCount, and that is not 0."""
    least, most = pool.min_count, pool.max_count
    if pool.count is not None or least is None or most is None:
        return
    if least > most:
        reason = "an autoscaled pool has between minCount and maxCount nodes"
        yield refuse(
            "minCount", f"at most maxCount ({most})", reason, f"minCount: {most} and maxCount: {least}"
        )
    elif most == 0:
        reason = "an autoscaled pool that never has a node runs no pod"
        yield refuse("maxCount", "1 to 1000", reason, "maxCount: 1, or remove the pool")


@rule
def a_system_pool_has_nodes(pool: NodePoolBase) -> Refusals:
    """A pool of mode System always has a node."""
    for key, value in (("count", pool.count), ("minCount", pool.min_count)):
        if pool.mode == "System" and value == 0:
            reason = "Kubernetes' own pods run on system pools, so AKS never lets one be empty"
            instead = min(3, pool.largest_count or 3)
            yield refuse(key, "1 to 1000; 3 are recommended", reason, f"{key}: {instead}")


@rule
def a_pool_holds_thirty_pods(pool: NodePoolBase, stack: Settings) -> Refusals:
    """The fewest nodes of a pool hold at least 30 pods."""
    nodes = max(1, (pool.min_count if pool.autoscaled else pool.count) or 0)
    enough = -(-_FEWEST_PODS // nodes)
    if stack.most_pods_of(pool) < enough:
        limit = f"at least {enough} with {nodes} node{'s' if nodes > 1 else ''}"
        reason = f"AKS refuses a pool whose nodes hold fewer than {_FEWEST_PODS} pods together"
        yield refuse("maxPods", limit, reason, f"maxPods: {enough}")


@rule
def a_system_pool_has_a_size_for_system_pods(pool: NodePoolBase) -> Refusals:
    """A pool of mode System is not of the B series and has no GPUs."""
    size = pool.size
    if pool.mode == "User":
        return
    if size.burstable:
        reason = "AKS does not support burstable sizes on system pools"
        yield refuse("vmSize", "a size outside the B series", reason, f"vmSize: {_OTHER_SIZE}")
    if size.gpus:
        reason = "Kubernetes' own pods use no GPU, and no other pod should take their room"
        yield refuse("vmSize", "a size without GPUs", reason, f"vmSize: {_OTHER_SIZE}")


@rule
def a_node_has_two_vcpus(pool: NodePoolBase) -> Refusals:
    """A node has at least 2 vCPUs."""
    vcpus = pool.size.vcpus
    if vcpus < _FEWEST_VCPUS:
        reason = f"it has {vcpus}, and AKS requires {_FEWEST_VCPUS}"
        yield refuse("vmSize", "a size with at least 2 vCPUs", reason, f"vmSize: {_usual_size(pool)}")


@rule
def a_system_pool_has_four_vcpus(pool: NodePoolBase) -> Refusals:
    """Warns of a pool of mode System with fewer than 4 vCPUs."""
    vcpus = pool.size.vcpus
    if pool.mode == "System" and _FEWEST_VCPUS <= vcpus < _FEWEST_SYSTEM_VCPUS:
        reason = (
            f"it has {vcpus}: AKS's guide to system pools asks for {_FEWEST_SYSTEM_VCPUS}, its limits for 2"
        )
        yield warn("vmSize", "a size with at least 4 vCPUs", reason, f"vmSize: {_usual_size(pool)}")


@rule
def a_size_exists(pool: NodePoolBase) -> Refusals:
    """A size is one that Azure has, or may have added since this program was written."""
    size, newest = pool.size, newest_version(pool.size.family)
    if size.cataloged or size.retired or size.may_be_new:
        return
    reason = f"there is no family {size.family}"
    if newest is not None:
        versions = f"v{newest - 1} and v{newest}"
        reason = f"there is none, and Azure adds sizes to {versions} of the family {size.family} only"
    yield refuse("vmSize", "a size that Azure has", reason, f"vmSize: {size.nearest or _OTHER_SIZE}")


@rule
def a_size_is_known(pool: NodePoolBase) -> Refusals:
    """Warns of a size that Azure may have added since this program was written."""
    size = pool.size
    if size.may_be_new and not size.cataloged and not size.retired:
        reason = "this program does not know it, nor its local disk; Azure may have added it lately"
        yield warn("vmSize", "a size that is known", reason, f"vmSize: {size.nearest or _OTHER_SIZE}")


@rule
def a_size_works_with_the_overlay(pool: NodePoolBase) -> Refusals:
    """A size works with Azure CNI Overlay, as DCsv2 does not."""
    if re.fullmatch(r"Standard_DC\d+s?_v2", pool.vm_size):
        reason = "Azure CNI Overlay, which the cluster uses, does not support DCsv2"
        yield refuse("vmSize", "a size outside the DCsv2 series", reason, "vmSize: Standard_DC4as_v5")


@rule
def a_size_is_not_retired(pool: NodePoolBase) -> Refusals:
    """A size is not of a series that Azure has retired."""
    if pool.size.retired:
        reason = f"Azure retired this series on {pool.size.retired}"
        yield refuse("vmSize", "a size that Azure still offers", reason, f"vmSize: {_usual_size(pool)}")


@rule
def nvidia_gpus_are_in_gpu_pools(pool: UserNodePoolSettings) -> Refusals:
    """Sizes with NVIDIA GPUs are in pools of kind gpu."""
    if pool.size.nvidia:
        reason = "only kind gpu installs the NVIDIA device plugin, without which no pod can ask for a GPU"
        yield refuse("kind", f"gpu for {pool.vm_size}", reason, "kind: gpu")


@rule
def a_gpu_pool_has_nvidia_gpus(pool: GpuNodePoolSettings) -> Refusals:
    """A pool of kind gpu has a size with NVIDIA GPUs, or with GPUs that are not known."""
    size = pool.size
    if size.amd_gpu or not size.gpus:
        reason = "kind gpu installs the NVIDIA device plugin, which finds no device on this size"
        if size.amd_gpu:
            reason = f"its GPU is AMD's {size.gpu_model}, and kind gpu installs the NVIDIA device plugin"
        instead = "vmSize: Standard_NC4as_T4_v3, or kind: user"
        yield refuse("vmSize", "a size with NVIDIA GPUs", reason, instead)


@rule
def a_gpu_pool_is_not_arm64(pool: GpuNodePoolSettings) -> Refusals:
    """A pool of kind gpu has no Arm processors."""
    if pool.size.nvidia and pool.size.arm64:
        reason = "AKS documents no GPU size with Arm processors"
        yield refuse("vmSize", "a size with x86-64 processors", reason, "vmSize: Standard_ND96isr_H200_v5")


@rule
def mig_is_on_gpus_that_have_it(pool: GpuNodePoolSettings) -> Refusals:
    """Only A100, H100 and H200 GPUs have a gpuInstanceProfile."""
    size = pool.size
    if pool.gpu_instance_profile is not None and size.gpus and not size.supports_mig:
        reason = f"the {size.gpu_model or 'GPU'} of {size.name} cannot be divided"
        instead = "vmSize: Standard_NC24ads_A100_v4, or remove gpuInstanceProfile"
        yield refuse("gpuInstanceProfile", "a size with A100, H100 or H200 GPUs", reason, instead)


@rule
def mig_needs_the_driver(pool: GpuNodePoolSettings) -> Refusals:
    """AKS divides GPUs only where it installs their driver."""
    if pool.gpu_instance_profile is not None and pool.gpu_driver == "None":
        reason = "AKS divides a GPU with the driver that it installs; the GPU Operator divides them itself"
        instead = "gpuDriver: Install, or remove gpuInstanceProfile"
        yield refuse("gpuDriver", "Install with gpuInstanceProfile", reason, instead)


@rule
def a_mig_strategy_has_a_profile(pool: GpuNodePoolSettings) -> Refusals:
    """A MIG strategy is set only where GPUs are divided."""
    if pool.gpu_instance_profile is None:
        yield from unused(pool, ["migStrategy"], "whole GPUs", "gpuInstanceProfile: MIG1g")


@rule
def parts_named_by_profile_do_not_grow_from_zero(pool: GpuNodePoolSettings) -> Refusals:
    """A pool with the MIG strategy mixed always has a node."""
    if pool.mig_strategy == "mixed" and pool.autoscaled and pool.min_count == 0:
        reason = (
            "the cluster autoscaler knows nvidia.com/gpu only, so pods that ask for a profile find no node"
        )
        instead = "minCount: 1, or migStrategy: single"
        yield refuse("minCount", "at least 1 with migStrategy mixed", reason, instead)


@rule
def an_ephemeral_disk_fits_the_local_disk(pool: NodePoolBase) -> Refusals:
    """An ephemeral OS disk is not larger than the size's local disk."""
    size, wanted, room = pool.size, pool.os_disk_size_gb, pool.os_disk_room_gib
    if pool.os_disk_type != "Ephemeral":
        return
    if size.lacks_local_disk:
        reason = f"{size.name} has no local disk"
        instead = f"osDiskType: Managed, or vmSize: {_OTHER_SIZE}"
        yield refuse("osDiskType", "Managed, or a size with a local disk", reason, instead)
    elif room is not None and wanted is not None and wanted > room:
        reason = "an ephemeral OS disk is on the node's local disk"
        if pool.trusted_launch:
            reason += ", and trusted launch keeps 1 GiB of it"
        instead = f"osDiskSizeGB: {room}, or osDiskType: Managed"
        yield refuse("osDiskSizeGB", f"at most {room} on {size.name}", reason, instead)


@rule
def the_room_for_an_ephemeral_disk_is_known(pool: NodePoolBase) -> Refusals:
    """Warns of an ephemeral OS disk on a size of which Azure's documents do not tell how much it can hold."""
    size, ephemeral = pool.size, pool.os_disk_type == "Ephemeral"
    if ephemeral and pool.os_disk_room_gib is None and not size.lacks_local_disk:
        reason = (
            f"Azure's documents disagree about the OS disk that {size.name} can hold, or do not say; Azure "
            "refuses one that is too large when it makes the nodes"
        )
        yield warn(
            "osDiskType", "Managed, or a size whose local disk is known", reason, "osDiskType: Managed"
        )


@rule
def encryption_at_host_has_a_size(pool: NodePoolBase) -> Refusals:
    """Encryption at host is turned on only for sizes that have it."""
    if pool.enable_encryption_at_host and not pool.size.encryption_at_host:
        reason = f"the hosts of {pool.vm_size} cannot encrypt what they keep on their own disks"
        instead = f"vmSize: {_usual_size(pool)}, or enableEncryptionAtHost: false"
        yield refuse("enableEncryptionAtHost", "a size that supports it", reason, instead)


@rule
def trusted_launch_has_a_size(pool: NodePoolBase) -> Refusals:
    """Secure boot and vTPM are turned on only for sizes with trusted launch."""
    for key in () if pool.size.trusted_launch else pool.asked_of_trusted_launch:
        reason = f"AKS has no image for trusted launch on {pool.vm_size}"
        instead = f"vmSize: {_usual_size(pool)}, or remove {key}"
        yield refuse(key, "a size with trusted launch", reason, instead)


@rule
def secure_boot_has_signed_drivers(pool: GpuNodePoolSettings) -> Refusals:
    """Secure boot is off where AKS installs NVIDIA's driver."""
    if pool.enable_secure_boot and pool.gpu_driver == "Install":
        reason = "the driver that AKS installs is unsigned, and secure boot does not load it"
        instead = "remove enableSecureBoot, or gpuDriver: None and a signed driver of your own"
        yield refuse("enableSecureBoot", "false with gpuDriver Install", reason, instead)


@rule
def labels_are_the_users(pool: NodePoolBase) -> Refusals:
    """No label has a prefix that belongs to AKS, Kubernetes or this program."""
    for key, value in pool.node_labels.items():
        if owner := _owner(key):
            limit = "no prefix of AKS, Kubernetes or this program"
            instead = f"example.com/{key.rpartition('/')[2]}: {value}"
            yield refuse(("nodeLabels", key), limit, f"labels with this prefix are set by {owner}", instead)


@rule
def taints_are_the_users(pool: NodePoolBase) -> Refusals:
    """No taint has a prefix that belongs to AKS, Kubernetes or this program."""
    for at, taint in enumerate(pool.node_taints):
        if owner := _owner(taint.partition("=")[0]):
            limit = "no prefix of AKS, Kubernetes or this program"
            reason = f"taints with this prefix are set by {owner}"
            yield refuse(("nodeTaints", at), limit, reason, "nothing: remove it")


@rule
def no_two_taints_are_the_same(pool: NodePoolBase) -> Refusals:
    """No two taints of a pool have the same key and effect."""
    seen: dict[tuple[str, str], str] = {}
    for at, taint in enumerate(pool.node_taints):
        first = seen.setdefault((taint.partition("=")[0], taint.rpartition(":")[2]), taint)
        if first is not taint:
            reason = f"there is {first} already, and Kubernetes keeps one of the two"
            yield refuse(
                ("nodeTaints", at), "one taint for a key and an effect", reason, "nothing: remove it"
            )


@rule
def a_system_pool_lets_system_pods_in(pool: NodePoolBase) -> Refusals:
    """No taint keeps Kubernetes' own pods from a pool of mode System."""
    for at, taint in enumerate(pool.node_taints):
        repels = taint in pool.repelling_taints and not taint.startswith(f"{_SYSTEM_TAINT_KEY}=")
        if pool.mode == "System" and repels:
            limit = f"{SYSTEM_TAINT}, or the effect PreferNoSchedule"
            reason = "Kubernetes' own pods tolerate no other taint, so they would have no node"
            yield refuse(("nodeTaints", at), limit, reason, f"{taint.rpartition(':')[0]}:PreferNoSchedule")


@rule
def some_pool_takes_ordinary_pods(stack: Settings) -> Refusals:
    """A pod without tolerations finds a pool, of regular priority and without taints."""
    if stack.cluster.system_pool.repelling_taints and not stack.system_pool_is_dedicated:
        limit = "no taint, unless another pool takes ordinary pods"
        reason = "every other pool is tainted, spot, or has no nodes, so ordinary pods would find no node"
        instead = "remove nodeTaints, or add a pool of kind user without taints"
        yield refuse("cluster.systemPool.nodeTaints", limit, reason, instead)


@rule
def a_spot_price_is_valid(pool: WorkloadNodePoolBase) -> Refusals:
    """A spot price is -1, or above 0 with at most five decimals."""
    price = pool.spot_max_price
    if price != -1 and (price <= 0 or round(price, 5) != price):
        reason = "it is US dollars an hour; -1 stands for up to the regular price"
        instead = f"spotMaxPrice: {round(price, 5) if round(price, 5) > 0 else -1}"
        yield refuse("spotMaxPrice", "-1, or above 0 with at most 5 decimals", reason, instead)


@rule
def a_spot_pool_has_no_surge(pool: NodePoolBase) -> Refusals:
    """A spot pool sets no surge."""
    if pool.spot and "max_surge" in pool.upgrade_settings.model_fields_set:
        reason = "AKS refuses it: an upgrade of spot nodes removes some before it adds any"
        instead = "scaleSetPriority: Regular, or remove maxSurge"
        yield refuse("upgradeSettings.maxSurge", "not on a spot pool", reason, instead)


@rule
def evicted_nodes_do_not_block_the_autoscaler(pool: WorkloadNodePoolBase) -> Refusals:
    """Warns of an autoscaled spot pool that keeps the nodes that Azure takes back."""
    if pool.spot and pool.autoscaled and pool.scale_set_eviction_policy == "Deallocate":
        reason = (
            "a deallocated node still counts against the quota, so the cluster autoscaler may not be able to "
            "replace it"
        )
        instead = "scaleSetEvictionPolicy: Delete"
        yield warn("scaleSetEvictionPolicy", "Delete in an autoscaled pool", reason, instead)


@rule
def spot_settings_are_on_spot_pools(pool: WorkloadNodePoolBase) -> Refusals:
    """Eviction policy and spot price are set only on spot pools."""
    if not pool.spot:
        keys = ["scaleSetEvictionPolicy", "spotMaxPrice"]
        yield from unused(pool, keys, "scaleSetPriority Regular", "scaleSetPriority: Spot")


def _free_name(name: str, taken: set[str]) -> str:
    """``name``, or with a number at its end that makes it differ from those ``taken``."""
    numbers = map(str, itertools.count(2))
    numbered = (name[: naming.NODE_POOL_KEY_LIMIT - len(number)] + number for number in numbers)
    return next(free for free in itertools.chain([name], numbered) if free not in taken)


def _usual_size(pool: NodePoolBase) -> str:
    """A size that suits every pool of this kind."""
    return _GPU_SIZE if isinstance(pool, GpuNodePoolSettings) else _OTHER_SIZE


def _owner(key: str) -> str | None:
    """Who sets labels and taints with the prefix of ``key``, where users may not."""
    prefix = key.rpartition("/")[0]
    if prefix == _OWN_PREFIX:
        return "this program, and workloads select pools by them"
    if f".{prefix}".endswith(".kubernetes.azure.com"):
        return "AKS"
    if prefix.endswith(_OPEN_TO_USERS):
        return None
    return "Kubernetes" if f".{prefix}".endswith((".kubernetes.io", ".k8s.io")) else None
