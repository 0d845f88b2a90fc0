"""The rules leave a platform that Azure takes alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.azure.rules import refusals
from sandbox.tests.unit.azure.rules.world import PLATFORM, Write, delete, put


def test_every_resource_of_the_platform_can_be_made_in_order(tmp_path: Path) -> None:
    with Cloud.open(tmp_path / "cloud.sqlite") as cloud:
        for resource_id, inputs in PLATFORM.items():
            request = Write("create", resource_id, inputs).request(cloud)
            assert list(map(str, refusals(request))) == []
            put(cloud, resource_id, inputs)


@pytest.mark.parametrize("resource_id", PLATFORM, ids=lambda resource_id: resource_id.rpartition("/")[2])
def test_an_update_that_changes_nothing_is_accepted(cloud: Cloud, resource_id: str) -> None:
    request = Write("update", resource_id, PLATFORM[resource_id]).request(cloud)
    assert list(map(str, refusals(request))) == []


def test_every_resource_of_the_platform_can_be_deleted_in_reverse_order(cloud: Cloud) -> None:
    for resource_id in reversed(PLATFORM):
        assert list(map(str, refusals(delete(resource_id).request(cloud)))) == []
        cloud.delete(resource_id)
    assert cloud.everything() == []
