"""A running cluster gets another way out, as docs/network.md describes it, and stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engine.platform_project import PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.scenario]

CLUSTER = "aks-platform-dev"
OF_THE_NETWORK = ("--skip-preview", "--target", "**network**")


def egress(kind: str) -> Any:
    def change(settings: dict[str, Any]) -> None:
        settings["protect"] = False
        settings["ingress"] = {"kind": "none"}
        settings["network"] = {"egress": {"kind": kind}}

    return change


def test_a_running_cluster_gets_another_way_out_and_is_not_replaced(tmp_path: Path) -> None:
    project = PlatformProject(tmp_path)
    project.edit("dev", egress("loadBalancer"))
    built = project.up("dev")
    assert built.succeeded, built.output
    (before,) = project.in_azure("managedClusters").values()

    project.edit("dev", egress("userAssignedNATGateway"))
    assert project.differences("dev")[CLUSTER] == "replace", "this is what the procedure avoids"
    gateway = project.engine.up("dev", *OF_THE_NETWORK, capture=True)
    assert gateway.succeeded, gateway.output

    # az aks update --outbound-type userAssignedNATGateway
    profile = {**before.properties["networkProfile"], "outboundType": "userAssignedNATGateway"}
    profile.pop("loadBalancerProfile")
    project.change_in_azure("managedClusters", networkProfile=profile)
    project.refresh("dev")

    assert project.differences("dev").get(CLUSTER) != "replace"
    aligned = project.up("dev")
    assert aligned.succeeded, aligned.output
    (after,) = project.in_azure("managedClusters").values()
    assert after.created_at == before.created_at, "the cluster is the same"
    project.previews_no_change("dev")
