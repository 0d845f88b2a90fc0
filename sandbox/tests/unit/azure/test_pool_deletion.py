"""What Azure does before an agent pool is gone: its nodes are emptied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.azure.cloud import Cloud, Resource
from sandbox.azure.refusal import Refusal
from sandbox.azure.resource_manager import ResourceManager
from sandbox.tests.unit.azure.conftest import SUBSCRIPTION_ID

CLUSTER = (
    f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg/providers/Microsoft.ContainerService"
    "/managedClusters/aks"
)
POOL_TYPE = "Microsoft.ContainerService/managedClusters/agentPools"
SYSTEM, USER = f"{CLUSTER}/agentPools/system", f"{CLUSTER}/agentPools/user"


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with Cloud.open(tmp_path / "cloud.sqlite") as opened:
        opened.put(Resource(id=CLUSTER, type=POOL_TYPE.rpartition("/")[0], name="aks", location="westeurope"))
        for pool_id, mode in ((SYSTEM, "System"), (USER, "User")):
            properties = {"mode": mode, "count": 1, "vmSize": "Standard_D4ds_v5"}
            name = pool_id.rpartition("/")[2]
            opened.put(Resource(id=pool_id, type=POOL_TYPE, name=name, properties=properties))
        yield opened


def _manager(cloud: Cloud, drain: Callable[[str], None]) -> ResourceManager:
    return ResourceManager(cloud, SUBSCRIPTION_ID, "", drain=drain)


def test_a_pool_is_drained_while_it_is_there_and_others_may_write(cloud: Cloud, tmp_path: Path) -> None:
    drained: list[str] = []

    def drain(pool_id: str) -> None:
        assert cloud.get(pool_id) is not None
        with Cloud.open(tmp_path / "cloud.sqlite", lock_timeout_seconds=0.1) as other:
            other.delete("/subscriptions/none")
        drained.append(pool_id)

    _manager(cloud, drain).delete(USER.upper())
    assert drained == [USER]
    assert cloud.get(USER) is None


def test_a_pool_that_cannot_be_drained_stays(cloud: Cloud) -> None:
    def drain(_: str) -> None:
        raise Refusal(400, "PodDrainFailure", "no")

    with pytest.raises(Refusal):
        _manager(cloud, drain).delete(USER)
    assert cloud.get(USER) is not None


def test_a_pool_that_may_not_be_deleted_is_not_drained(cloud: Cloud) -> None:
    drained: list[str] = []
    with pytest.raises(Refusal):
        _manager(cloud, drained.append).delete(SYSTEM)
    assert drained == []


def test_nothing_else_is_drained(cloud: Cloud) -> None:
    drained: list[str] = []
    _manager(cloud, drained.append).delete(f"{CLUSTER}/agentPools/none")
    assert drained == []


def test_the_cluster_shows_the_pools_that_are_left(cloud: Cloud) -> None:
    cluster = cloud.get(CLUSTER)
    assert cluster is not None
    written = [{"name": "user"}, {"name": "system"}, {"name": "gone"}]
    profiles = {"agentPoolProfiles": written}
    cloud.put(replace(cluster, inputs=profiles, properties=profiles))
    cloud.put(Resource(id=f"{CLUSTER}/agentPools/apart", type=POOL_TYPE, name="apart"))
    _manager(cloud, lambda _: None).delete(USER)
    after = cloud.get(CLUSTER)
    assert after is not None
    shown = {"name": "system", "count": 1, "mode": "System", "vmSize": "Standard_D4ds_v5"}
    assert after.properties["agentPoolProfiles"] == [shown, {"name": "apart"}]
