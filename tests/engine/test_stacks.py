"""The whole lives of staging and prod, and what goes wrong with dev; what goes well is in `test_dev.py`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.azure.faults import Fault, Faults
from sandbox.clusters.control_plane import all_of
from sandbox.engine.directory import CLOUD_FILE
from sandbox.engine.engine_error import EngineError
from tests.engine.platform_project import CHECKOUT, Change, PlatformProject, everything_runs_where_it_should

pytestmark = pytest.mark.engine

Settings = dict[str, Any]


@pytest.fixture
def project(tmp_path: Path) -> PlatformProject:
    return PlatformProject(tmp_path)


def _another_tag(settings: Settings) -> None:
    settings["tags"] = {**settings.get("tags", {}), "owner": "somebody"}


def _another_gpu_profile(settings: Settings) -> None:
    settings["nodePools"]["a100"]["gpuInstanceProfile"] = "MIG1g"


def _unprotected(settings: Settings) -> None:
    settings["protect"] = False


def _encrypted_at_host(settings: Settings) -> None:
    del settings["cluster"]["systemPool"]["enableEncryptionAtHost"]


def _nothing_in_kubernetes(settings: Settings) -> None:
    settings["ingress"] = {"kind": "none"}
    del settings["nodePools"]


_TAGLESS: Final = ("snet-", "ra-", "mc-", "dcra-", "diag-", "ns-", "netpol-", "pc-", "ds-", "helm-", "k8s-")


@pytest.mark.scenario
def test_staging_is_built_found_unchanged_retagged_and_destroyed(project: PlatformProject) -> None:
    project.edit("staging", _unprotected)
    built = project.engine.up("staging", capture=True)
    assert built.succeeded, built.output
    assert len(everything_runs_where_it_should(project, "general")) > 1
    project.finds_nothing_to_do("staging")

    project.edit("staging", _another_tag)
    steps = project.planned("staging")
    assert {step.op for step in steps} == {"update"}, "a changed tag replaces nothing"
    assert [step.name for step in steps if step.name.startswith(_TAGLESS)] == []
    assert "id-platform-staging-kubelet" in {step.name for step in steps}
    changed = project.up("staging")
    assert changed.succeeded, changed.output
    project.destroys_everything("staging")


@pytest.mark.scenario
def test_prod_is_built_found_unchanged_held_fast_let_go_changed_and_destroyed(
    project: PlatformProject,
) -> None:
    built = project.engine.up("prod", capture=True)
    assert built.succeeded, built.output
    assert len(everything_runs_where_it_should(project, "general")) > 1
    project.finds_nothing_to_do("prod")
    _hold_fast(project, "prod")

    project.edit("prod", _unprotected)
    project.edit("prod", _another_gpu_profile)
    steps = {step.name: step.op for step in project.planned("prod") if not step.is_half_of_a_replacement}
    assert steps == {
        # The refresh has listed all pools in the cluster; the update sends its own pool as it is.
        "aks-platform-prod": "update",
        "np-platform-prod-a100": "replace",
        "ds-platform-prod-nvidia-none": "delete",
        "ds-platform-prod-nvidia-single": "create",
    }
    changed = project.up("prod")
    assert changed.succeeded, changed.output
    project.destroys_everything("prod")


def _hold_fast(project: PlatformProject, stack: str) -> None:
    """See that a protected stack can neither lose its cluster nor be taken down."""

    def other_pods_and_zones(settings: Settings) -> None:
        settings.setdefault("network", {})["cni"] = {"podCidr": "10.128.0.0/14"}
        settings["availabilityZones"] = ["1", "2"]

    def as_they_were(settings: Settings) -> None:
        del settings["network"]["cni"]
        del settings["availabilityZones"]

    project.edit(stack, other_pods_and_zones)
    replacing = project.engine.preview(stack, capture=True)
    assert not replacing.succeeded, "neither can change in place, and both are protected"
    for kept in (f"ManagedCluster::aks-platform-{stack}", f"PublicIPAddress::pip-platform-{stack}-ingress"):
        assert re.search(rf'{kept}"\s+as it is currently marked for protection', replacing.output), kept
    project.edit(stack, as_they_were)

    before = project.cloud_ids()
    refused = project.engine.destroy(stack, capture=True)
    assert not refused.succeeded
    assert "protect" in refused.output
    assert f"aks-platform-{stack}" in refused.output
    assert project.cloud_ids() == before, "the preview refuses it before anything is deleted"


def test_a_preview_of_a_new_stack_starts_no_control_plane(project: PlatformProject) -> None:
    assert Change("create", "k8s-platform-dev", "pulumi:providers:kubernetes") in project.planned("dev")
    assert all_of(project.engine.root) == []


def test_an_interrupted_up_is_finished_by_the_next_one_with_nothing_lost_or_doubled(
    project: PlatformProject,
) -> None:
    project.edit("dev", _nothing_in_kubernetes)
    command = [sys.executable, "-m", "sandbox", "--root", str(project.engine.root)]
    command += ["--project", str(project.directory), "up", "--stack", "dev", "--", "--skip-preview"]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "VirtualNetwork" in line and "created" in line:
                os.kill(running.pid, signal.SIGINT)
                break
        running.stdout.read()
    assert running.returncode != 0
    before = project.cloud_ids()
    assert any("/virtualNetworks/" in resource_id for resource_id in before)

    finished = project.up("dev")
    assert finished.succeeded, finished.output
    kept = project.state_ids("dev")
    assert len(kept) == len(set(kept))
    assert before < project.cloud_ids(), "it was interrupted before its end, and nothing is created twice"
    project.previews_no_change("dev")
    project.destroys_everything("dev")


def test_without_encryption_at_host_in_the_subscription_the_cluster_fails_and_is_repaired_later(
    project: PlatformProject,
) -> None:
    project.edit("dev", _nothing_in_kubernetes)
    project.edit("dev", _encrypted_at_host)
    project.engine.root.mkdir(parents=True)
    with Cloud.open(project.engine.root / CLOUD_FILE) as cloud:
        Faults(cloud).add(Fault(kind="EncryptionAtHostNotRegistered"))
    failed = project.up("dev")
    assert not failed.succeeded
    assert "'Microsoft.Compute/EncryptionAtHost' feature is not enabled" in failed.output

    with Cloud.open(project.engine.root / CLOUD_FILE) as cloud:
        Faults(cloud).clear()
    repaired = project.up("dev")
    assert repaired.succeeded, repaired.output
    project.previews_no_change("dev")
    project.destroys_everything("dev")


def test_a_wrong_stack_file_is_refused_whole_and_makes_nothing(project: PlatformProject) -> None:
    def wrong(settings: Settings) -> None:
        settings["network"]["adressSpace"] = "10.0.0.0/8"
        settings["nodePools"]["t4"]["minCount"] = 9
        settings["nodePools"]["Big"] = {"vmSize": "Standard_D4ds_v5", "count": 1}

    project.edit("dev", wrong)
    refused = project.engine.up("dev", capture=True)
    assert not refused.succeeded
    assert "Pulumi.dev.yaml: 3 problems. Nothing was created or changed." in refused.output
    for place in ("network.adressSpace", "nodePools.t4.minCount", "nodePools.Big"):
        assert f"aks-platform:{place}" in refused.output
    assert "Traceback" not in refused.output
    assert not (project.engine.root / "cloud.sqlite").exists() or project.cloud_ids() == set()


def test_a_pool_written_twice_is_refused(project: PlatformProject) -> None:
    file = project.directory / "Pulumi.dev.yaml"
    file.write_text(
        file.read_text().replace("    t4:\n", "    t4: {vmSize: Standard_D4ds_v5, count: 1}\n    t4:\n")
    )
    with pytest.raises(EngineError, match=r'line 24: mapping key "t4" already defined at line 23'):
        project.engine.preview("dev", capture=True)


def test_a_run_without_a_login_says_how_to_sign_in(tmp_path: Path) -> None:
    project = PlatformProject(tmp_path, signed_in=False)
    refused = project.engine.preview("dev", capture=True)
    assert not refused.succeeded
    assert "Azure did not say which subscription to use. Nothing was created or changed." in refused.output
    assert "az login" in refused.output
    assert "Traceback" not in refused.output


def test_a_corrupt_cloud_file_is_named_with_what_to_do(project: PlatformProject) -> None:
    project.engine.root.mkdir(parents=True)
    (project.engine.root / "cloud.sqlite").write_text("this is no database")
    with pytest.raises(
        EngineError, match=r"cloud\.sqlite is damaged or is not a cloud file .* run `make clean`"
    ):
        project.engine.preview("dev")
    assert (project.engine.root / "cloud.sqlite").read_text() == "this is no database"
