"""The GPUs that NVIDIA's device plugin makes a node offer.

Sources: https://learn.microsoft.com/azure/aks/use-nvidia-gpu and gpu-multi-instance;
https://docs.nvidia.com/datacenter/tesla/mig-user-guide/;
https://github.com/NVIDIA/k8s-device-plugin#configuration-option-details
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from sandbox.clusters.nodes.pools import Pool
from sandbox.clusters.objects import Object, is_of_daemon_set

_PREFIX: Final = "nvidia.com/"
GPU: Final = f"{_PREFIX}gpu"

_PLUGIN_IMAGE: Final = re.compile(r"(^|/)k8s-device-plugin([:@]|$)")
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
    """The MIG strategy of a running pod of NVIDIA's device plugin; None for any other pod."""
    if not is_of_daemon_set(pod) or (pod.get("status") or {}).get("phase") != "Running":
        return None
    plugins = (one for one in pod["spec"]["containers"] if _PLUGIN_IMAGE.search(str(one.get("image"))))
    return next(map(_mig_strategy, plugins), None)


def offered(pool: Pool, strategy: str | None) -> dict[str, str]:
    """The extended resources of a node of *pool* by MIG strategy; none without a plugin or NVIDIA GPU."""
    if strategy is None or not pool.nvidia:
        return {}
    profile = pool.properties.get("gpuInstanceProfile")
    if not profile or strategy == "none":
        return {GPU: str(pool.size.gpus)}
    parts = str(pool.size.gpus * _PARTS[profile])
    if strategy == "single":
        return {GPU: parts}
    memory = _MEMORY_GB[_model(pool)][profile]
    return {f"{_PREFIX}mig-{profile.removeprefix('MIG')}.{memory}gb": parts}


def of(resources: Mapping[str, str]) -> dict[str, str]:
    """The GPUs among the resources of a node."""
    return {name: amount for name, amount in resources.items() if name.startswith(_PREFIX)}


def assumed(pool: Pool) -> dict[str, str]:
    """What the autoscaler takes a node to offer that it has never seen: the size's GPUs, undivided."""
    return {GPU: str(pool.size.gpus)} if pool.nvidia else {}


def strategies(pods: Iterable[Object]) -> dict[str, str]:
    """The MIG strategy of the device plugin that runs on each node, by the node's name."""
    found = ((pod["spec"].get("nodeName"), plugin_strategy(pod)) for pod in pods)
    return {node: strategy for node, strategy in found if node and strategy}


def _mig_strategy(container: Object) -> str:
    """The plugin's strategy from its argument, or from its environment; `none` by default."""
    for argument in [*(container.get("command") or []), *(container.get("args") or [])]:
        flag, _, value = argument.partition("=")
        if flag == "--mig-strategy":
            return value
    environment = {one["name"]: one.get("value") for one in container.get("env") or []}
    return environment.get("MIG_STRATEGY") or "none"


def _model(pool: Pool) -> str:
    size = pool.size
    if size.name == "Standard_ND96asr_v4":
        return "A100-40"
    if size.gpu_model == "H100" and not size.name.startswith("Standard_ND"):
        return "H100-94"
    return str(size.gpu_model)
