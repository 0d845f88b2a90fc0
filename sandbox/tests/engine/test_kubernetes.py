"""Pulumi's own Kubernetes provider against a control plane of the sandbox, by the real engine."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, config

from sandbox.azure.cloud import Cloud, Resource
from sandbox.clusters import api_server
from sandbox.clusters.charts.archives import DIRECTORY_VARIABLE
from sandbox.clusters.control_plane import ControlPlane
from sandbox.clusters.sign_in import SERVER_ID
from sandbox.engine.directory import CLOUD_FILE, ROOT_VARIABLE
from sandbox.engine.engine import Engine
from sandbox.tests.engine.kubernetes_programs import (
    FILLS_THE_CLUSTER,
    IS_REFUSED,
    REFUSED,
    REFUSED_RELEASES,
    WAITS_FOR_A_NODE,
)
from sandbox.tests.engine.waiting import until

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kubernetes")]

CHECKOUT = Path(__file__).resolve().parents[3]
CLUSTER = Resource(
    id="/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
    "/providers/Microsoft.ContainerService/managedClusters/aks",
    type="Microsoft.ContainerService/managedClusters",
    name="aks",
    location="westeurope",
    properties={
        "nodeResourceGroup": "rg-nodes",
        "agentPoolProfiles": [
            {"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D16ds_v5"}
        ],
        "azureMonitorProfile": {"metrics": {"enabled": True}},
    },
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A sandbox with one cluster of one node, and without charts."""
    root = tmp_path_factory.mktemp("sandbox")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DIRECTORY_VARIABLE, str(root / "no charts"))
        with Cloud.open(root / CLOUD_FILE) as cloud:
            cloud.put(CLUSTER)
        yield root
    ControlPlane(root, CLUSTER.id).remove()


@pytest.fixture(scope="module")
def kubeconfig(root: Path) -> str:
    """A kubeconfig that signs in as a user's does, by kubelogin."""
    endpoint = api_server.ensure(root, CLUSTER)
    assert endpoint is not None
    authority = b64encode(endpoint.certificate_authority.read_bytes()).decode()
    login = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": ["get-token", "--login", "azurecli", "--server-id", SERVER_ID],
        "interactiveMode": "Never",
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "aks",
                    "cluster": {"server": endpoint.server, "certificate-authority-data": authority},
                }
            ],
            "users": [{"name": "user", "user": {"exec": login}}],
            "contexts": [{"name": "aks", "context": {"cluster": "aks", "user": "user"}}],
            "current-context": "aks",
        }
    )


@pytest.fixture(scope="module")
def core(root: Path, kubeconfig: str) -> Any:
    """The API server, asked past the provider."""
    endpoint = ControlPlane(root, CLUSTER.id).running()
    assert endpoint is not None
    return client.CoreV1Api(config.new_client_from_config(str(endpoint.kubeconfig)))


class Project:
    """A Pulumi project with one stack of the same name."""

    def __init__(self, root: Path, directory: Path, program: str, kubeconfig: str, **settings: str) -> None:
        self.directory = directory
        self.stack = directory.name
        self.kubeconfig = kubeconfig
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(f"name: {self.stack}\nruntime: python\n")
        (directory / "__main__.py").write_text(program)
        self.configure(**settings)
        self.engine = Engine(root, directory)

    def configure(self, **settings: str) -> None:
        """Write the stack file."""
        given = {"kubeconfig": self.kubeconfig, **settings}
        named = {f"{self.stack}:{name}": value for name, value in given.items()}
        (self.directory / f"Pulumi.{self.stack}.yaml").write_text(json.dumps({"config": named}))

    def up(self) -> None:
        """Bring it up."""
        run = self.engine.up(self.stack, "--skip-preview", capture=True)
        assert run.succeeded, run.output

    def destroy(self) -> None:
        """Destroy all of it."""
        run = self.engine.destroy(self.stack, "--skip-preview", capture=True)
        assert run.succeeded, run.output


