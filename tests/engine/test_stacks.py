"""Each stack file, its whole life long, by the real engine against the sandbox."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from sandbox.control_plane.control_plane import all_of
from tests.engine.platform_project import CHECKOUT, Change, PlatformProject

pytestmark = pytest.mark.engine

Settings = dict[str, Any]


@pytest.fixture
def project(tmp_path: Path) -> PlatformProject:
    return PlatformProject(tmp_path)


def _another_gpu_size(settings: Settings) -> None:
    settings["nodePools"]["t4"]["vmSize"] = "Standard_NC8as_T4_v3"


def _another_tag(settings: Settings) -> None:
    settings["tags"] = {**settings.get("tags", {}), "owner": "somebody"}


def _another_gpu_profile(settings: Settings) -> None:
    settings["nodePools"]["a100"]["gpuInstanceProfile"] = "MIG1g"


def _other_zones(settings: Settings) -> None:
    settings["availabilityZones"] = ["1", "2"]


def _same_zones(settings: Settings) -> None:
    settings["availabilityZones"] = ["1"]


_TAGLESS: Final = ("snet-", "ra-", "mc-", "dcra-", "ns-", "ds-", "helm-", "k8s-")


@pytest.mark.parametrize(
    ("stack", "change", "planned"),
    [
        pytest.param("dev", _another_gpu_size, {"np-platform-dev-t4": "replace"}, id="dev: another GPU size"),
        pytest.param("staging", _another_tag, None, id="staging: another tag, nothing but updates"),
        pytest.param(
            "prod",
            _another_gpu_profile,
            {
                "np-platform-prod-a100": "replace",
                "ds-platform-prod-nvidia-none": "delete",
                "ds-platform-prod-nvidia-single": "create",
            },
            id="prod: GPUs in slices",
        ),
    ],
)
def test_a_stack_is_built_found_unchanged_refreshed_changed_and_destroyed(
    project: PlatformProject,
    stack: str,
    change: Callable[[Settings], None],
    planned: dict[str, str] | None,
) -> None:
    first = project.planned(stack)
    assert {step.op for step in first} == {"create"}

    built = project.up(stack)
    assert built.succeeded, built.output
    _everything_runs_where_it_should(project, stack)
    again = project.engine.preview(stack, "--expect-no-changes", capture=True)
    assert again.succeeded, again.output
    refreshed = project.engine.refresh(stack, "--expect-no-changes", capture=True)
    assert refreshed.succeeded, refreshed.output

    project.edit(stack, change)
    steps = {step for step in project.planned(stack) if not step.op.endswith("-replacement")}
    if planned is None:
        custom = {step for step in first if "-platform-" in step.name or step.name.startswith("acr")}
        taggable = {step.name for step in custom if not step.name.startswith(_TAGLESS)}
        assert {step.op for step in steps} == {"update"}, "a changed tag replaces nothing"
        assert {step.name for step in steps} <= taggable
        assert "id-platform-staging-kubelet" in {step.name for step in steps}
    else:
        changed = {
            step.name: step.op for step in steps if step.op not in {"delete-replaced", "create-replacement"}
        }
        assert changed == planned
    made = project.up(stack)
    assert made.succeeded, made.output
    settled = project.engine.preview(stack, "--expect-no-changes", capture=True)
    assert settled.succeeded, settled.output

    if stack == "dev":
        project.edit(stack, _other_zones)
        assert Change("replace", "pip-platform-dev-ingress") in project.planned(stack)
        project.edit(stack, _same_zones)
    else:
        if stack == "prod":
            _hold_fast(project, stack)
        _let_go(project, stack)
    destroyed = project.engine.destroy(stack, "--skip-preview", capture=True)
    assert destroyed.succeeded, destroyed.output
    assert project.cloud_ids() == set()
    assert all_of(project.engine.root) == [], "a cluster's control plane goes with it"


def _everything_runs_where_it_should(project: PlatformProject, stack: str) -> None:
    """Ask the API server itself: no pod waits, and ours are spread over the zones of ordinary nodes."""
    core = project.core()
    pods = core.list_pod_for_all_namespaces().items
    waiting = [pod.metadata.name for pod in pods if pod.status.phase != "Running"]
    assert waiting == []
    labels = {node.metadata.name: node.metadata.labels for node in core.list_node().items}
    controllers = [labels[pod.spec.node_name] for pod in pods if pod.metadata.namespace == "nginx-ingress"]
    if stack == "dev":
        assert [node["aks-platform/node-pool"] for node in controllers] == ["system"], "there is no other"
        return
    assert {node["aks-platform/node-pool"] for node in controllers} == {"general"}
    ordinary = [node for node in labels.values() if node["aks-platform/node-pool"] == "general"]
    zones = {node["topology.kubernetes.io/zone"] for node in ordinary}
    assert len(zones) > 1
    assert {node["topology.kubernetes.io/zone"] for node in controllers} == zones


def _hold_fast(project: PlatformProject, stack: str) -> None:
    """See that a protected stack can neither lose its cluster nor be taken down."""

    def other_pods(settings: Settings) -> None:
        settings.setdefault("network", {})["podCidr"] = "10.128.0.0/14"

    def same_pods(settings: Settings) -> None:
        del settings["network"]["podCidr"]

    project.edit(stack, other_pods)
    replacing = project.engine.preview(stack, capture=True)
    assert not replacing.succeeded, "the network of a cluster cannot change, and the cluster is protected"
    assert f"ManagedCluster::aks-platform-{stack}" in replacing.output
    assert "protect" in replacing.output
    project.edit(stack, same_pods)

    refused = project.engine.destroy(stack, "--skip-preview", capture=True)
    assert not refused.succeeded
    assert "protect" in refused.output
    assert f"aks-platform-{stack}" in refused.output


def _let_go(project: PlatformProject, stack: str) -> None:
    """Take the protection from a stack, as its runbook says."""

    def unprotect(settings: Settings) -> None:
        settings["protect"] = False

    project.edit(stack, unprotect)
    unprotected = project.up(stack)
    assert unprotected.succeeded, unprotected.output


def test_an_interrupted_up_is_finished_by_the_next_one_with_nothing_lost_or_doubled(
    project: PlatformProject,
) -> None:
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
    assert before < project.cloud_ids(), "it was interrupted before its end, and nothing of it is made anew"
    settled = project.engine.preview("dev", "--expect-no-changes", capture=True)
    assert settled.succeeded, settled.output
    assert project.engine.destroy("dev", "--skip-preview", capture=True).succeeded
    assert project.cloud_ids() == set(), "what no state knows of would be left behind"


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
    refused = project.engine.preview("dev", capture=True)
    assert not refused.succeeded
    assert "t4" in refused.output
    assert "already" in refused.output


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
    refused = project.engine.preview("dev", capture=True)
    assert not refused.succeeded
    assert "cloud.sqlite" in refused.output
    assert "make clean" in refused.output
    assert (project.engine.root / "cloud.sqlite").read_text() == "this is no database"
