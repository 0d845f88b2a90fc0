from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.cloud import Cloud, Resource
from sandbox.kubernetes.cloud_backend import CloudClusters
from sandbox.kubernetes.provider import KubernetesProvider
from tests.unit.sandbox.kubernetes.driver import (
    IDENTITY_ID,
    PRINCIPAL,
    SUBNET_ID,
    AbortedError,
    Driver,
    RecordingLog,
    kubeconfig,
    put_cluster,
)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with Cloud.open(tmp_path / "cloud.sqlite") as opened:
        put_cluster(opened)
        opened.put(
            Resource(
                id=IDENTITY_ID,
                type="Microsoft.ManagedIdentity/userAssignedIdentities",
                name="id-aks",
                location="westeurope",
                properties={"principalId": PRINCIPAL},
            )
        )
        opened.put(
            Resource(
                id=SUBNET_ID,
                type="Microsoft.Network/virtualNetworks/subnets",
                name="nodes",
                properties={"addressPrefix": "10.224.0.0/24"},
            )
        )
        yield opened


@pytest.fixture
def unconfigured(cloud: Cloud, tmp_path: Path) -> Driver:
    log = RecordingLog()
    return Driver(cloud, KubernetesProvider(CloudClusters(tmp_path / "cloud.sqlite"), log), log)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the provider would have waited."""
    seconds: list[float] = []
    monkeypatch.setattr("sandbox.kubernetes.resources.sleep", seconds.append)
    return seconds


@pytest.fixture
def engine(unconfigured: Driver) -> Driver:
    unconfigured.configure(kubeconfig=kubeconfig())
    return unconfigured


@pytest.fixture
def refusal(engine: Driver) -> Callable[[str, dict[str, Any]], str]:
    """What the API server says to a manifest that it refuses."""

    def ask(type_token: str, inputs: dict[str, Any]) -> str:
        with pytest.raises(AbortedError) as error:
            engine.make(type_token, "it", inputs)
        return str(error.value).partition("by the Kubernetes API server: ")[2] or str(error.value)

    return ask
