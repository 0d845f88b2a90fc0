"""How long an update would have taken in Azure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import sandbox.__main__ as command_line
from sandbox.azure import durations
from sandbox.azure.cloud import Cloud
from sandbox.azure.timing import Step, steps, summary
from sandbox.engine.history import Update

GROUP = "/subscriptions/s/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks"
STARTED = datetime(2026, 11, 27, 12, tzinfo=UTC)
ENDED = datetime(2026, 11, 27, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with Cloud.open(tmp_path / "cloud.sqlite") as opened:
        yield opened


def _made(name: str, id_: str, *dependencies: str, modified: str = "1", **more: Any) -> dict[str, Any]:
    """A resource of the engine's state; its URN is its name."""
    type_ = "azure-native:x:Y" if id_.startswith("/") else id_
    found = {"urn": name, "type": type_, "id": id_, "custom": True, "modified": modified}
    return {**found, "dependencies": list(dependencies), **more}


def _component(name: str, *dependencies: str) -> dict[str, Any]:
    return {
        "urn": name,
        "type": "a:b:C",
        "custom": False,
        "dependencies": list(dependencies),
        "modified": "1",
    }


def _update(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Update:
    def by_urn(resources: list[dict[str, Any]]) -> Mapping[str, Any]:
        return {each["urn"]: each for each in resources}

    return Update(started=STARTED, ended=ENDED, before=by_urn(before), after=by_urn(after))


def _said(found: list[Step]) -> list[tuple[str, str, float, float]]:
    return [(step.operation, step.name, step.begins, step.seconds) for step in found]


BUILT = [
    _made("rg", GROUP),
    _made("vnet", NETWORK, "rg"),
    _made("aks", CLUSTER, "rg", "vnet"),
    _made("k8s", "pulumi:providers:kubernetes", "aks"),
    _made("team", "kubernetes:core/v1:Namespace", provider="k8s::id"),
]


def test_a_resource_begins_after_its_dependencies(cloud: Cloud) -> None:
    found = steps(_update([], BUILT), cloud)
    assert _said(found) == [
        ("create", "rg", 0, 2),
        ("create", "vnet", 2, 4),
        ("create", "aks", 6, 209),
        ("create", "team", 215, 1),
    ]
    assert summary(found) == (
        "In Azure this would take about 4 min: resource group 2 s → virtual network 4 s → cluster 3 min 29 s "
        "→ Kubernetes object 1 s."
    )


def test_parallel_operations_are_not_on_the_critical_path(cloud: Cloud) -> None:
    registry = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/acr"
    found = steps(
        _update([], [_made("rg", GROUP), _made("vnet", NETWORK, "rg"), _made("acr", registry, "rg")]), cloud
    )
    assert {step.name: step.is_critical for step in found} == {"rg": True, "vnet": False, "acr": True}
    assert found[-1].ends == 10


def test_children_of_a_component_wait_for_its_dependencies(cloud: Cloud) -> None:
    after = [_made("rg", GROUP), _component("part", "rg"), _made("vnet", NETWORK, parent="part")]
    assert _said(steps(_update([], after), cloud)) == [("create", "rg", 0, 2), ("create", "vnet", 2, 4)]


def test_unchanged_resources_take_no_time(cloud: Cloud) -> None:
    after = [*BUILT[:2], _made("aks", CLUSTER, "rg", "vnet", modified="2"), *BUILT[3:]]
    found = steps(_update(BUILT, after), cloud)
    assert _said(found) == [("update", "aks", 0, 209)]
    assert summary(found) == "In Azure this would take about 3 min: update of cluster 3 min 29 s."


def test_an_update_without_changes_has_no_summary(cloud: Cloud) -> None:
    assert summary(steps(_update(BUILT, BUILT), cloud)) == ""


def test_resources_that_were_only_read_take_no_time(cloud: Cloud) -> None:
    assert steps(_update([], [_made("rg", GROUP, external=True)]), cloud) == []


def test_a_resource_is_deleted_after_its_dependents(cloud: Cloud) -> None:
    found = steps(_update(BUILT, []), cloud)
    assert _said(found) == [
        ("delete", "team", 0, 1),
        ("delete", "aks", 1, 490),
        ("delete", "vnet", 491, 11),
        ("delete", "rg", 502, 64),
    ]
    assert summary(found).startswith(
        "In Azure this would take about 9 min: deletion of Kubernetes object 1 s → "
    )


def test_what_goes_with_its_cluster_takes_no_time_of_its_own(cloud: Cloud) -> None:
    pool = _made("pool", f"{CLUSTER}/agentPools/work", "aks", deletedWith="aks")
    assert _said(steps(_update([*BUILT[:3], pool], []), cloud)) == [
        ("delete", "aks", 0, 490),
        ("delete", "vnet", 490, 11),
        ("delete", "rg", 501, 64),
    ]
    removed = steps(_update([*BUILT[:3], pool], BUILT[:3]), cloud)
    assert [(step.operation, step.name) for step in removed] == [("delete", "pool")]


def test_a_replaced_resource_is_deleted_after_everything_is_made(cloud: Cloud) -> None:
    after = [BUILT[0], _made("vnet", f"{NETWORK}2", "rg", modified="2")]
    found = steps(_update(BUILT[:2], after), cloud)
    assert _said(found) == [("create", "vnet", 0, 4), ("delete", "vnet", 4, 11)]


def test_consecutive_resources_of_one_type_are_counted(cloud: Cloud) -> None:
    subnets = [f"{NETWORK}/subnets/{name}" for name in "ab"]
    after = [_made("a", subnets[0]), _made("b", subnets[1], "a")]
    assert (
        summary(steps(_update([], after), cloud)) == "In Azure this would take about 22 s: subnet (2) 22 s."
    )


def test_recorded_seconds_of_the_update_count_and_those_of_others_do_not(cloud: Cloud) -> None:
    for at, seconds in (
        ("2026-11-27T11:59:59.999999+00:00", 1000),
        ("2026-11-27T12:00:00.000000+00:00", 62),
        ("2026-11-27T12:00:30.900000+00:00", 30),
        ("2026-11-27T12:00:31.100000+00:00", 1000),
    ):
        cloud.execute("INSERT INTO operations VALUES (?, ?, 'create', ?)", at, GROUP.lower(), seconds)
    assert _said(steps(_update([], BUILT[:1]), cloud)) == [("create", "rg", 0, 92)]


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("microsoft.network/VIRTUALNETWORKS", "virtual network"),
        ("kubernetes:apps/v1:Deployment", "Kubernetes object"),
        ("kubernetes:helm.sh/v3:Release", "Helm release"),
        ("Microsoft.Nobody/knows", "resource"),
    ],
)
def test_a_type_without_a_row_has_that_of_its_provider_or_the_default(type_: str, name: str) -> None:
    assert durations.row(type_)["name"] == name


def test_every_row_has_a_name_and_three_operations_with_seconds_and_a_source() -> None:
    for row in durations.rows().values():
        assert row.keys() == {"name", "create", "update", "delete"}
        for operation in ("create", "update", "delete"):
            assert row[operation]["seconds"] > 0
            assert row[operation]["source"]
            assert isinstance(row[operation].get("recorded", STARTED.date()), date)


def test_timing_of_a_stack_that_was_never_built_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["--root", str(tmp_path), "timing", "--stack", "dev"]) == 1
    message = "error: Stack dev has not been built yet. Build it with `make up STACK=dev`.\n"
    assert capsys.readouterr().err == message
