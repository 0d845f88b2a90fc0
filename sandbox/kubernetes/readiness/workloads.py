"""When Deployments, StatefulSets, DaemonSets, ReplicationControllers and Jobs are ready."""

from __future__ import annotations

from typing import Final

from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.kinds import Kind, Object
from sandbox.kubernetes.metadata import annotations_of
from sandbox.kubernetes.readiness.failure import FailedError
from sandbox.kubernetes.readiness.pods import condition, is_owned, troubles_of

_REPLICA_SET: Final = Kind("apps", "v1", "ReplicaSet")
_REVISION: Final = "deployment.kubernetes.io/revision"


def deployment(live: Object, backend: Backend) -> list[str]:
    """Why a Deployment is not available, or not yet in its newest form."""
    status = live.get("status") or {}
    if not _is_observed(live):
        return ["Minimum number of live Pods was not attained"]
    first = annotations_of(live).get(_REVISION) == "1"
    progressing = condition(live, "Progressing")
    available = condition(live, "Available").get("status") == "True"
    rolled_out = first or (
        progressing.get("status") == "True" and progressing.get("reason") == "NewReplicaSetAvailable"
    )
    wanted = live["spec"].get("replicas", 1)
    enough = min(int(status.get(field) or 0) for field in ("readyReplicas", "updatedReplicas")) >= wanted
    if available and rolled_out and enough:
        return []
    if not available:
        summary = "Minimum number of live Pods was not attained"
    elif first or not rolled_out:
        summary = "Minimum number of Pods to consider the application live was not attained"
    else:
        summary = (
            "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live"
        )
    said = [_said(condition(live, kind)) for kind in ("Available", "Progressing")]
    return [*filter(None, said), summary, *_newest_troubles(live, backend)]


def stateful_set(live: Object, backend: Backend) -> list[str]:
    """Why a StatefulSet has not all its pods ready and in their newest form."""
    status = live.get("status") or {}
    wanted = live["spec"].get("replicas", 1)
    ready = int(status.get("readyReplicas") or 0)
    on_delete = (live["spec"].get("updateStrategy") or {}).get("type") == "OnDelete"
    by_hand = on_delete and live["metadata"].get("generation", 1) > 1
    current, target = status.get("currentRevision"), status.get("updateRevision")
    counts = ("replicas", "readyReplicas") if by_hand else ("replicas", "readyReplicas", "currentReplicas")
    complete = all(int(status.get(field) or 0) == wanted for field in counts)
    up_to_date = by_hand or (bool(current) and current == target)
    if _is_observed(live) and complete and up_to_date:
        return []
    reasons = []
    if not complete or not _is_observed(live):
        reasons.append(f"{min(ready, wanted)} out of {wanted} replicas succeeded readiness checks")
    if not up_to_date:
        reasons.append(
            f'StatefulSet controller failed to advance from revision "{current or ""}" to revision'
            f' "{target or ""}"'
        )
    return [*reasons, *troubles_of(live, backend)]


def daemon_set(live: Object, backend: Backend) -> list[str]:
    """Why a DaemonSet does not have a ready, newest pod on each of its nodes."""
    status = live.get("status") or {}
    wanted = int(status.get("desiredNumberScheduled") or 0)
    if not _is_observed(live) or "desiredNumberScheduled" not in status:
        return ["DaemonSet is not yet observed by its controller"]
    for field, word in (
        ("currentNumberScheduled", "Current"),
        ("updatedNumberScheduled", "Updated"),
        ("numberAvailable", "Available"),
        ("numberReady", "Ready"),
    ):
        has = int(status.get(field) or 0)
        if has < wanted and not _is_updated_by_hand(live, field):
            return [f"{word}: {has}/{wanted}", *troubles_of(live, backend)]
    return []


def replication_controller(live: Object, backend: Backend) -> list[str]:
    """Why a ReplicationController does not have its pods."""
    wanted = live["spec"].get("replicas", 1)
    has = int((live.get("status") or {}).get("availableReplicas") or 0)
    return [] if has == wanted else [f"Available: {has}/{wanted}", *troubles_of(live, backend)]


def job(live: Object, backend: Backend) -> list[str]:
    """Why a Job has not succeeded.

    Raises:
        FailedError: it has failed.
    """
    failed = condition(live, "Failed")
    if failed.get("status") == "True":
        raise FailedError([_said(failed), *troubles_of(live, backend)])
    status = live.get("status") or {}
    if condition(live, "Complete").get("status") == "True":
        return []
    name = live["metadata"]["name"]
    counts = " | ".join(
        f"{word}: {status.get(word.lower()) or 0}" for word in ("Active", "Succeeded", "Failed")
    )
    if not status.get("startTime"):
        return [f'Waiting for Job "{name}" to start', *troubles_of(live, backend)]
    return [f'Waiting for Job "{name}" to succeed ({counts})', *troubles_of(live, backend)]


def _is_observed(live: Object) -> bool:
    generation = int(live["metadata"].get("generation") or 0)
    return int((live.get("status") or {}).get("observedGeneration") or 0) >= generation


def _is_updated_by_hand(live: Object, field: str) -> bool:
    strategy = (live["spec"].get("updateStrategy") or {}).get("type")
    return field == "updatedNumberScheduled" and strategy == "OnDelete"


def _said(found: Object) -> str:
    if not found or (found.get("status") == "True" and found.get("type") != "Failed"):
        return ""
    return f"[{found.get('reason')}] {found.get('message')}"


def _newest_troubles(live: Object, backend: Backend) -> list[str]:
    revision = annotations_of(live).get(_REVISION)
    for replica_set in backend.list(_REPLICA_SET, live["metadata"]["namespace"]):
        owned = is_owned(replica_set, live["metadata"]["uid"])
        if owned and annotations_of(replica_set).get(_REVISION) == revision:
            return troubles_of(replica_set, backend)
    return []
