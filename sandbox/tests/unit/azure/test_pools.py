"""How Azure counts and lists the pools of a cluster, and that it changes one at a time."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.azure.faults import Fault, Faults
from sandbox.tests.unit.azure.conftest import Engine, Made, ProviderAborted

SIZE = "Standard_D4ds_v5"


@pytest.fixture
def cluster(engine: Engine, group: Made) -> Made:
    inputs = {
        "resourceGroupName": "rg",
        "resourceName": "aks",
        "dnsPrefix": "aks",
        "identity": {"type": "SystemAssigned"},
        "agentPoolProfiles": [_profile(enableAutoScaling=True, minCount=3, maxCount=5)],
    }
    return engine.create("containerservice:ManagedCluster", "aks", inputs)


def _profile(**more: Any) -> dict[str, Any]:
    return {"name": "system", "mode": "System", "vmSize": SIZE, **more}


def _pool(name: str, **more: Any) -> dict[str, Any]:
    names = {"resourceGroupName": "rg", "resourceName": "aks", "agentPoolName": name}
    return {**names, "mode": "User", "vmSize": SIZE, **more}


def _autoscaled(least: int, most: int) -> dict[str, Any]:
    return {"enableAutoScaling": True, "minCount": least, "maxCount": most}


def _make(engine: Engine, name: str, **more: Any) -> Made:
    return engine.create("containerservice:AgentPool", name, _pool(name, **more))


def _without(inputs: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name not in names}


@pytest.mark.parametrize(("least", "made"), [(0, 1), (1, 1), (2, 2)])
def test_a_pool_without_a_count_begins_with_one_node_or_with_its_minimum(
    engine: Engine, cluster: Made, least: int, made: int
) -> None:
    assert _make(engine, "more", **_autoscaled(least, 5)).outputs["count"] == made
    assert cluster.outputs["agentPoolProfiles"][0]["count"] == 3


def test_a_pool_that_is_written_without_a_count_keeps_its_size(engine: Engine, cluster: Made) -> None:
    pool = _make(engine, "more", count=4)
    scaled = {**_without(pool.inputs, "count"), **_autoscaled(1, 5)}
    assert engine.update(pool, scaled)["count"] == 4
    assert engine.update(pool, {**scaled, "minCount": 5})["count"] == 5
    fixed = {**_without(scaled, "minCount", "maxCount"), "enableAutoScaling": False, "count": 2}
    assert engine.update(pool, fixed)["count"] == 2


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (None, ["system", "zeta", "alpha"]),
        ("AgentPoolsByName", ["alpha", "system", "zeta"]),
        ("AgentPoolsReversed", ["alpha", "zeta", "system"]),
    ],
)
def test_a_cluster_lists_all_pools_in_the_order_of_the_fault(
    engine: Engine, cluster: Made, kind: str | None, names: list[str]
) -> None:
    for name in ("zeta", "alpha"):
        _make(engine, name, count=1)
    if kind is not None:
        Faults(engine.provider.manager.cloud).add(Fault(kind=kind))
    read = engine.read(cluster)
    assert read is not None
    written = engine.update(cluster, cluster.inputs)
    for outputs in (read.outputs, written):
        assert [profile["name"] for profile in outputs["agentPoolProfiles"]] == names


def test_a_refresh_takes_the_place_in_the_list_for_the_pool(engine: Engine, cluster: Made) -> None:
    _make(engine, "alpha", count=1)
    Faults(engine.provider.manager.cloud).add(Fault(kind="AgentPoolsByName"))
    read = engine.read(cluster)
    assert read is not None
    assert [profile["name"] for profile in read.inputs["agentPoolProfiles"]] == ["alpha", "system"]
    assert read.inputs["agentPoolProfiles"][0]["count"] == 1
    assert not engine.diff(read, cluster.inputs).replaces


def test_a_cluster_alone_is_upgraded_where_no_pool_names_its_version(engine: Engine, cluster: Made) -> None:
    pool = _make(engine, "more", count=1, orchestratorVersion="1.36")
    upgraded = engine.update(cluster, {**cluster.inputs, "kubernetesVersion": "1.37"})
    assert upgraded["currentKubernetesVersion"].startswith("1.37.")
    versions = {each["name"]: each["currentOrchestratorVersion"] for each in upgraded["agentPoolProfiles"]}
    assert all(version.startswith("1.36.") for version in versions.values())
    assert engine.update(pool, {**pool.inputs, "orchestratorVersion": "1.37"})[
        "currentOrchestratorVersion"
    ].startswith("1.37.")


def test_a_cluster_whose_update_names_the_version_of_some_pools_is_not_upgraded(
    engine: Engine, cluster: Made
) -> None:
    _make(engine, "more", count=1)
    named = _profile(**_autoscaled(3, 5), orchestratorVersion="1.37")
    with pytest.raises(ProviderAborted, match="NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged"):
        engine.update(cluster, {**cluster.inputs, "kubernetesVersion": "1.37", "agentPoolProfiles": [named]})
