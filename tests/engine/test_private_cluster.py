"""A private cluster is made from anywhere, and used only by a machine that reaches it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.azure.faults import Fault, Faults
from sandbox.engine.directory import CLOUD_FILE
from tests.engine.platform_project import CHECKOUT, PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.scenario]


def test_an_update_outside_the_network_says_where_to_run_it_and_goes_on_there(tmp_path: Path) -> None:
    project = PlatformProject(tmp_path)
    shutil.copy(CHECKOUT / "scenarios" / "private.yaml", project.directory / "Pulumi.private.yaml")
    project.edit("private", lambda settings: settings.update(protect=False))
    with Cloud.open(project.engine.root / CLOUD_FILE) as cloud:
        Faults(cloud).add(Fault(kind="OutsideVirtualNetwork"))

    outside = project.up("private")
    assert not outside.succeeded
    said = " ".join(outside.output.split())
    assert re.search(
        r"This machine cannot reach the API server https://\S+\.privatelink\.westeurope\.azmk8s\.io:443: "
        r"its name does not resolve\. The cluster is private: run Pulumi on a machine in its virtual network",
        said,
    ), outside.output
    assert "Traceback" not in said
    (cluster,) = project.in_azure("managedClusters").values()
    assert cluster.properties["provisioningState"] == "Succeeded"

    with Cloud.open(project.engine.root / CLOUD_FILE) as cloud:
        Faults(cloud).clear()
    inside = project.up("private")
    assert inside.succeeded, inside.output
    (same,) = project.in_azure("managedClusters").values()
    assert same.created_at == cluster.created_at
    project.previews_no_change("private")
    project.destroys_everything("private")
