"""Pools in the simulated cloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.azure.cloud import Cloud, Resource
from sandbox.clusters.nodes.pools import POOL_TYPE, pool_of, pools_of, write
from sandbox.tests.unit.clusters.nodes.conftest import CLUSTER

INLINE = {"name": "system", "vmSize": "Standard_D4ds_v5", "count": 3}
POOL = Resource(id=f"{CLUSTER.id}/agentPools/user", type=POOL_TYPE, name="user", properties={"count": 1})


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with Cloud.open(tmp_path / "cloud.sqlite") as opened:
        opened.put(replace(CLUSTER, properties={**CLUSTER.properties, "agentPoolProfiles": [INLINE]}))
        opened.put(POOL)
        yield opened


def _pools(cloud: Cloud) -> dict[str, int]:
    return {pool.name: pool.count for pool in pools_of(cloud, cloud.get(CLUSTER.id))}


def test_pools_are_inline_or_separate(cloud: Cloud) -> None:
    assert _pools(cloud) == {"system": 3, "user": 1}


def test_a_pool_that_is_inline_and_separate_counts_as_the_separate_one(cloud: Cloud) -> None:
    cloud.put(replace(POOL, id=f"{CLUSTER.id}/agentPools/system", name="system", properties={"count": 4}))
    assert _pools(cloud) == {"system": 4, "user": 1}


def test_a_cluster_that_is_stopped_or_gone_has_no_nodes(cloud: Cloud) -> None:
    assert pools_of(cloud, None) == []
    assert pools_of(cloud, replace(CLUSTER, properties={"powerState": {"code": "Stopped"}})) == []
    cloud.put(replace(POOL, properties={"count": 1, "powerState": {"code": "Stopped"}}))
    assert _pools(cloud) == {"system": 3}


@pytest.mark.parametrize(("count", "wanted"), [(0, 1), (2, 2), (9, 5)])
def test_an_autoscaled_pool_wants_a_count_between_its_limits(cloud: Cloud, count: int, wanted: int) -> None:
    scaled = {"enableAutoScaling": True, "minCount": 1, "maxCount": 5, "count": count}
    cloud.put(replace(POOL, properties=scaled))
    pool = pool_of(cloud, POOL.id)
    assert pool is not None
    assert pool.wanted == wanted


def test_what_is_written_of_a_pool_shows_wherever_it_stands(cloud: Cloud) -> None:
    for pool in pools_of(cloud, cloud.get(CLUSTER.id)):
        write(cloud, pool, {"count": pool.count + 1})
    assert _pools(cloud) == {"system": 4, "user": 2}


def test_a_pool_that_was_recreated_meanwhile_is_left_alone(cloud: Cloud) -> None:
    before = pool_of(cloud, POOL.id.upper().replace("AGENTPOOLS", "agentPools"))
    assert before is not None
    cloud.put(replace(POOL, created_at="2030-01-01"))
    write(cloud, before, {"count": 7})
    assert _pools(cloud) == {"system": 3, "user": 1}
