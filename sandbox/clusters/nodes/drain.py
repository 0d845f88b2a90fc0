"""Draining nodes as AKS does: cordon, evict by the eviction API, which heeds disruption budgets, then delete.

Source: https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling and resize-node-pool;
https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sandbox.azure.cloud import Cloud
from sandbox.azure.refusal import Refusal
from sandbox.clusters.api import NODES, PODS, Api, ApiError
from sandbox.clusters.control_plane import ControlPlane
from sandbox.clusters.nodes import node
from sandbox.clusters.nodes.pools import DELETING, Pool, pool_of, write
from sandbox.clusters.objects import (
    Object,
    annotations_of,
    has_ended,
    is_of_daemon_set,
    name_of,
    path_of,
    place_of,
)

_POLL_SECONDS: Final = 0.2
_MIRROR: Final = "kubernetes.io/config.mirror"
_HELP: Final = "https://aka.ms/aks/debugdrainfailures"


def cordon(api: Api, each: Object) -> None:
    """Let no more pods onto a Node."""
    if node.DRAINING not in annotations_of(each):
        patch = {"metadata": {"annotations": {node.DRAINING: "true"}}, "spec": {"unschedulable": True}}
        api.patch(f"{NODES}/{name_of(each)}", patch)


def evict(api: Api, pods: Iterable[Object]) -> dict[str, str]:
    """Ask the API server to evict pods of a node; those of daemon sets, and those that have ended, stay.

    Returns those that are still there and have to leave, as namespace/name, each with the reason why the API
    server does not let it go; that is empty for a pod that is about to end.
    """
    left: dict[str, str] = {}
    for pod in filter(_has_to_leave, pods):
        namespace, name = place_of(pod)
        left[f"{namespace}/{name}"] = ""
        if pod["metadata"].get("deletionTimestamp"):
            continue
        metadata = {"name": name, "namespace": namespace}
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
        try:
            api.create(f"{path_of(pod, PODS)}/eviction", eviction)
        except ApiError as error:
            if error.status == 404:
                del left[f"{namespace}/{name}"]
            elif error.status in (429, 500):
                left[f"{namespace}/{name}"] = _why(error.answer)
            else:
                raise
    return left


def remove(api: Api, name: str) -> None:
    """Delete a Node, and the pods that are still on it: no kubelet is left to end them.

    In a cluster the pod garbage collector does the latter, up to a minute later.
    """
    api.delete(f"{NODES}/{name}")
    for pod in api.get(f"{PODS}?fieldSelector=spec.nodeName%3D{name}")["items"]:
        api.delete(path_of(pod, PODS), at_once=True)


def drain(root: Path, cloud: Cloud, pool_id: str) -> None:
    """Empty an agent pool that Azure is about to delete, and delete its Nodes; returns when that is done.

    Does nothing where the cluster's control plane does not run. The pool's provisioning state is `Deleting`
    meanwhile, and `Failed` afterwards where it cannot be emptied; its nodes take pods again then.

    Args:
        root: the sandbox's directory.
        cloud: its simulated cloud, outside of any transaction.
        pool_id: the pool's Azure id.

    Raises:
        Refusal: `PodDrainFailure`, a pod could not be evicted within the pool's drain timeout.
    """
    endpoint = ControlPlane(root, pool_id.split("/agentPools/", maxsplit=1)[0]).running()
    pool = pool_of(cloud, pool_id)
    if endpoint is None or pool is None:
        return
    write(cloud, pool, {"provisioningState": DELETING})
    try:
        _drain(Api(endpoint), pool)
    except BaseException:
        write(cloud, pool, {"provisioningState": "Failed"})
        raise


def _drain(api: Api, pool: Pool) -> None:
    deadline = time.monotonic() + pool.drain_seconds
    names: set[str] = set()
    while True:
        nodes = [each for each in api.get(NODES)["items"] if node.belongs(each, pool)]
        for each in nodes:
            cordon(api, each)
        names |= {name_of(each) for each in nodes}
        pods = [pod for pod in api.get(PODS)["items"] if pod["spec"].get("nodeName") in names]
        left = evict(api, pods)
        if not left:
            break
        if time.monotonic() > deadline:
            raise _failure(pods, left)
        time.sleep(_POLL_SECONDS)
    for name in sorted(names):
        remove(api, name)


def _failure(pods: list[Object], left: dict[str, str]) -> Refusal:
    pod, reason = max(left.items(), key=lambda each: bool(each[1]))
    on = next(each["spec"]["nodeName"] for each in pods if "/".join(place_of(each)) == pod)
    return Refusal(
        400,
        "PodDrainFailure",
        f"Drain node {on} failed when evicting pod {pod} with Too Many Requests error. This is often"
        f" caused by a restrictive Pod Disruption Budget (PDB) policy. See {_HELP}. Original error:"
        f" {reason or 'the pod has not ended in time'}",
    )


def _has_to_leave(pod: Object) -> bool:
    return not (_MIRROR in annotations_of(pod) or is_of_daemon_set(pod) or has_ended(pod))


def _why(status: Object) -> str:
    causes = (status.get("details") or {}).get("causes") or []
    return " ".join(str(each.get("message") or "") for each in [status, *causes])
