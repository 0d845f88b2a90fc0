"""What befalls a stack that lives long: Azure's answers change, settings are taken back, a deletion fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.platform_project import PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("long_life")]

Settings = dict[str, Any]


def _nothing_in_kubernetes(settings: Settings) -> None:
    settings["ingress"] = {"kind": "none"}
    settings["nodePools"] = {"batch": {"vmSize": "Standard_D4ds_v5", "count": 1}}
    settings["protect"] = False


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlatformProject]:
    """A small dev stack, built for all tests of this file. The last one takes it down."""
    project = PlatformProject(tmp_path_factory.mktemp("long-life"))
    project.edit("dev", _nothing_in_kubernetes)
    built = project.up("dev")
    assert built.succeeded, built.output
    yield project
    project.engine.clean()


def test_a_registry_that_azure_calls_zone_redundant_is_kept(dev: PlatformProject) -> None:
    dev.change_in_azure("registries", zoneRedundancy="Enabled")
    refreshed = dev.engine.refresh("dev", "--skip-preview", capture=True)
    assert refreshed.succeeded, refreshed.output
    dev.previews_no_change("dev")
