"""How Azure counts and lists the pools of a cluster, and that it changes one at a time."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

import pytest

from sandbox.azure.faults import Fault, Faults
from sandbox.azure.pending import PendingOperations
from sandbox.azure.refusal import Refusal
from sandbox.tests.unit.azure.conftest import Engine, Made, ProviderAborted

SIZE = "Standard_D4ds_v5"
CLUSTER_TYPE = "Microsoft.ContainerService/managedClusters"
POOL_TYPE = f"{CLUSTER_TYPE}/agentPools"
AKS = f"/subscriptions/s/resourceGroups/rg/providers/{CLUSTER_TYPE}/aks"
LONG = 60.0
"""Seconds for which no test waits: what ends them is another operation."""


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


def _begun(
    pending: PendingOperations, arm_type: str, resource_id: str, operation: str
) -> tuple[Thread, Event]:
    """An operation that is done, and keeps its cluster until another meets it."""
    done = Event()

    def work() -> None:
        with pending.alone(arm_type, resource_id, operation):
            done.set()

    thread = Thread(target=work)
    thread.start()
    assert done.wait(LONG)
    return thread, done


@pytest.mark.parametrize(
    ("first", "second", "description"),
    [
        ((POOL_TYPE, f"{AKS}/agentPools/a"), (POOL_TYPE, f"{AKS}/agentPools/b"), "agentpool operation (a"),
        ((POOL_TYPE, f"{AKS}/agentPools/a"), (CLUSTER_TYPE, AKS), "agentpool operation (a"),
        ((CLUSTER_TYPE, AKS.upper()), (POOL_TYPE, f"{AKS}/agentPools/b"), "operation (AKS"),
    ],
)
def test_an_operation_that_does_not_wait_for_another_of_its_cluster_is_refused(
    first: tuple[str, str], second: tuple[str, str], description: str
) -> None:
    pending = PendingOperations(LONG)
    thread, _ = _begun(pending, *first, "create")
    with pytest.raises(Refusal) as caught, pending.alone(*second, "update"):
        pytest.fail("it was let through")
    assert (caught.value.status, caught.value.code) == (409, "OperationNotAllowed")
    assert f"Another {description} - Creating) is in progress" in caught.value.message
    thread.join(LONG)
    assert not thread.is_alive(), "what has been met keeps the cluster no longer"


@pytest.mark.parametrize(
    ("arm_type", "resource_id"),
    [
        (POOL_TYPE, f"{AKS}2/agentPools/a"),
        (f"{CLUSTER_TYPE}/maintenanceConfigurations", f"{AKS}/maintenanceConfigurations/m"),
    ],
)
def test_other_clusters_and_what_changes_no_pool_may_overlap(arm_type: str, resource_id: str) -> None:
    pending = PendingOperations()
    with (
        pending.alone(POOL_TYPE, f"{AKS}/agentPools/a", "update"),
        pending.alone(arm_type, resource_id, "update"),
    ):
        pass


def test_an_operation_that_fails_lets_go_of_its_cluster() -> None:
    pending = PendingOperations(LONG)
    with pytest.raises(Refusal), pending.alone(CLUSTER_TYPE, AKS, "update"):
        raise Refusal(400, "BadRequest", "no")
    thread, _ = _begun(pending, CLUSTER_TYPE, AKS, "update")
    with pytest.raises(Refusal), pending.alone(CLUSTER_TYPE, AKS, "delete"):
        pass
    thread.join(LONG)
