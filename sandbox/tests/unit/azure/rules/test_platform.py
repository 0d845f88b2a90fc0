"""The rules leave a platform that Azure takes alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.azure.rules import refusals
from sandbox.tests.unit.azure.rules.world import BASES, NODES_ROLE, PLATFORM, put, request


def test_every_resource_of_the_platform_can_be_made_in_order(tmp_path: Path) -> None:
    with Cloud.open(tmp_path / "cloud.sqlite") as cloud:
        for resource_id, inputs in PLATFORM.items():
            assert list(map(str, refusals(request("create", resource_id, inputs, cloud)))) == []
            put(cloud, resource_id, inputs)


@pytest.mark.parametrize("resource_id", PLATFORM, ids=lambda resource_id: resource_id.rpartition("/")[2])
def test_an_update_that_changes_nothing_is_accepted(cloud: Cloud, resource_id: str) -> None:
    asked = request("update", resource_id, PLATFORM[resource_id], cloud)
    assert list(map(str, refusals(asked))) == []


def test_every_resource_of_the_platform_can_be_deleted_in_reverse_order(cloud: Cloud) -> None:
    for resource_id in reversed(PLATFORM):
        assert list(map(str, refusals(request("delete", resource_id, {}, cloud)))) == []
        cloud.delete(resource_id)
    assert cloud.everything() == []


def test_a_cluster_is_made_whose_identity_may_not_join_the_node_subnet(cloud: Cloud) -> None:
    # Its nodes run; what fails later are its load balancers: https://github.com/Azure/terraform-azurerm-aks/issues/178.
    cloud.delete(NODES_ROLE)
    resource_id, inputs = BASES["create managedClusters"]
    assert list(map(str, refusals(request("create", resource_id, inputs, cloud)))) == []
