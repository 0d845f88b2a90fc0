"""The GPUs that NVIDIA's device plugin makes a node offer.

Sources: https://learn.microsoft.com/azure/aks/use-nvidia-gpu and gpu-multi-instance;
https://docs.nvidia.com/datacenter/tesla/mig-user-guide/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sandbox.clusters.metadata import Object
from sandbox.clusters.nodes.pods import is_of_daemon_set
from sandbox.clusters.nodes.pools import Pool

DEVICE_PLUGIN_LABEL: Final = "aks-platform/nvidia-device-plugin"
"""The label of components.nodepool.gpu_node_pool: the program's own modules take too long to load here."""
GPU: Final = "nvidia.com/gpu"
MIG_PREFIX: Final = "nvidia.com/mig-"

_PARTS: Final = {"MIG1g": 7, "MIG2g": 3, "MIG3g": 2, "MIG4g": 1, "MIG7g": 1}
"""Into how many parts a profile divides one GPU."""

_MEMORY_GB: Final = {
    "A100-40": {"MIG1g": 5, "MIG2g": 10, "MIG3g": 20, "MIG4g": 20, "MIG7g": 40},
    "A100": {"MIG1g": 10, "MIG2g": 20, "MIG3g": 40, "MIG4g": 40, "MIG7g": 80},
    "H100": {"MIG1g": 10, "MIG2g": 20, "MIG3g": 40, "MIG4g": 40, "MIG7g": 80},
    "H100-94": {"MIG1g": 12, "MIG2g": 24, "MIG3g": 47, "MIG4g": 47, "MIG7g": 94},
    "H200": {"MIG1g": 18, "MIG2g": 35, "MIG3g": 71, "MIG4g": 71, "MIG7g": 141},
}
"""The memory of a part, which the name of its resource tells, by model and profile."""


def plugin_strategy(pod: Object) -> str | None:
    """The MIG strategy of a running pod of our device plugin; None for any other pod."""
    selector = (pod.get("spec") or {}).get("nodeSelector") or {}
    if not is_of_daemon_set(pod) or (pod.get("status") or {}).get("phase") != "Running":
        return None
    return selector.get(DEVICE_PLUGIN_LABEL)


def offered(pool: Pool, strategy: str | None) -> dict[str, str]:
    """The extended resources of a node of *pool* by MIG strategy; none without a plugin or NVIDIA GPU."""
    if strategy is None or not pool.size.nvidia:
        return {}
    profile = pool.properties.get("gpuInstanceProfile")
    if not profile or strategy == "none":
        return {GPU: str(pool.size.gpus)}
    parts = str(pool.size.gpus * _PARTS[profile])
    if strategy == "single":
        return {GPU: parts}
    memory = _MEMORY_GB[_model(pool)][profile]
    return {f"{MIG_PREFIX}{profile.removeprefix('MIG')}.{memory}gb": parts}


def assumed(pool: Pool) -> dict[str, str]:
    """What the autoscaler takes a node to offer that it has never seen: the size's GPUs, undivided."""
    return {GPU: str(pool.size.gpus)} if pool.size.nvidia else {}


def strategies(pods: Iterable[Object]) -> dict[str, str]:
    """The MIG strategy of the device plugin that runs on each node, by the node's name."""
    found = ((pod["spec"].get("nodeName"), plugin_strategy(pod)) for pod in pods)
    return {node: strategy for node, strategy in found if node and strategy}


def _model(pool: Pool) -> str:
    size = pool.size
    if size.gpu_model == "A100" and size.name == "Standard_ND96asr_v4":
        return "A100-40"
    if size.gpu_model == "H100" and size.family != "ND":
        return "H100-94"
    return str(size.gpu_model)
