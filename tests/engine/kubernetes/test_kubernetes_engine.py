"""The kubernetes stand-in behind the real engine, with a managed cluster in the cloud."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.cloud import Cloud, Resource
from sandbox.engine import PLUGINS, Engine

pytestmark = pytest.mark.engine

HOST = "aks-platform-1a2b3c4d.hcp.westeurope.azmk8s.io"
CLUSTER_ID = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/"
    "Microsoft.ContainerService/managedClusters/aks"
)
KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "aks",
    "contexts": [{"name": "aks", "context": {"cluster": "aks", "user": "user"}}],
    "clusters": [{"name": "aks", "cluster": {"server": f"https://{HOST}:443"}}],
    "users": [{"name": "user", "user": {"exec": {"command": "kubelogin"}}}],
}
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
from pulumi_kubernetes import Provider, apps, core
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.yaml import ConfigFile

config = pulumi.Config()
provider = Provider("k8s", kubeconfig=config.require("kubeconfig"), cluster_identifier="aks")
own = pulumi.ResourceOptions(provider=provider)
namespace = core.v1.Namespace("team", metadata={"name": "team"}, opts=own)
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
ConfigFile("manifest", file="manifest.yaml", opts=own)
ingress = Release(
    "ingress",
    name="ingress",
    chart="oci://ghcr.io/nginx/charts/nginx-ingress",
    version="2.6.4",
    namespace=namespace.metadata.name,
    values={"controller": {"replicaCount": config.require_int("replicas")}},
    opts=own,
)
pulumi.export("name", web.metadata.name)
pulumi.export("available", web.status.available_replicas)
pulumi.export("data", secret.data)
pulumi.export("release", ingress.status.status)
"""


def stack_file(app: str = "web", replicas: int = 1) -> str:
    config = {"k8s:kubeconfig": json.dumps(KUBECONFIG), "k8s:app": app, "k8s:replicas": str(replicas)}
    return json.dumps({"config": config})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: k8s\nruntime: python\n")
    (project / "Pulumi.dev.yaml").write_text(stack_file())
    (project / "manifest.yaml").write_text(MANIFEST)
    (project / "__main__.py").write_text(PROGRAM)
    return project


@pytest.fixture
def engine(project: Path, tmp_path: Path) -> Engine:
    root = tmp_path / "sandbox"
    with Cloud.open(root / "cloud.sqlite") as cloud:
        cloud.put(
            Resource(
                id=CLUSTER_ID,
                type="Microsoft.ContainerService/managedClusters",
                name="aks",
                location="westeurope",
                properties={"fqdn": HOST, "kubernetesVersion": "1.36"},
            )
        )
    return Engine(root, project, plugins={"kubernetes": PLUGINS["kubernetes"]})


def held(engine: Engine, kind: str) -> list[str]:
    with Cloud.open(engine.root / "cloud.sqlite") as cloud:
        return [each.name for each in cloud.everything() if each.type == f"Kubernetes/{kind}"]


def test_a_cluster_is_filled_found_unchanged_changed_and_emptied(engine: Engine, project: Path) -> None:
    up = engine.up("dev", capture=True)
    assert up.succeeded, up.output
    assert "exited prematurely" not in up.output
    first = engine.outputs("dev", show_secrets=True)
    assert first["name"].startswith("web-")
    assert (first["available"], first["data"], first["release"]) == (1, {"token": "aHVzaA=="}, "deployed")
    assert engine.outputs("dev")["data"] == "[secret]"
    assert held(engine, "configmaps") == ["from-yaml", "ingress-nginx-ingress"]

    preview = engine.preview("dev", "--expect-no-changes", capture=True)
    assert preview.succeeded, preview.output
    refresh = engine.refresh("dev", "--expect-no-changes", capture=True)
    assert refresh.succeeded, refresh.output

    (project / "Pulumi.dev.yaml").write_text(stack_file(app="other", replicas=2))
    change = engine.up("dev", capture=True)
    assert change.succeeded, change.output
    second = engine.outputs("dev", show_secrets=True)
    assert second["available"] == 2
    assert second["name"] != first["name"]
    assert held(engine, "deployments.apps") == ["ingress-nginx-ingress-controller", second["name"]]

    destroy = engine.destroy("dev", capture=True)
    assert destroy.succeeded, destroy.output
    with Cloud.open(engine.root / "cloud.sqlite") as cloud:
        left = {each.type for each in cloud.everything() if each.id != CLUSTER_ID}
    # Helm never removes the definitions that a chart brought.
    assert left == {"Kubernetes/customresourcedefinitions.apiextensions.k8s.io"}
