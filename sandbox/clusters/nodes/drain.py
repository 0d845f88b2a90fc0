"""Draining nodes as AKS does: cordon, evict by the eviction API, which heeds disruption budgets, then delete.

Source: https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling and resize-node-pool;
https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandbox.azure.refusal import Refusal
from sandbox.clusters.metadata import annotations_of
from sandbox.clusters.nodes.pods import has_ended, is_of_daemon_set

if TYPE_CHECKING:
    from sandbox.azure.cloud import Cloud
    from sandbox.clusters.nodes.api import Api, Object
    from sandbox.clusters.nodes.pools import Pool

SECONDS_PER_MINUTE: Final = 1.0
"""A minute of Azure's drain timeout is a second here."""

_POLL_SECONDS: Final = 0.2
_MIRROR: Final = "kubernetes.io/config.mirror"
_HELP: Final = "https://aka.ms/aks/debugdrainfailures"


@dataclass
class Round:
    """What one attempt to empty a node has found.

    Attributes:
        left: the pods that are still there and have to leave, as namespace/name.
        refused: why the API server let none of these go, by the same names.
    """

    left: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def cordon(api: Api, each: Object) -> None:
    """Let no more pods onto a Node."""
    from sandbox.clusters.nodes import node  # noqa: PLC0415 - see drain
    from sandbox.clusters.nodes.api import NODES  # noqa: PLC0415

    if node.DRAINING not in annotations_of(each):
        patch = {"metadata": {"annotations": {node.DRAINING: "true"}}, "spec": {"unschedulable": True}}
        api.patch(f"{NODES}/{each['metadata']['name']}", patch)


def evict(api: Api, pods: Iterable[Object]) -> Round:
    """Ask the API server to evict pods of a node; those of daemon sets, and those that have ended, stay."""
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 - see drain

    from sandbox.clusters.nodes.api import said  # noqa: PLC0415

    found = Round()
    for pod in pods:
        if not _has_to_leave(pod):
            continue
        metadata = pod["metadata"]
        name = f"{metadata['namespace']}/{metadata['name']}"
        found.left.append(name)
        if metadata.get("deletionTimestamp"):
            continue
        eviction = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": metadata["name"], "namespace": metadata["namespace"]},
        }
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/eviction"
        try:
            api.create(path, eviction)
        except ApiException as error:
            if error.status == 404:
                found.left.remove(name)
            elif error.status in (429, 500):
                found.refused[name] = _why(said(error))
            else:
                raise
    return found


def remove(api: Api, name: str) -> None:
    """Delete a Node, and the pods that are still on it: no kubelet is left to end them.

    In a cluster the pod garbage collector does the latter, up to a minute later.
    """
    from sandbox.clusters.nodes.api import NODES, PODS  # noqa: PLC0415 - see drain

    api.delete(f"{NODES}/{name}")
    for pod in api.get(f"{PODS}?fieldSelector=spec.nodeName%3D{name}")["items"]:
        metadata = pod["metadata"]
        api.delete(f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}", at_once=True)


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
    from sandbox.clusters.control_plane import ControlPlane  # noqa: PLC0415

    endpoint = ControlPlane(root, pool_id.split("/agentPools/", maxsplit=1)[0]).running()
    if endpoint is None:
        return
    # Imported here: where no control plane runs, their half a second is not worth it.
    from sandbox.clusters.nodes.api import Api  # noqa: PLC0415
    from sandbox.clusters.nodes.pools import DELETING, pool_of, write  # noqa: PLC0415

    pool = pool_of(cloud, pool_id)
    if pool is None:
        return
    write(cloud, pool, {"provisioningState": DELETING})
    try:
        _drain(Api(endpoint), pool)
    except BaseException:
        write(cloud, pool, {"provisioningState": "Failed"})
        raise


def _drain(api: Api, pool: Pool) -> None:
    from sandbox.clusters.nodes.api import NODES, PODS  # noqa: PLC0415
    from sandbox.clusters.nodes.cluster_view import belongs  # noqa: PLC0415

    deadline = time.monotonic() + pool.drain_minutes * SECONDS_PER_MINUTE
    names: set[str] = set()
    while True:
        nodes = [each for each in api.get(NODES)["items"] if belongs(each, pool)]
        for each in nodes:
            cordon(api, each)
        names |= {each["metadata"]["name"] for each in nodes}
        pods = [pod for pod in api.get(PODS)["items"] if pod["spec"].get("nodeName") in names]
        found = evict(api, pods)
        if not found.left:
            break
        if time.monotonic() > deadline:
            raise _failure(pods, found)
        time.sleep(_POLL_SECONDS)
    for name in sorted(names):
        remove(api, name)


def _failure(pods: list[Object], found: Round) -> Refusal:
    name = next(iter(found.refused), found.left[0])
    node = next(
        pod["spec"]["nodeName"]
        for pod in pods
        if f"{pod['metadata']['namespace']}/{pod['metadata']['name']}" == name
    )
    reason = found.refused.get(name, "the pod has not ended in time")
    return Refusal(
        400,
        "PodDrainFailure",
        f"Drain node {node} failed when evicting pod {name} with Too Many Requests error. This is often"
        f" caused by a restrictive Pod Disruption Budget (PDB) policy. See {_HELP}. Original error: {reason}",
    )


def _has_to_leave(pod: Object) -> bool:
    return not (_MIRROR in annotations_of(pod) or is_of_daemon_set(pod) or has_ended(pod))


def _why(status: Object) -> str:
    causes = ((status.get("details") or {}).get("causes")) or []
    return " ".join(
        [str(status.get("message") or ""), *(str(cause.get("message") or "") for cause in causes)]
    )
