"""A small stand-in for the cluster autoscaler: which pools need more nodes, and which nodes are not needed.

Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md and
https://learn.microsoft.com/azure/aks/cluster-autoscaler. The stand-in removes only nodes on which nothing but
pods of daemon sets runs; it does not move pods together. Its expander is `least-waste`, by CPU.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.clusters.nodes import fitting
from sandbox.clusters.nodes.cluster_view import ClusterView, is_ready
from sandbox.clusters.nodes.pools import SECONDS_PER_MINUTE, Pool
from sandbox.clusters.objects import Object, is_of_daemon_set, name_of

_DEFAULT_UNNEEDED: Final = "10m"
_UNITS: Final = {"h": 3600, "m": 60, "s": 1}


def additions(view: ClusterView) -> dict[str, int]:
    """How many nodes each pool should get for the pods that are pending, by the pool's name.

    A node that is on its way, or a GPU node whose plugin does not run yet, counts as one that is there.
    """
    existing = [view.room(each) for each in view.nodes if is_ready(each) and _is_schedulable(each)]
    coming = [
        view.fresh(pool)
        for pool in view.pools
        if not pool.deleting
        for _ in range(pool.wanted - sum(map(is_ready, view.nodes_of(pool))))
    ]
    added: Counter[str] = Counter()
    for pod in view.pending:
        spec = pod["spec"]
        known = coming if fitting.is_placed_by_other_pods(spec) else existing + coming
        room = next((each for each in known if each.fits(spec)), None)
        if room is None:
            pool = _cheapest(view, spec, added)
            if pool is None:
                continue
            added[pool.name] += 1
            room = view.fresh(pool)
            coming.append(room)
        room.take(spec)
    return dict(added)


def unneeded(view: ClusterView) -> list[Object]:
    """The Nodes of autoscaled pools that nothing needs; as many may go as the pool has above its minimum."""
    found = []
    for pool in view.pools:
        nodes = view.nodes_of(pool)
        # Where some are still coming or going, it is decided when they are there or gone.
        if pool.autoscaled and not pool.deleting and len(nodes) == pool.wanted:
            idle = [each for each in nodes if _is_idle(view, each)]
            found += idle[: max(pool.wanted - pool.minimum, 0)]
    return found


def unneeded_seconds(cluster: Mapping[str, Any]) -> float:
    """How long a node has to be unneeded here before it goes: a sixtieth of the cluster's setting.

    Args:
        cluster: the properties of the managed cluster.
    """
    profile = cluster.get("autoScalerProfile") or {}
    return seconds(str(profile.get("scaleDownUnneededTime") or _DEFAULT_UNNEEDED)) / 60 * SECONDS_PER_MINUTE


def seconds(duration: str) -> float:
    """A duration of the autoscaler's profile, such as `10m` or `1h30m`."""
    return float(sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([hms])", duration)))


@dataclass
class Idleness:
    """Since when nodes have not been needed."""

    since: dict[str, float] = field(default_factory=dict)

    def over(self, nodes: list[Object], now: float, patience: float) -> list[Object]:
        """Those of *nodes*, which are not needed now, that have not been for *patience* seconds."""
        names = {name_of(each) for each in nodes}
        self.since = {name: self.since.get(name, now) for name in names}
        return [each for each in nodes if now - self.since[name_of(each)] >= patience]


def _cheapest(view: ClusterView, spec: Object, added: Mapping[str, int]) -> Pool | None:
    """The pool of which a new node would be left with the least of its CPU, and may have one more."""
    found = []
    for pool in view.pools:
        if pool.deleting or not pool.autoscaled or pool.wanted + added.get(pool.name, 0) >= pool.maximum:
            continue
        template = view.fresh(pool)
        if template.fits(spec):
            left = (template.free["cpu"] - fitting.requests(spec)["cpu"]) / pool.size.vcpus
            found.append((left, pool.size.vcpus, pool.name, pool))
    return min(found, key=lambda each: each[:3])[3] if found else None


def _is_schedulable(each: Object) -> bool:
    return not (each.get("spec") or {}).get("unschedulable")


def _is_idle(view: ClusterView, each: Object) -> bool:
    pods = view.pods_by_node[name_of(each)]
    return is_ready(each) and _is_schedulable(each) and all(is_of_daemon_set(pod) for pod in pods)
