"""What Azure cannot change is refused in the preview; without a preview, nothing of it is sent either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.engine.directory import CLOUD_FILE
from tests.engine.platform_project import PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.scenario, pytest.mark.xdist_group("refused_changes")]

Settings = dict[str, Any]


def _protected_and_small(settings: Settings) -> None:
    settings["protect"] = True
    settings["ingress"] = {"kind": "none"}
    settings["nodePools"] = {"batch": {"vmSize": "Standard_D4ds_v5", "count": 1}}
    settings["network"]["egress"] = {"publicIpCount": 2}
    settings["cluster"]["apiServer"] = {"vnetIntegration": True}
    settings["cluster"]["systemPool"].update(enableSecureBoot=False, enableVTPM=False)


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlatformProject]:
    """A protected stack, built for all tests of this file, refreshed once and never changed."""
    project = PlatformProject(tmp_path_factory.mktemp("refused-changes"))
    project.edit("dev", _protected_and_small)
    built = project.up("dev")
    assert built.succeeded, built.output
    project.refresh("dev")
    yield project
    project.engine.clean()


def _in_azure(project: PlatformProject) -> list[Any]:
    with Cloud.open(project.engine.root / CLOUD_FILE) as cloud:
        return sorted(cloud.everything(), key=lambda resource: resource.id)


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "another address space": (
        "network",
        {"addressSpace": "10.64.0.0/16"},
        """
      1. aks-platform:network.addressSpace = "10.64.0.0/16"
         limit   10.224.0.0/20, as it was made
         reason  subnets are cut from it, and Azure moves no subnet that is in use
         write   addressSpace: 10.224.0.0/20; for another one, build a new environment and move
""",
    ),
    "a smaller address space": (
        "network",
        {"addressSpace": "10.224.0.0/21"},
        """
      1. aks-platform:network.addressSpace = "10.224.0.0/21"
         limit   10.224.0.0/20, as it was made
""",
    ),
    "fewer public addresses": (
        "network",
        {"egress": {"publicIpCount": 1}},
        """
      1. aks-platform:network.egress.publicIpCount = 1
         limit   2 or more with protect: true
         reason  allow lists of others may name the addresses, so they are protected
         write   publicIpCount: 2, or protect: false in an update of its own before
""",
    ),
    "another system pool": (
        "cluster",
        {"systemPool": {"vmSize": "Standard_D2ds_v5", "osDiskSizeGB": 64, "maxPods": 110}},
        """
      1. aks-platform:cluster.systemPool.vmSize = "Standard_D2ds_v5"
         limit   Standard_D4ds_v5, as it was made
         reason  a cluster keeps the pool that it was made with, and Azure cannot change this about a pool
         write   vmSize: Standard_D4ds_v5; for other nodes, add a pool of kind: system
""",
    ),
    "zones": (
        "",
        {"availabilityZones": ["1", "2"]},
        """
      1. aks-platform:availabilityZones = ["1", "2"]
         limit   ["1"], as it was made
         reason  a cluster keeps the pool that it was made with, and Azure cannot change this about a pool
         write   availabilityZones: ["1"]; for other nodes, add a pool of kind: system
""",
    ),
    "an older version": (
        "cluster",
        {"kubernetesVersion": "1.35"},
        """
      1. aks-platform:cluster.kubernetesVersion = "1.35"
         limit   1.36 or newer
         reason  the cluster runs 1.36.3, and Azure never takes a version back
         write   kubernetesVersion: "1.36"
""",
    ),
    "no VNet integration": (
        "cluster",
        {"apiServer": {"vnetIntegration": False}},
        """
      1. aks-platform:cluster.apiServer.vnetIntegration = false
         limit   true
         reason  Azure cannot take the API server out of the virtual network again
         write   vnetIntegration: true
""",
    ),
    "another location": (
        "",
        {"azure-native:location": "northeurope"},
        """
      1. azure-native:location = "northeurope"
         limit   westeurope, as it was made
         reason  Azure moves and renames nothing of it
         write   azure-native:location: westeurope; for another environment, make a new stack, or run pulumi
""",
    ),
    "another workload": (
        "",
        {"workload": "shop"},
        """
      1. aks-platform:workload = "shop"
         limit   platform, as it was made
""",
    ),
}


@pytest.mark.parametrize(("section", "changes", "says"), REFUSED.values(), ids=REFUSED)
def test_a_change_that_azure_refuses_is_refused_before_anything_of_it_is_sent(
    dev: PlatformProject, section: str, changes: dict[str, Any], says: str
) -> None:
    file = dev.directory / "Pulumi.dev.yaml"
    before, kept = _in_azure(dev), file.read_text()
    dev.edit("dev", lambda settings: (settings[section] if section else settings).update(changes))
    try:
        preview = dev.engine.preview("dev", capture=True)
        update = dev.up("dev")
    finally:
        file.write_text(kept)

    assert not preview.succeeded
    assert "Azure refuses to change what is there. No change of" in preview.output
    assert says in re.sub(r" \(line \d+\)", "", preview.output)
    assert "Traceback" not in preview.output
    assert not update.succeeded
    assert _in_azure(dev) == before, "without its preview, an update changes nothing either"


def test_afterwards_the_stack_can_be_changed_and_destroyed_without_its_program(dev: PlatformProject) -> None:
    def unprotected_with_one_address_less(settings: Settings) -> None:
        settings["protect"] = False
        settings["network"]["egress"] = {"publicIpCount": 1}

    dev.edit("dev", lambda settings: settings.update(protect=False))
    assert dev.up("dev").succeeded
    dev.edit("dev", unprotected_with_one_address_less)
    less = dev.up("dev")
    assert less.succeeded, less.output
    dev.destroys_everything("dev")
