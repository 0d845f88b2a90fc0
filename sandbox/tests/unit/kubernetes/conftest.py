from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.azure.cloud import Cloud, Resource
from sandbox.kubernetes.api_server_clusters import ApiServerClusters
from sandbox.kubernetes.provider import KubernetesProvider
from sandbox.tests.unit.kubernetes.driver import (
    IDENTITY_ID,
    PRINCIPAL,
    SUBNET_ID,
    Driver,
    RecordingLog,
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
    return Driver(cloud, KubernetesProvider(ApiServerClusters(tmp_path), log), log)
