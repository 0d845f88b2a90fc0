"""The cluster at one instant, as the decisions about its nodes see it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from sandbox.azure.cloud import key_of
from sandbox.clusters.metadata import Object, annotations_of, labels_of
from sandbox.clusters.nodes import capacity, fitting, gpus, node
from sandbox.clusters.nodes.fitting import Template
from sandbox.clusters.nodes.pods import has_ended, is_unschedulable
from sandbox.clusters.nodes.pools import Pool


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
        return [each for each in self.nodes if belongs(each, pool)]

    def room(self, each: Object) -> Template:
        """A Node as it is, with what its pods leave."""
        taken = fitting.total(
            fitting.requests(pod["spec"]) for pod in self.pods_by_node[each["metadata"]["name"]]
        )
        spec = each.get("spec") or {}
        free = fitting.amounts(each["status"].get("allocatable") or {})
        return Template(labels_of(each), spec.get("taints") or [], free).without(taken)

    def fresh(self, pool: Pool) -> Template:
        """A new node of a pool, with what daemon sets leave of it."""
        offered = gpus.assumed(pool)
        for each in self.nodes_of(pool):
            offered |= {
                key: amount
                for key, amount in each["status"]["allocatable"].items()
                if key.startswith("nvidia.com/")
            }
        free = fitting.amounts({**capacity.allocatable(pool), **offered})
        template = Template(node.labels(pool, pool.zones[0]), node.taints(pool), free)
        daemons = [each["spec"]["template"]["spec"] for each in self.daemon_sets]
        return template.without(
            fitting.total(fitting.requests(spec) for spec in daemons if template.admits(spec))
        )


def belongs(each: Object, pool: Pool) -> bool:
    """Whether a Node stands for a machine of this pool."""
    annotations = annotations_of(each)
    return (
        annotations.get(node.POOL) == key_of(pool.id) and annotations.get(node.GENERATION) == pool.created_at
    )


def is_ours(each: Object) -> bool:
    """Whether a Node stands for a machine of any pool, deleted ones included."""
    return node.POOL in annotations_of(each)


def is_ready(each: Object) -> bool:
    """Whether a Node is ready, and a GPU node offers its GPUs."""
    conditions = each["status"].get("conditions") or []
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    has_gpu = "accelerator" in labels_of(each)
    offers = any(
        key.startswith("nvidia.com/") and amount != "0"
        for key, amount in (each["status"].get("allocatable") or {}).items()
    )
    return ready and (offers or not has_gpu)
