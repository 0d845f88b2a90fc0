"""The cloud's half of a managed cluster: keeps the API server what the simulated cloud says, and back."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final

from sandbox.azure.cloud import Cloud, Resource
from sandbox.clusters import add_ons, api
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.load_balancers import ingresses
from sandbox.clusters.load_balancers.services import LoadBalancers
from sandbox.clusters.managed_cluster import OWN_NETWORK, is_dual_stack, nodes_subnet_id, ranges_of
from sandbox.clusters.nodes import autoscaler, drain, mirror
from sandbox.clusters.nodes.cluster_view import ClusterView
from sandbox.clusters.nodes.collection import Collection
from sandbox.clusters.nodes.pools import DEFAULT_DRAIN_SECONDS, Pool, pools_of, write
from sandbox.clusters.objects import Object, labels_of, name_of, taints_of
from sandbox.engine.directory import CLOUD_FILE

_POLL_SECONDS: Final = 0.3
_SETTLE_SECONDS: Final = 0.1
_RESTART_SECONDS: Final = 1.0
_COLLECTIONS: Final = (api.NODES, api.PODS, api.SERVICES, api.DAEMON_SETS, api.INGRESSES, api.INGRESS_CLASSES)

# Another write came first, or the object is gone: the next round looks again.
_OVERTAKEN: Final = (404, 409)


def run(endpoint: Endpoint, root: Path, cluster_id: str, stopping: threading.Event) -> None:
    """Keep nodes, load balancers and add-ons of a cluster as the cloud has them, until *stopping* is set.

    Args:
        endpoint: the cluster's API server, which is ready.
        root: the sandbox's directory.
        cluster_id: the cluster's Azure id.
        stopping: ends it.
    """
    file = root / CLOUD_FILE
    # Without a cloud there are no nodes, and opening the file would create one.
    while not file.exists():
        if stopping.wait(_POLL_SECONDS):
            return
    server, changed = api.Api(endpoint), threading.Event()
    collections = {path: Collection(server, path, changed) for path in _COLLECTIONS}
    while not stopping.is_set():
        try:
            with Cloud.open(file) as cloud:
                cluster = _Cluster(server, cloud, cluster_id, collections, LoadBalancers(server, cloud))
                cluster.run(changed, stopping)
        except Exception:  # noqa: BLE001 - whatever it is, the nodes must not stay behind for good.
            traceback.print_exc()
        stopping.wait(_RESTART_SECONDS)


@dataclass
class _Cluster:
    server: api.Api
    cloud: Cloud
    cluster_id: str
    collections: dict[str, Collection]
    load_balancers: LoadBalancers
    idleness: autoscaler.Idleness = field(default_factory=autoscaler.Idleness)
    deadlines: dict[str, float] = field(default_factory=dict)
    equipped: str = ""

    def run(self, changed: threading.Event, stopping: threading.Event) -> None:
        seen, again = None, True
        while not stopping.is_set():
            woken = changed.wait(_POLL_SECONDS)
            stamp = _stamp(self.cloud)
            if not (woken or again or stamp != seen):
                continue
            # One change comes in many events.
            if stopping.wait(_SETTLE_SECONDS):
                return
            changed.clear()
            seen = stamp
            again = self.sync(stamp)

    def sync(self, stamp: object) -> bool:
        """Do one round; whether another is needed even if nothing changes."""
        cluster = self.cloud.get(self.cluster_id)
        again = False
        if cluster is not None and self.equipped != cluster.created_at:
            add_ons.install_system_pods(self.server, cluster)
            self.equipped = cluster.created_at
        for step in (self._nodes, self._services):
            try:
                again |= step(cluster, stamp)
            except api.ApiError as error:
                if error.status not in _OVERTAKEN:
                    print(error, file=sys.stderr, flush=True)
                again = True
        return again

    def _nodes(self, cluster: Resource | None, _stamp: object) -> bool:
        view = self._view(cluster)
        again = self._scale(view, cluster)
        changes = mirror.changes(view, _ranges(cluster, self.cloud))
        for manifest in changes.create:
            self.server.create_if_missing(api.NODES, manifest)
        for path, patch in changes.patch:
            with api.tolerated(*_OVERTAKEN):
                self.server.patch(path, patch)
        return self._remove(view, changes.remove) or again

    def _scale(self, view: ClusterView, cluster: Resource | None) -> bool:
        """Write into the cloud what the autoscaler decides; whether a node may go soon."""
        added = autoscaler.additions(view)
        idle = autoscaler.unneeded(view)
        patience = autoscaler.unneeded_seconds(cluster.properties if cluster else {})
        over = self.idleness.over(idle, time.monotonic(), patience)
        for pool in view.pools:
            names = {name_of(each) for each in view.nodes_of(pool)}
            leaving = [] if pool.name in added else [each for each in over if name_of(each) in names]
            count = pool.wanted + added.get(pool.name, 0) - len(leaving)
            for each in leaving:
                self._mark(each)
            if count != pool.count and not pool.deleting and pool.autoscaled:
                write(self.cloud, pool, {"count": count})
        return bool(idle or view.pending)

    def _mark(self, each: Object) -> None:
        """Keep pods from a node that the autoscaler removes, and have this one go and no other."""
        others = [taint for taint in taints_of(each) if taint["key"] != mirror.TO_BE_DELETED["key"]]
        version = each["metadata"]["resourceVersion"]
        patch = {
            "metadata": {"resourceVersion": version},
            "spec": {"taints": [*others, mirror.TO_BE_DELETED]},
        }
        self.server.patch(f"{api.NODES}/{name_of(each)}", patch)

    def _remove(self, view: ClusterView, nodes: list[Object]) -> bool:
        """Drain nodes and delete those that are empty, or whose time is over; whether any is left."""
        names = {name_of(each) for each in nodes}
        self.deadlines = {name: until for name, until in self.deadlines.items() if name in names}
        for each in nodes:
            name = name_of(each)
            with api.tolerated(*_OVERTAKEN):
                drain.cordon(self.server, each)
            until = self.deadlines.setdefault(name, time.monotonic() + _drain_seconds(view.pools, each))
            left = drain.evict(self.server, view.pods_by_node[name])
            if not left or time.monotonic() > until:
                drain.remove(self.server, name)
        return bool(nodes)

    def _services(self, cluster: Resource | None, stamp: object) -> bool:
        services = self.collections[api.SERVICES].objects()
        again = self.load_balancers.sync(cluster, services, stamp)
        classes = self.collections[api.INGRESS_CLASSES].objects()
        ingresses.sync(self.server, self.collections[api.INGRESSES].objects(), classes, services)
        return again

    def _view(self, cluster: Resource | None) -> ClusterView:
        return ClusterView(
            pools_of(self.cloud, cluster),
            *(self.collections[path].objects() for path in (api.NODES, api.PODS, api.DAEMON_SETS)),
        )


def _drain_seconds(pools: list[Pool], each: Object) -> float:
    """How long a node may take to drain; AKS' default if its pool is gone."""
    agent_pool = labels_of(each).get("agentpool")
    return next((pool.drain_seconds for pool in pools if pool.name == agent_pool), DEFAULT_DRAIN_SECONDS)


def _ranges(cluster: Resource | None, cloud: Cloud) -> list[IPv4Network | IPv6Network]:
    """Where the addresses of nodes come from: the subnet of the first pool, or that of AKS' own network."""
    subnet = cloud.get(nodes_subnet_id(cluster) or "") if cluster else None
    if cluster is None or subnet is None:
        return [OWN_NETWORK]
    families = ("IPv4", "IPv6") if is_dual_stack(cluster) else ("IPv4",)
    ranges = ranges_of(subnet)
    return [ranges[family] for family in families]


def _stamp(cloud: Cloud) -> object:
    """What changes with every write to the cloud, by this process or another."""
    return cloud.execute("PRAGMA data_version"), cloud.execute("SELECT total_changes()")
