"""The cluster at one instant, as the decisions about its nodes see it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from sandbox.clusters.nodes import capacity, fitting, gpus, node
from sandbox.clusters.nodes.fitting import Template
from sandbox.clusters.nodes.pools import Pool
from sandbox.clusters.objects import (
    Object,
    allocatable_of,
    has_ended,
    is_unschedulable,
    labels_of,
    name_of,
    taints_of,
)


@dataclass(frozen=True)
class ClusterView:
    """Pools of the cloud, and what the API server holds.

    Attributes:
        pools: the agent pools.
        nodes: all Nodes.
        pods: all Pods.
        daemon_sets: all DaemonSets.
    """

    pools: list[Pool]
    nodes: list[Object]
    pods: list[Object]
    daemon_sets: list[Object]

    @cached_property
    def pods_by_node(self) -> dict[str, list[Object]]:
        """The pods that take room, by the name of their node."""
        found: defaultdict[str, list[Object]] = defaultdict(list)
        for pod in self.pods:
            if pod["spec"].get("nodeName") and not has_ended(pod):
                found[pod["spec"]["nodeName"]].append(pod)
        return found

    @cached_property
    def pending(self) -> list[Object]:
        """The pods that the scheduler has found no node for."""
        return [pod for pod in self.pods if is_unschedulable(pod)]

    def nodes_of(self, pool: Pool) -> list[Object]:
        """The Nodes of a pool, but none of an earlier pool of the same name."""
        return [each for each in self.nodes if node.belongs(each, pool)]

    def room(self, each: Object) -> Template:
        """A Node as it is, with what its pods leave."""
        found = Template(labels_of(each), taints_of(each), fitting.amounts(allocatable_of(each)))
        for pod in self.pods_by_node[name_of(each)]:
            found.take(pod["spec"])
        return found

    def fresh(self, pool: Pool) -> Template:
        """A new node of a pool, with what daemon sets leave of it."""
        offered = gpus.assumed(pool)
        for each in self.nodes_of(pool):
            offered |= gpus.of(allocatable_of(each))
        free = fitting.amounts({**capacity.allocatable(pool), **offered})
        found = Template(node.labels(pool, pool.zones[0]), node.taints(pool), free)
        for daemon_set in self.daemon_sets:
            spec = daemon_set["spec"]["template"]["spec"]
            if found.admits(spec):
                found.take(spec)
        return found


def is_ready(each: Object) -> bool:
    """Whether a Node is ready, and a GPU node offers its GPUs."""
    conditions = each["status"].get("conditions") or []
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    offers = any(amount != "0" for amount in gpus.of(allocatable_of(each)).values())
    return ready and (offers or "accelerator" not in labels_of(each))
