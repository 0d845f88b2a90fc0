"""Which Nodes are to be made, changed and removed so that they are what Azure's pools are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final

from sandbox.clusters.api import NODES
from sandbox.clusters.load_balancers.free_address import first_free
from sandbox.clusters.nodes import gpus, node
from sandbox.clusters.nodes.cluster_view import ClusterView
from sandbox.clusters.nodes.pools import Pool
from sandbox.clusters.objects import (
    Object,
    allocatable_of,
    annotations_of,
    is_of_daemon_set,
    labels_of,
    name_of,
    taints_of,
)

_TO_BE_DELETED: Final = "ToBeDeletedByClusterAutoscaler"
_UNSCHEDULABLE: Final = "node.kubernetes.io/unschedulable"
TO_BE_DELETED: Final[Object] = {"key": _TO_BE_DELETED, "effect": "NoSchedule"}
"""The taint that the autoscaler puts on a node that it is about to remove."""


@dataclass
class Changes:
    """What has to change.

    Attributes:
        create: manifests of new Nodes.
        remove: Nodes that go, once they are drained.
        patch: the paths of Nodes, or of their status, each with what is merged into it.
    """

    create: list[Object] = field(default_factory=list)
    remove: list[Object] = field(default_factory=list)
    patch: list[tuple[str, Object]] = field(default_factory=list)


def changes(view: ClusterView, ranges: Sequence[IPv4Network | IPv6Network]) -> Changes:
    """What has to change for the nodes to match the pools. Nodes made by anybody else are left alone.

    Args:
        view: the cluster.
        ranges: where the addresses of new nodes come from, one of each.
    """
    found = Changes()
    strategies = gpus.strategies(view.pods)
    names = {name_of(each) for each in view.nodes}
    taken = {address["address"] for each in view.nodes for address in each["status"].get("addresses") or []}
    for pool in view.pools:
        nodes = view.nodes_of(pool)
        surplus = [] if pool.deleting else _surplus(view, pool, nodes)
        found.remove += surplus
        for each in nodes:
            if each not in surplus and not pool.deleting:
                found.patch += _settings(pool, each)
            found.patch += _offers(pool, each, strategies.get(name_of(each)))
        for instance, zone in [] if pool.deleting else _new(pool, nodes, names):
            addresses = [first_free(each, taken, skip=0) for each in ranges]
            taken.update(addresses)
            found.create.append(node.manifest(pool, instance, zone, addresses))
    known = {name_of(each) for pool in view.pools for each in view.nodes_of(pool)}
    found.remove += [each for each in view.nodes if node.is_ours(each) and name_of(each) not in known]
    return found


def _surplus(view: ClusterView, pool: Pool, nodes: list[Object]) -> list[Object]:
    """The nodes above the pool's count.

    First those that the autoscaler has chosen and that are leaving already, then those of the fullest zones
    with the fewest pods.
    """
    zones = Counter(_zone(each) for each in nodes)
    gone: list[Object] = []
    left = list(nodes)
    while len(left) > pool.wanted:
        victim = min(left, key=lambda each: _worth(view, each, zones))
        left.remove(victim)
        zones[_zone(victim)] -= 1
        gone.append(victim)
    return gone


def _worth(view: ClusterView, each: Object, zones: Counter[str]) -> tuple[Any, ...]:
    chosen = _TO_BE_DELETED in (taint["key"] for taint in taints_of(each))
    draining = node.DRAINING in annotations_of(each)
    pods = sum(not is_of_daemon_set(pod) for pod in view.pods_by_node[name_of(each)])
    return (not chosen, not draining, -zones[_zone(each)], pods, name_of(each))


def _new(pool: Pool, nodes: list[Object], names: set[str]) -> list[tuple[int, str]]:
    """The instances to make, each with its zone: numbers that are free, zones that have the fewest nodes."""
    zones = Counter(dict.fromkeys(pool.zones, 0))
    zones.update(_zone(each) for each in nodes)
    found: list[tuple[int, str]] = []
    instance = 0
    while len(nodes) + len(found) < pool.wanted:
        if node.name(pool, instance) not in names:
            zone = min(pool.zones, key=lambda each: (zones[each], each))
            zones[zone] += 1
            found.append((instance, zone))
        instance += 1
    return found


def _settings(pool: Pool, each: Object) -> list[tuple[str, Object]]:
    """Bring the pool's labels and taints to a Node, and let pods onto it again that was to be drained."""
    annotations, taints = annotations_of(each), taints_of(each)
    wanted = node.settings(pool, _zone(each))
    metadata: Object = {"annotations": {}}
    spec: Object = {}
    if annotations.get(node.SETTINGS) != wanted:
        old, new = json.loads(annotations[node.SETTINGS]), json.loads(wanted)
        metadata["labels"] = {**dict.fromkeys(old["labels"]), **new["labels"]}
        metadata["annotations"][node.SETTINGS] = wanted
        taints = [*new["taints"], *(taint for taint in taints if _bare(taint) not in old["taints"])]
    if node.DRAINING in annotations:
        metadata["annotations"][node.DRAINING] = None
        spec["unschedulable"] = None
        taints = [taint for taint in taints if taint["key"] not in (_TO_BE_DELETED, _UNSCHEDULABLE)]
    if not metadata["annotations"]:
        return []
    # Taints are replaced as a whole: one that was added meanwhile must not be lost.
    metadata["resourceVersion"] = each["metadata"]["resourceVersion"]
    return [(f"{NODES}/{name_of(each)}", {"metadata": metadata, "spec": {**spec, "taints": taints}})]


def _offers(pool: Pool, each: Object, strategy: str | None) -> list[tuple[str, Object]]:
    """Let a Node offer what the device plugin on it finds; without the plugin none of it is left to pods."""
    offered, known = gpus.offered(pool, strategy), gpus.of(allocatable_of(each))
    wanted = {**dict.fromkeys(known, "0"), **offered}
    if wanted == known:
        return []
    capacity = {"capacity": wanted} if offered else {}
    return [(f"{NODES}/{name_of(each)}/status", {"status": {"allocatable": wanted, **capacity}})]


def _bare(taint: Object) -> Object:
    return {key: value for key, value in taint.items() if key in ("key", "value", "effect") and value != ""}


def _zone(each: Object) -> str:
    return str(labels_of(each).get(node.ZONE_LABEL) or "0")
