"""Which clusters' control planes are started, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.azure.cloud import Cloud, Resource
from sandbox.clusters import api_server
from sandbox.clusters.endpoint import Endpoint
from sandbox.engine.directory import CLOUD_FILE

ENDPOINT = Endpoint("https://127.0.0.1:1", Path("ca.crt"), "token", Path("kubeconfig"))


def cluster(name: str, **properties: Any) -> Resource:
    kind = "Microsoft.ContainerService/managedClusters"
    resource_id = f"/subscriptions/0/resourceGroups/rg/providers/{kind}/{name}"
    return Resource(id=resource_id, type=kind, name=name, properties=properties)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The name and the service range of every cluster that was started; `running` runs already."""
    started: list[tuple[str, str]] = []

    class ControlPlane:
        def __init__(self, root: Path, cluster_id: str) -> None:
            self.cluster_id = cluster_id

        def ensure(self, service_cidr: str) -> Endpoint:
            started.append((self.cluster_id.rpartition("/")[2], service_cidr))
            return ENDPOINT

        def running(self) -> Endpoint | None:
            return ENDPOINT if self.cluster_id.endswith("/running") else None

    known = [ControlPlane(Path(), cluster(name).id) for name in ("built", "running", "other", "gone")]
    monkeypatch.setattr(api_server, "ControlPlane", ControlPlane)
    monkeypatch.setattr(api_server, "all_of", lambda root: known)
    monkeypatch.setattr(api_server.add_ons, "install", lambda endpoint, cluster: None)
    return started


def test_an_api_server_has_the_clusters_service_range(tmp_path: Path, started: list[tuple[str, str]]) -> None:
    ours = cluster("built", networkProfile={"serviceCidr": "10.9.0.0/16"})
    assert api_server.ensure(tmp_path, ours) == ENDPOINT
    assert api_server.ensure(tmp_path, cluster("other")) == ENDPOINT
    both = cluster("gone", networkProfile={"serviceCidrs": ["10.9.0.0/16", "fd00:db8::/108"]})
    assert api_server.ensure(tmp_path, both) == ENDPOINT
    assert started == [
        ("built", "10.9.0.0/16"),
        ("other", "10.0.0.0/16"),
        ("gone", "10.9.0.0/16,fd00:db8::/108"),
    ]


def test_a_stopped_cluster_is_not_started(tmp_path: Path, started: list[tuple[str, str]]) -> None:
    assert api_server.ensure(tmp_path, cluster("built", powerState={"code": "Stopped"})) is None
    assert started == []


def test_a_command_finds_the_clusters_of_its_stacks_state_running(
    tmp_path: Path, started: list[tuple[str, str]]
) -> None:
    with Cloud.open(tmp_path / CLOUD_FILE) as cloud:
        for name in ("built", "running", "other"):
            cloud.put(cluster(name))
    state = " ".join(f'"{cluster(name).id}"' for name in ("built", "running", "gone"))
    assert api_server.ensure_known(tmp_path, state) == []
    assert started == [], "a state without objects in a cluster needs none"
    assert api_server.ensure_known(tmp_path, f'{state} "kubernetes:apps/v1:Deployment"') == []
    assert [name for name, _ in started] == ["built"], (
        "neither what runs, nor another stack's, nor what is gone"
    )


def test_a_cluster_whose_control_plane_is_gone_is_told(
    tmp_path: Path, started: list[tuple[str, str]]
) -> None:
    lost = cluster("lost")
    with Cloud.open(tmp_path / CLOUD_FILE) as cloud:
        cloud.put(lost)
    assert api_server.ensure_known(tmp_path, f'"{lost.id}" "kubernetes:core/v1:Namespace"') == [lost.id]
    assert started == []
