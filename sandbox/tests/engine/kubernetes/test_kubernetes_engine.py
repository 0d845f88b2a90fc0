"""The kubernetes stand-in behind the real engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine.engine import Engine
from sandbox.engine.plugin_installation import PLUGINS
from sandbox.kubernetes.api_server_backend import ApiServerBackend
from sandbox.kubernetes.kinds import Kind
from sandbox.tests.unit.kubernetes.driver import kubeconfig

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kubernetes")]

MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: from-yaml, namespace: team}
data: {key: value}
---
apiVersion: v1
kind: Service
metadata: {name: from-yaml, namespace: team}
spec: {ports: [{port: 80}], selector: {app: web}}
"""
PROGRAM = """
import pulumi
from pulumi_kubernetes import Provider, apiextensions, apps, core
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.yaml import ConfigFile, ConfigGroup

config = pulumi.Config()
provider = Provider("k8s", kubeconfig=config.require("kubeconfig"), cluster_identifier="aks")
own = pulumi.ResourceOptions(provider=provider)
namespace = core.v1.Namespace("team", metadata={"name": "team"}, opts=own)
inside = pulumi.ResourceOptions(provider=provider, depends_on=[namespace])
labels = {"app": config.require("app")}
web = apps.v1.Deployment(
    "web",
    metadata={"namespace": namespace.metadata.name},
    spec={
        "replicas": config.require_int("replicas"),
        "selector": {"match_labels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "web", "image": "nginx"}]},
        },
    },
    opts=own,
)
secret = core.v1.Secret(
    "token",
    metadata={"namespace": namespace.metadata.name},
    string_data={"token": "hush"},
    opts=own,
)
ConfigFile("manifest", file="manifest.yaml", opts=inside)
ConfigGroup(
    "group",
    yaml=["apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: grouped, namespace: team}\\n"],
    opts=inside,
)
schema = {"type": "object", "x_kubernetes_preserve_unknown_fields": True}
definition = apiextensions.v1.CustomResourceDefinition(
    "widgets",
    metadata={"name": "widgets.example.com"},
    spec={
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"open_apiv3_schema": schema}}
        ],
    },
    opts=own,
)
widget = apiextensions.CustomResource(
    "widget",
    api_version="example.com/v1",
    kind="Widget",
    metadata={"name": "one", "namespace": namespace.metadata.name},
    spec={"size": config.require_int("replicas")},
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[definition]),
)
ingress = Release(
    "ingress",
    name="ingress",
    chart="oci://ghcr.io/nginx/charts/nginx-ingress",
    version="2.6.4",
    namespace=namespace.metadata.name,
    values={
        "controller": {"replicaCount": config.require_int("replicas"), "service": {"type": "ClusterIP"}}
    },
    opts=own,
)
pulumi.export("name", web.metadata.name)
pulumi.export("available", web.status.available_replicas)
pulumi.export("data", secret.data)
pulumi.export("release", ingress.status.status)
"""
CONFIG_MAP = Kind("", "v1", "ConfigMap")
DEPLOYMENT = Kind("apps", "v1", "Deployment")
NAMESPACE = Kind("", "v1", "Namespace")
POD = Kind("", "v1", "Pod")
WIDGET = Kind("example.com", "v1", "Widget")


def stack_file(app: str = "web", replicas: int = 1) -> str:
    config = {"k8s:kubeconfig": kubeconfig(), "k8s:app": app, "k8s:replicas": str(replicas)}
    return json.dumps({"config": config})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("project")
    (project / "Pulumi.yaml").write_text("name: k8s\nruntime: python\n")
    (project / "Pulumi.dev.yaml").write_text(stack_file())
    (project / "manifest.yaml").write_text(MANIFEST)
    (project / "__main__.py").write_text(PROGRAM)
    return project


@pytest.fixture(scope="module")
def engine(root: Path, project: Path) -> Engine:
    return Engine(root, project, plugins={"kubernetes": PLUGINS["kubernetes"]})


@pytest.fixture(scope="module")
def filled(engine: Engine, server: ApiServerBackend) -> Iterator[Engine]:
    """The engine after its first `up`; in the end all that it made is destroyed."""
    up = engine.up("dev", "--skip-preview", capture=True)
    assert up.succeeded, up.output
    assert "exited prematurely" not in up.output
    yield engine
    destroy = engine.destroy("dev", "--skip-preview", capture=True)
    assert destroy.succeeded, destroy.output
    assert server.get(NAMESPACE, "", "team") is None
    assert server.list(POD, "team") == []


def names(server: ApiServerBackend, kind: Kind) -> list[str]:
    found = [obj["metadata"]["name"] for obj in server.list(kind, "team")]
    return [name for name in found if name != "kube-root-ca.crt"]


def test_a_cluster_is_filled_and_found_unchanged(filled: Engine, server: ApiServerBackend) -> None:
    first = filled.outputs("dev", show_secrets=True)
    assert first["name"].startswith("web-")
    assert (first["available"], first["data"], first["release"]) == (1, {"token": "aHVzaA=="}, "deployed")
    assert filled.outputs("dev")["data"] == "[secret]"
    assert names(server, CONFIG_MAP) == ["from-yaml", "grouped", "ingress-nginx-ingress"]
    assert [widget["spec"] for widget in server.list(WIDGET, "team")] == [{"size": 1}]
    assert {pod["spec"]["nodeName"] for pod in server.list(POD, "team")} == {"test-node"}

    preview = filled.preview("dev", "--expect-no-changes", capture=True)
    assert preview.succeeded, preview.output
    refresh = filled.refresh("dev", "--expect-no-changes", "--skip-preview", capture=True)
    assert refresh.succeeded, refresh.output


def test_changed_settings_reach_the_cluster(filled: Engine, server: ApiServerBackend, project: Path) -> None:
    first = filled.outputs("dev")
    (project / "Pulumi.dev.yaml").write_text(stack_file(app="other", replicas=2))
    change = filled.up("dev", "--skip-preview", capture=True)
    assert change.succeeded, change.output
    second = filled.outputs("dev")
    assert second["available"] == 2
    assert second["name"] != first["name"], "another selector is another Deployment"
    assert names(server, DEPLOYMENT) == ["ingress-nginx-ingress-controller", second["name"]]
    assert [widget["spec"] for widget in server.list(WIDGET, "team")] == [{"size": 2}]


def test_what_somebody_changed_by_hand_is_found_and_not_overwritten(
    filled: Engine, server: ApiServerBackend
) -> None:
    (held,) = [obj for obj in server.list(DEPLOYMENT, "team") if obj["metadata"]["name"].startswith("web-")]
    server.replace({**held, "spec": {**held["spec"], "replicas": 3}}, "somebody")
    refresh = filled.refresh("dev", "--skip-preview", capture=True)
    assert refresh.succeeded, refresh.output
    change = filled.up("dev", "--skip-preview", capture=True)
    assert 'conflict with "somebody"' in change.output
    assert ".spec.replicas" in change.output