@pytest.fixture(scope="module")
def filled(
    root: Path, kubeconfig: str, core: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    """A stack that was brought up; in the end it is destroyed, and nothing of it is left."""
    directory = tmp_path_factory.mktemp("filled") / "filled"
    project = Project(root, directory, FILLS_THE_CLUSTER, kubeconfig, app="web", replicas="1")
    project.up()
    yield project
    project.destroy()
    assert "team" not in [each.metadata.name for each in core.list_namespace().items]


def _apps(core: Any) -> Any:
    """The same API server's workloads."""
    return client.AppsV1Api(core.api_client)


def test_a_cluster_is_filled_and_neither_a_preview_nor_a_refresh_has_anything_to_say(
    filled: Project, core: Any
) -> None:
    outputs = filled.engine.outputs("filled", show_secrets=True)
    assert outputs["name"].startswith("web-")
    assert outputs["data"] == {"token": "aHVzaA=="}
    assert filled.engine.outputs("filled")["data"] == "[secret]"
    assert [
        (release["name"], release["chart"], release["version"], release["appVersion"], release["status"])
        for release in outputs["releases"]
    ] == [
        ("ingress", "nginx-ingress", "2.6.4", "5.5.4", "deployed"),
        ("other", "queue", "1.2.3", "", "deployed"),
    ]
    assert {pod.spec.service_account_name for pod in core.list_namespaced_pod("team").items} == {
        "default",
        "ingress-nginx-ingress",
    }
    preview = filled.engine.preview("filled", "--expect-no-changes", capture=True)
    assert preview.succeeded, preview.output
    refresh = filled.engine.refresh("filled", "--expect-no-changes", "--skip-preview", capture=True)
    assert refresh.succeeded, refresh.output


def test_changed_settings_reach_the_cluster_and_an_immutable_field_replaces(
    filled: Project, core: Any
) -> None:
    before = filled.engine.outputs("filled")["name"]
    filled.configure(app="other", replicas="2")
    filled.up()
    after = filled.engine.outputs("filled")["name"]
    assert after != before, "another selector is another Deployment"
    found = {
        each.metadata.name: each.status.ready_replicas
        for each in _apps(core).list_namespaced_deployment("team").items
    }
    assert found == {after: 2, "ingress-nginx-ingress-controller": 2, "other-queue": 1}


def test_a_field_with_another_manager_is_a_conflict(filled: Project, core: Any) -> None:
    name = filled.engine.outputs("filled")["name"]
    _apps(core).patch_namespaced_deployment(name, "team", {"spec": {"replicas": 3}}, field_manager="somebody")
    refresh = filled.engine.refresh("filled", "--skip-preview", capture=True)
    assert refresh.succeeded, refresh.output
    change = filled.engine.up("filled", "--skip-preview", capture=True)
    assert not change.succeeded
    assert 'conflict with "somebody"' in change.output
    assert ".spec.replicas" in change.output


def test_every_object_of_a_stand_in_says_so(filled: Project, core: Any) -> None:
    marks = {
        each.metadata.annotations["sandbox.aks-platform/stands-in-for"]
        for each in _apps(core).list_namespaced_deployment("team").items
        if each.metadata.labels
    }
    assert marks == {"nginx-ingress@2.6.4", "queue@1.2.3"}


@pytest.fixture(scope="module")
def refusals(
    root: Path, kubeconfig: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """What was said of each resource of a stack of which none becomes what it should."""
    directory = tmp_path_factory.mktemp("refused") / "refused"
    project = Project(root, directory, IS_REFUSED, kubeconfig)
    (directory / "manifests.json").write_text(json.dumps({name: made for name, (made, _) in REFUSED.items()}))
    (directory / "releases.json").write_text(
        json.dumps({name: release for name, (release, _) in REFUSED_RELEASES.items()})
    )
    run = project.engine.up("refused", "--skip-preview", "--continue-on-error", "--parallel=64", capture=True)
    assert not run.succeeded
    display, _, diagnostics = run.output.partition("\nDiagnostics:\n")
    parts = re.split(r"^  \S+ \((\S+)\):\n", diagnostics, flags=re.MULTILINE)
    shown = [(name, line) for name in parts[1::2] for line in display.splitlines() if f" {name} " in line]
    yield {
        name: "\n".join([text, *(line for of, line in shown if of == name)])
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }
    project.destroy()


@pytest.mark.parametrize(
    ("name", "words"), [(name, words) for name, (_, words) in {**REFUSED, **REFUSED_RELEASES}.items()]
)
def test_what_is_wrong_is_said_in_the_words_of_kubernetes(
    refusals: dict[str, str], name: str, words: str
) -> None:
    assert words in refusals[name]


def _plugins(root: Path) -> list[int]:
    """The ids of the provider's processes that serve the sandbox."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (
                f"{ROOT_VARIABLE}={root}".encode() in (process / "environ").read_bytes()
                and b"pulumi-resource-kubernetes" in (process / "cmdline").read_bytes()
            ):
                found.append(int(process.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and Linux alone ends orphans at once")
@pytest.mark.parametrize("way", ["interrupted", "killed"])
def test_an_up_that_ends_in_the_middle_leaves_no_plugin_and_the_next_one_finishes_it(
    root: Path, kubeconfig: str, core: Any, tmp_path: Path, way: str
) -> None:
    project = Project(root, tmp_path / way, WAITS_FOR_A_NODE, kubeconfig)
    program = (
        "import sys; from pathlib import Path; from sandbox.engine.engine import Engine\n"
        "sys.exit(Engine(Path(sys.argv[1]), Path(sys.argv[2])).up(sys.argv[3], '--skip-preview').exit_code)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(root), str(project.directory), way],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as up:
        until(lambda: core.list_namespaced_pod("default", label_selector="app=picky").items)
        (plugin,) = _plugins(root)
        if way == "interrupted":
            up.send_signal(signal.SIGINT)
        else:
            engine = int(Path(f"/proc/{plugin}/stat").read_text().rpartition(")")[2].split()[1])
            os.kill(engine, signal.SIGKILL)
        up.communicate()
    until(lambda: not _plugins(root))
    (node,) = core.list_node().items
    core.patch_node(node.metadata.name, {"metadata": {"labels": {"wanted": "yes"}}})
    again = project.engine.up(way, "--skip-preview", "--refresh", capture=True)
    assert again.succeeded, again.output
    (pod,) = core.list_namespaced_pod("default", label_selector="app=picky").items
    assert pod.spec.node_name == node.metadata.name
    project.destroy()
    core.patch_node(node.metadata.name, {"metadata": {"labels": {"wanted": None}}})


def test_what_an_add_on_of_aks_defines_is_served(core: Any, kubeconfig: str) -> None:
    served: Any = client.ApisApi(core.api_client).get_api_versions()
    groups = [group.name for group in served.groups]
    assert "azmonitoring.coreos.com" in groups
    assert "keda.sh" not in groups
