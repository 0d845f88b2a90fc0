"""What befalls a stack that lives long: Azure's answers change, settings are taken back, a deletion fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.azure.faults import Fault, Faults
from sandbox.engine.directory import CLOUD_FILE
from tests.engine.platform_project import Change, PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("long_life")]

Settings = dict[str, Any]


def _nothing_in_kubernetes(settings: Settings) -> None:
    settings["ingress"] = {"kind": "none"}
    settings["nodePools"] = {"batch": {"vmSize": "Standard_D4ds_v5", "count": 1}}
    settings["protect"] = False


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlatformProject]:
    """A small dev stack that is not there yet."""
    project = PlatformProject(tmp_path_factory.mktemp("long-life"))
    project.edit("dev", _nothing_in_kubernetes)
    yield project
    project.engine.clean()


@pytest.fixture(scope="module")
def first_up(project: PlatformProject) -> str:
    """What the first `up` said, while Azure did not see the cluster's rights at once."""
    with Cloud.open(project.engine.root / CLOUD_FILE) as cloud:
        Faults(cloud).add(Fault(kind="RoleAssignmentNotSeen", type="managedClusters", count=1))
    built = project.up("dev")
    assert built.succeeded, built.output
    return built.output


@pytest.fixture(scope="module")
def dev(project: PlatformProject, first_up: str) -> PlatformProject:
    """The stack, built for all tests of this file. Those at the end take it down."""
    assert first_up
    return project


def test_a_cluster_whose_rights_azure_does_not_see_yet_is_made_by_the_same_up(
    first_up: str, dev: PlatformProject
) -> None:
    assert (
        "aks-platform-dev: CustomKubeletIdentityMissingPermissionError. Azure does not see the new role "
        "assignments yet; trying again in 10 seconds (1 of 12)."
    ) in first_up
    dev.previews_no_change("dev")


def _with_what_can_be_taken_back(settings: Settings) -> None:
    settings["cluster"]["apiServer"] = {"authorizedIpRanges": ["203.0.113.0/24"]}
    settings["tags"] = {"owner": "somebody"}
    for pool in (settings["cluster"]["systemPool"], settings["nodePools"]["batch"]):
        pool["nodeLabels"] = {"example.com/team": "blue"}
    settings["nodePools"]["batch"]["nodeTaints"] = ["example.com/team=blue:PreferNoSchedule"]


def _without_it(settings: Settings) -> None:
    del settings["cluster"]["apiServer"], settings["tags"]
    for pool in (settings["cluster"]["systemPool"], settings["nodePools"]["batch"]):
        del pool["nodeLabels"]
    del settings["nodePools"]["batch"]["nodeTaints"]


def _what_can_be_taken_back(dev: PlatformProject) -> list[object]:
    (cluster,), pools = dev.in_azure("managedClusters").values(), dev.in_azure("agentPools").values()
    profile = cluster.properties.get("apiServerAccessProfile") or {}
    return [
        profile.get("authorizedIPRanges"),
        *(each.properties["tags"].get("owner") for each in (cluster, *pools)),
        *(pool.properties["nodeLabels"].get("example.com/team") for pool in pools),
        *(pool.properties.get("nodeTaints") for pool in pools),
    ]


def test_what_a_stack_file_no_longer_says_is_gone_in_azure(dev: PlatformProject) -> None:
    before = _what_can_be_taken_back(dev)
    dev.edit("dev", _with_what_can_be_taken_back)
    said = dev.up("dev")
    assert said.succeeded, said.output
    assert all(_what_can_be_taken_back(dev))

    dev.edit("dev", _without_it)
    taken_back = dev.up("dev")
    assert taken_back.succeeded, taken_back.output
    assert _what_can_be_taken_back(dev) == before
    dev.previews_no_change("dev")


def test_a_registry_that_azure_calls_zone_redundant_is_kept(dev: PlatformProject) -> None:
    dev.change_in_azure("registries", zoneRedundancy="Enabled")
    refreshed = dev.engine.refresh("dev", "--skip-preview", "--target", "**:Registry::**", capture=True)
    assert refreshed.succeeded, refreshed.output
    dev.previews_no_change("dev")


def _deleted(dev: PlatformProject) -> set[str]:
    """The last segments of the types of which Azure was asked to delete something."""
    with Cloud.open(dev.engine.root / CLOUD_FILE) as cloud:
        asked = cloud.execute("SELECT key FROM operations WHERE operation = 'delete'")
        return {key.split("/")[-2] for (key,) in asked}


def test_pools_go_with_the_cluster_and_are_forgotten_when_its_deletion_fails(dev: PlatformProject) -> None:
    with Cloud.open(dev.engine.root / CLOUD_FILE) as cloud:
        Faults(cloud).add(
            Fault(kind="ResourceOperationFailure", type="managedClusters", operation="delete", count=1)
        )
    failed = dev.engine.destroy("dev", "--skip-preview", capture=True)
    assert not failed.succeeded
    assert "ResourceOperationFailure" in failed.output
    (cluster,) = dev.in_azure("managedClusters").values()
    assert cluster.properties["provisioningState"] == "Failed"
    assert len(dev.in_azure("agentPools")) == 2
    kept = dev.state_ids("dev")
    assert cluster.id in kept
    assert [each for each in kept if "/agentPools/" in each] == []

    pool = Change("create", "np-platform-dev-batch", "azure-native:containerservice:AgentPool")
    assert pool in dev.planned("dev"), "to keep the cluster, its pools are imported"

    dev.destroys_everything("dev")
    assert _deleted(dev) & {"agentpools", "maintenanceconfigurations"} == set()
