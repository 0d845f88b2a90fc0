"""A control plane for all tests of a process, and a namespace of its own for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.clusters.commands import FAKE_NODE
from sandbox.clusters.control_plane import ControlPlane
from sandbox.kubernetes.api_server_backend import ApiServerBackend
from sandbox.kubernetes.api_server_clusters import ApiServerClusters
from sandbox.kubernetes.kinds import Kind
from sandbox.kubernetes.kubeconfig import ClusterEntry
from sandbox.kubernetes.provider import KubernetesProvider
from sandbox.tests.unit.kubernetes.driver import (
    CLUSTER_ID,
    HOST,
    AbortedError,
    Driver,
    RecordingLog,
    kubeconfig,
    put_cluster,
)

REPLICA_SET = Kind("apps", "v1", "ReplicaSet")


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("sandbox")
    with Cloud.open(root / "cloud.sqlite") as cloud:
        put_cluster(cloud, agentPoolProfiles=[])
    yield root
    ControlPlane(root, CLUSTER_ID).remove()


@pytest.fixture(scope="session")
def clusters(root: Path) -> ApiServerClusters:
    return ApiServerClusters(root)


@pytest.fixture(scope="session")
def server(clusters: ApiServerClusters) -> ApiServerBackend:
    """The API server, asked past the provider, with a node whose pods run at once."""
    server = clusters.connect(ClusterEntry(server=f"https://{HOST}:443", fields=""))
    make_node(server)
    return server


def make_node(server: ApiServerBackend) -> None:
    """Let pods run at once, on a node of no pool."""
    room = {"cpu": "320", "memory": "640Gi", "pods": "2000"}
    labels = {"kubernetes.io/os": "linux", "topology.kubernetes.io/zone": "westeurope-1"}
    metadata = {"name": "test-node", "labels": labels, "annotations": dict([FAKE_NODE])}
    status = {"allocatable": room, "capacity": room}
    server.create({"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": status}, "tests")


def ready_replicas(server: ApiServerBackend, namespace: str) -> int:
    """How many pods of the one Deployment of a namespace are ready.

    Asked of the ReplicaSet, for which Helm waits: a Deployment counts its ready pods a moment later.
    """
    (replica_set,) = server.list(REPLICA_SET, namespace)
    return replica_set["status"].get("readyReplicas", 0)


@pytest.fixture
def namespace(server: ApiServerBackend) -> str:
    """A namespace of the test's own. It stays: to delete one, Kubernetes asks for every kind there is."""
    name = f"test-{uuid4().hex[:8]}"
    server.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, "tests")
    return name


@pytest.fixture
def engine(root: Path, clusters: ApiServerClusters, namespace: str) -> Iterator[Driver]:
    log = RecordingLog()
    with Cloud.open(root / "cloud.sqlite") as cloud:
        driver = Driver(cloud, KubernetesProvider(clusters, log), log, namespace)
        driver.configure(kubeconfig=kubeconfig(namespace=namespace))
        yield driver


@pytest.fixture
def refusal(engine: Driver) -> Callable[[str, dict[str, Any]], str]:
    """What the API server says to a manifest that it refuses."""

    def ask(type_token: str, inputs: dict[str, Any]) -> str:
        with pytest.raises(AbortedError) as error:
            engine.make(type_token, "it", inputs)
        return str(error.value).partition("by the Kubernetes API server: ")[2] or str(error.value)

    return ask
