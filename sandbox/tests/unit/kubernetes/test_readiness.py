"""When the provider takes an object for ready, and what it says when one is not."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from sandbox.kubernetes import readiness
from sandbox.kubernetes.kinds import Kind, Object
from sandbox.kubernetes.readiness import NotReadyError

AVAILABLE = {"type": "Available", "status": "True"}
ROLLED_OUT = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}
ROLLING_OUT = {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}
UNAVAILABLE = {
    "type": "Available",
    "status": "False",
    "reason": "MinimumReplicasUnavailable",
    "message": "no",
}
ADDRESS = {"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}]}}


class _Holding:
    """An API server that holds some objects and answers each change of an object in turn."""

    def __init__(self, *objects: Object, then: tuple[Object, ...] = ()) -> None:
        self._objects = objects
        self._then = list(then)

    def list(self, kind: Kind, namespace: str | None = None, fields: str = "") -> list[Object]:
        return [obj for obj in self._objects if obj["kind"] == kind.name]

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        if self._then:
            return self._then.pop(0)
        return next((obj for obj in self.list(kind) if obj["metadata"]["name"] == name), None)


# It has those of an API server's methods that waiting needs.
Holding: Any = _Holding


def obj(
    api_version: str, kind: str, spec: Any = None, status: Any = None, generation: int = 1, **metadata: Any
) -> Object:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {
            "name": "web", "namespace": "team", "uid": "1", "generation": generation, **metadata
        },
        "spec": spec or {},
        "status": status or {},
    }  # fmt: skip


def deployment(*conditions: Object, revision: str = "1", generation: int = 1, **status: Any) -> Object:
    counts = {"observedGeneration": 1, "readyReplicas": 2, "updatedReplicas": 2}
    return obj(
        "apps/v1",
        "Deployment",
        {"replicas": 2},
        {**counts, "conditions": list(conditions), **status},
        generation,
        annotations={"deployment.kubernetes.io/revision": revision},
    )


def stateful_set(**status: Any) -> Object:
    counts = {"observedGeneration": 1, "replicas": 2, "readyReplicas": 2, "currentReplicas": 2}
    revisions = {"currentRevision": "a", "updateRevision": "a"}
    return obj("apps/v1", "StatefulSet", {"replicas": 2}, {**counts, **revisions, **status})


def daemon_set(**status: Any) -> Object:
    counts = dict.fromkeys(
        ("desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled", "numberAvailable"), 2
    )
    return obj("apps/v1", "DaemonSet", {}, {"observedGeneration": 1, **counts, "numberReady": 2, **status})


def balanced(**status: Any) -> Object:
    return obj("v1", "Service", {"type": "LoadBalancer"}, status)


READY = {
    "deployment at its first revision": deployment(AVAILABLE),
    "deployment that is rolled out": deployment(AVAILABLE, ROLLED_OUT, revision="2"),
    "stateful set": stateful_set(),
    "daemon set": daemon_set(),
    "daemon set without a node": obj(
        "apps/v1", "DaemonSet", {}, {"observedGeneration": 1, "desiredNumberScheduled": 0}
    ),
    "service with an address": balanced(**ADDRESS),
    "service in the cluster": obj("v1", "Service", {"type": "ClusterIP"}),
    "ingress with an address": obj("networking.k8s.io/v1", "Ingress", {}, ADDRESS),
    "pod that has succeeded": obj("v1", "Pod", {}, {"phase": "Succeeded"}),
    "bound claim": obj("v1", "PersistentVolumeClaim", {}, {"phase": "Bound"}),
    "quota in force": obj("v1", "ResourceQuota", {"hard": {"pods": "1"}}, {"hard": {"pods": "1"}}),
    "config map": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}},
}
UNREADY = {
    "deployment that its controller has not seen": (
        deployment(AVAILABLE, ROLLED_OUT, generation=2),
        "Minimum number of live Pods was not attained",
    ),
    "deployment that is not available": (deployment(UNAVAILABLE), "[MinimumReplicasUnavailable] no"),
    "deployment that rolls out": (
        deployment(AVAILABLE, ROLLING_OUT, revision="2"),
        "Minimum number of Pods to consider the application live was not attained",
    ),
    "deployment that scales": (
        deployment(AVAILABLE, ROLLED_OUT, revision="2", readyReplicas=1),
        "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live",
    ),
    "stateful set with too few pods": (
        stateful_set(readyReplicas=1),
        "1 out of 2 replicas succeeded readiness checks",
    ),
    "stateful set between revisions": (
        stateful_set(updateRevision="b"),
        'StatefulSet controller failed to advance from revision "a" to revision "b"',
    ),
    "daemon set with too few pods": (daemon_set(numberReady=1), "Ready: 1/2"),
    "service without an address": (
        balanced(),
        "Service was not allocated an IP address; does your cloud provider support this?",
    ),
    "claim that is not bound": (
        obj("v1", "PersistentVolumeClaim", {}, {"phase": "Pending"}),
        "PersistentVolumeClaim is not bound: its phase is Pending",
    ),
    "job that runs": (
        obj("batch/v1", "Job", {}, {"startTime": "now", "active": 1}),
        'Waiting for Job "web" to succeed (Active: 1 | Succeeded: 0 | Failed: 0)',
    ),
}


@pytest.mark.parametrize("live", READY.values(), ids=READY)
def test_an_object_is_ready(live: Object) -> None:
    assert readiness.look(live, Holding()) == []


@pytest.mark.parametrize(("live", "reason"), UNREADY.values(), ids=UNREADY)
def test_an_object_is_not_ready(live: Object, reason: str) -> None:
    assert reason in readiness.look(live, Holding())


def test_a_claim_that_waits_for_its_first_pod_is_ready() -> None:
    late = {**obj("storage.k8s.io/v1", "StorageClass"), "volumeBindingMode": "WaitForFirstConsumer"}
    claim = obj("v1", "PersistentVolumeClaim", {"storageClassName": "web"}, {"phase": "Pending"})
    assert readiness.look(claim, Holding(late)) == []


def test_a_service_waits_for_the_pods_that_it_leads_to() -> None:
    live = obj("v1", "Service", {"type": "ClusterIP", "selector": {"app": "web"}, "clusterIP": "10.0.0.9"})
    found = obj("discovery.k8s.io/v1", "EndpointSlice", labels={"kubernetes.io/service-name": "web"})
    (reason,) = readiness.look(live, Holding({**found, "endpoints": [{"conditions": {"ready": False}}]}))
    assert reason.startswith("Service does not target any Pods")
    assert readiness.look(live, Holding({**found, "endpoints": [{"conditions": {"ready": True}}]})) == []


def test_the_clusters_warnings_about_an_object_are_among_the_reasons() -> None:
    event = {
        **obj("v1", "Event"),
        "type": "Warning",
        "reason": "SyncLoadBalancerFailed",
        "message": "refused",
    }
    assert readiness.look(balanced(), Holding(event))[-1] == "[SyncLoadBalancerFailed] refused"


def test_a_job_that_has_failed_is_not_waited_for() -> None:
    failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "too often"}
    live = obj("batch/v1", "Job", {}, {"conditions": [failed]})
    with pytest.raises(NotReadyError, match="was created but failed to initialize") as error:
        readiness.wait(live, Holding(), 60, Event())
    assert error.value.reasons == ["[BackoffLimitExceeded] too often"]


def test_what_becomes_ready_is_answered_as_it_is_then() -> None:
    ready = balanced(**ADDRESS)
    assert readiness.wait(balanced(), Holding(then=(balanced(), ready)), 60, Event()) is ready


def test_waiting_ends_when_time_has_run_out() -> None:
    with pytest.raises(NotReadyError, match="'web' timed out waiting to be Ready"):
        readiness.wait(balanced(), Holding(), 0, Event())


def test_waiting_ends_when_the_run_is_cancelled() -> None:
    cancelled = Event()
    cancelled.set()
    with pytest.raises(NotReadyError, match='Resource operation was cancelled for "web"'):
        readiness.wait(balanced(), Holding(), 60, cancelled)


@pytest.mark.parametrize(
    ("annotation", "option", "seconds"),
    [(None, 0, 60), ("20", 0, 5), ("2", 0, 2), ("2", 1200, 120), ("soon", 0, 60)],
    ids=["neither", "annotation", "short one", "option", "no number"],
)
def test_a_tenth_of_the_time_is_enough(annotation: str | None, option: float, seconds: float) -> None:
    annotations = {"pulumi.com/timeoutSeconds": annotation} if annotation else {}
    assert readiness.timeout_of({"metadata": {"annotations": annotations}}, option) == seconds
