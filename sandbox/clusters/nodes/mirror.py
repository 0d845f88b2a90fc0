"""Which Nodes are to be made, changed and removed so that they are what Azure's pools are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any, Final

from sandbox.clusters.load_balancers.free_address import first_free
from sandbox.clusters.metadata import Object, annotations_of, labels_of
from sandbox.clusters.nodes import gpus, node
from sandbox.clusters.nodes.cluster_view import ClusterView, belongs, is_ours
from sandbox.clusters.nodes.pods import is_of_daemon_set
from sandbox.clusters.nodes.pools import Pool

_TO_BE_DELETED: Final = "ToBeDeletedByClusterAutoscaler"
TO_BE_DELETED: Final[Object] = {"key": _TO_BE_DELETED, "effect": "NoSchedule"}
"""The taint that the autoscaler puts on a node that it is about to remove."""


@dataclass
class Changes:
    """What has to be done.

    Attributes:
        create: manifests of new Nodes.
        remove: Nodes that go, once they are drained.
        patch: pairs of a Node and what is merged into it.
        patch_status: the same of its status.
    """

    create: list[Object] = field(default_factory=list)
    remove: list[Object] = field(default_factory=list)
    patch: list[tuple[Object, Object]] = field(default_factory=list)
    patch_status: list[tuple[Object, Object]] = field(default_factory=list)


def changes(view: ClusterView, subnet: IPv4Network) -> Changes:
    """What the nodes lack to be the pools'. Nodes that somebody else has made are left alone.

    Args:
        view: the cluster.
        subnet: where the addresses of new nodes come from.
    """
    found = Changes()
    strategies = gpus.strategies(view.pods)
    taken = {address["address"] for each in view.nodes for address in each["status"].get("addresses") or []}
    for pool in view.pools:
        nodes = view.nodes_of(pool)
        if pool.deleting:
            continue
        found.remove += _surplus(view, pool, nodes)
        leaving = {each["metadata"]["name"] for each in found.remove}
        for each in nodes:
            if each["metadata"]["name"] not in leaving:
                _settings(pool, each, found)
        names = {each["metadata"]["name"] for each in view.nodes}
        for instance, zone in _new(pool, nodes, names):
            address = first_free(subnet, taken, skip=0)
            taken.add(address)
            found.create.append(node.manifest(pool, instance, zone, address))
    for pool in view.pools:
        for each in view.nodes_of(pool):
            _offers(pool, each, strategies.get(each["metadata"]["name"]), found)
    found.remove += [
        each for each in view.nodes if is_ours(each) and not any(belongs(each, pool) for pool in view.pools)
    ]
    return found


def without_taint(each: Object, key: str) -> list[Object]:
    """The taints of a Node but those with a key."""
    return [taint for taint in (each.get("spec") or {}).get("taints") or [] if taint["key"] != key]


def _surplus(view: ClusterView, pool: Pool, nodes: list[Object]) -> list[Object]:
    """The nodes above the pool's count.

    At first those that the autoscaler has chosen and that leave already, then those of the fullest zones with
    the fewest pods.
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
    taints = [taint["key"] for taint in (each.get("spec") or {}).get("taints") or []]
    draining = node.DRAINING in annotations_of(each)
    name = each["metadata"]["name"]
    pods = sum(not is_of_daemon_set(pod) for pod in view.pods_by_node[name])
    return (_TO_BE_DELETED not in taints, not draining, -zones[_zone(each)], pods, name)


def _new(pool: Pool, nodes: list[Object], names: Iterable[str]) -> list[tuple[int, str]]:
    """The instances to make, each with its zone: numbers that are free, zones that have the fewest nodes."""
    names = set(names)
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


def _settings(pool: Pool, each: Object, found: Changes) -> None:
    """Bring the pool's labels and taints to a Node, and let pods onto it again that was to be drained."""
    metadata, spec = each["metadata"], each.get("spec") or {}
    annotations = annotations_of(each)
    wanted = node.settings(pool, _zone(each))
    patch: Object = {}
    if annotations.get(node.SETTINGS) != wanted:
        old, new = json.loads(annotations[node.SETTINGS]), json.loads(wanted)
        others = [taint for taint in spec.get("taints") or [] if _bare(taint) not in old["taints"]]
        patch = {
            "metadata": {
                "labels": {**dict.fromkeys(old["labels"]), **new["labels"]},
                "annotations": {node.SETTINGS: wanted},
            },
            "spec": {"taints": [*new["taints"], *others]},
        }
    if node.DRAINING in annotations:
        patch.setdefault("metadata", {}).setdefault("annotations", {})[node.DRAINING] = None
        patch.setdefault("spec", {})["unschedulable"] = None
        patch["spec"]["taints"] = [
            taint
            for taint in patch["spec"].get("taints", spec.get("taints") or [])
            if taint["key"] not in (_TO_BE_DELETED, "node.kubernetes.io/unschedulable")
        ]
    if patch:
        # Taints are set whole: somebody else's that came meanwhile must not be lost.
        patch["metadata"]["resourceVersion"] = metadata["resourceVersion"]
        found.patch.append((each, patch))


def _offers(pool: Pool, each: Object, strategy: str | None, found: Changes) -> None:
    """Let a Node offer what the device plugin on it finds; without the plugin none of it is left to pods."""
    status = each["status"]
    offered = gpus.offered(pool, strategy)
    known = {key for key in status.get("allocatable") or {} if key.startswith("nvidia.com/")}
    wanted = {**dict.fromkeys(known, "0"), **offered}
    if any((status.get("allocatable") or {}).get(key) != amount for key, amount in wanted.items()):
        patch: Object = {"status": {"allocatable": wanted}}
        if offered:
            patch["status"]["capacity"] = wanted
        found.patch_status.append((each, patch))


def _bare(taint: Object) -> Object:
    return {key: value for key, value in taint.items() if key in ("key", "value", "effect") and value != ""}


def _zone(each: Object) -> str:
    return str(labels_of(each).get(node.ZONE_LABEL) or "0")
