"""Labels and taints of nodes."""

from collections.abc import Iterator

from components.nodepool.settings import NodePoolBase, SystemPoolSettings, UserNodePoolSettings
from components.settings import repelling
from settings.checks.rule import Pool, rule
from settings.errors import Problem

_SYSTEM_TAINT_KEY = "CriticalAddonsOnly"
_OWN_PREFIX = "aks-platform"
_OPEN_TO_USERS = ("node.kubernetes.io", "kubelet.kubernetes.io")


def _owner(key: str) -> str | None:
    """Who sets labels and taints with the prefix of ``key``, where users may not."""
    prefix = key.rpartition("/")[0]
    if prefix == _OWN_PREFIX:
        return "this program, by which workloads select pools"
    if prefix == "kubernetes.azure.com" or prefix.endswith(".kubernetes.azure.com"):
        return "AKS"
    if prefix.endswith(_OPEN_TO_USERS):
        return None
    if prefix in {"kubernetes.io", "k8s.io"} or prefix.endswith((".kubernetes.io", ".k8s.io")):
        return "Kubernetes"
    return None


@rule
def labels_are_the_users(pool: Pool) -> Iterator[Problem]:
    """No label has a prefix that belongs to AKS, Kubernetes or this program."""
    for key, value in pool.settings.node_labels.items():
        if (owner := _owner(key)) is not None:
            yield Problem(
                path=pool.at("nodeLabels", key),
                value=value,
                limit="no prefix of AKS, Kubernetes or this program",
                reason=f"labels with this prefix are set by {owner}",
                remedy=f"example.com/{key.rpartition('/')[2]}: {value}",
            )


@rule
def taints_are_the_users(pool: Pool) -> Iterator[Problem]:
    """No taint has a prefix that belongs to AKS, Kubernetes or this program."""
    for position, taint in enumerate(pool.settings.node_taints):
        if (owner := _owner(taint.partition("=")[0])) is not None:
            yield Problem(
                path=pool.at("nodeTaints", position),
                value=taint,
                limit="no prefix of AKS, Kubernetes or this program",
                reason=f"taints with this prefix are set by {owner}",
                remedy="remove it: scaleSetPriority and kind bring their taints along",
            )


@rule
def a_taint_is_there_once(pool: Pool) -> Iterator[Problem]:
    """No two taints of a pool have the same key and effect."""
    seen: dict[tuple[str, str], str] = {}
    for position, taint in enumerate(pool.settings.node_taints):
        key, _, rest = taint.partition("=")
        first = seen.setdefault((key, rest.rpartition(":")[2]), taint)
        if first is not taint:
            yield Problem(
                path=pool.at("nodeTaints", position),
                value=taint,
                limit="one taint for a key and an effect",
                reason=f"{first} is there already, and Kubernetes keeps one of the two",
                remedy=f"{first} alone",
            )


@rule
def a_system_pool_lets_system_pods_in(pool: Pool) -> Iterator[Problem]:
    """No taint keeps Kubernetes' own pods from a pool of mode System."""
    for position, taint in enumerate(pool.settings.node_taints):
        if pool.system and repelling((taint,)) and not taint.startswith(f"{_SYSTEM_TAINT_KEY}="):
            yield Problem(
                path=pool.at("nodeTaints", position),
                value=taint,
                limit=f"{_SYSTEM_TAINT_KEY}=true:NoSchedule, or the effect PreferNoSchedule",
                reason="Kubernetes' own pods tolerate no other taint, so they would have no node",
                remedy=f"{taint.rpartition(':')[0]}:PreferNoSchedule",
            )


@rule
def some_pool_takes_ordinary_pods(
    system_pool: SystemPoolSettings, node_pools: dict[str, NodePoolBase]
) -> Iterator[Problem]:
    """A pod without tolerations finds a pool, of regular priority and without taint."""
    if not repelling(system_pool.node_taints):
        return
    if any(
        not repelling(pool.node_taints) and pool.scale_set_priority == "Regular" and pool.largest_count
        for pool in node_pools.values()
        if isinstance(pool, UserNodePoolSettings)
    ):
        return
    yield Problem(
        path=("cluster", "systemPool", "nodeTaints"),
        value=list(system_pool.node_taints),
        limit="no taint, unless another pool takes ordinary pods",
        reason="every other pool is tainted, spot, or has no nodes, so ordinary pods would find no node",
        remedy="remove nodeTaints, or add a pool of kind user without taints",
    )
