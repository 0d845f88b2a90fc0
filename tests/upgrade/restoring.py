"""A kept state, and the cloud that it tells of, in a sandbox of a test's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kubernetes import config
from kubernetes.dynamic import DynamicClient

from sandbox.azure.cloud import Cloud, Resource
from sandbox.azure.resource_types import resource_type
from sandbox.clusters.control_plane import ControlPlane
from sandbox.engine.directory import CLOUD_FILE
from tests.engine.platform_project import PlatformProject


def restore(project: PlatformProject, stack: str, kept: Path) -> None:
    """Make the sandbox of *project* what it was when *kept* was exported from *stack*.

    Protection is dropped: a preview stops at the first protected resource, and all of them are wanted.
    """
    state = json.loads(kept.read_text(encoding="utf-8"))
    resources = state["deployment"]["resources"]
    for resource in resources:
        resource.pop("protect", None)
    file = project.directory.parent / "state.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    imported = project.engine.pulumi(
        ["stack", "import", "--file", str(file), "--stack", stack], stack=stack, capture=True
    )
    assert imported.succeeded, imported.output
    _restore_azure(project.engine.root / CLOUD_FILE, resources)
    _restore_kubernetes(project.engine.root, resources)


def _restore_azure(file: Path, resources: list[dict[str, Any]]) -> None:
    """An azure-native resource's outputs are what Azure answers to a read."""
    with Cloud.open(file) as cloud:
        for resource in resources:
            if resource["type"].startswith("azure-native:"):
                cloud.put(
                    Resource(
                        id=resource["id"],
                        type=resource_type(resource["type"]).arm_type,
                        name=resource["id"].rpartition("/")[2],
                        location=resource["outputs"].get("location"),
                        properties=resource["outputs"],
                        inputs=resource["inputs"],
                    )
                )


def _restore_kubernetes(root: Path, resources: list[dict[str, Any]]) -> None:
    """The provider previews a change of an object by a dry run, so the API server has to hold the object.

    A Helm release is left out: its preview asks no cluster.
    """
    (cluster,) = (each for each in resources if each["type"].endswith(":ManagedCluster"))
    service_cidr = cluster["outputs"]["networkProfile"]["serviceCidr"]
    endpoint = ControlPlane(root, cluster["id"]).ensure(service_cidr)
    api: Any = DynamicClient(config.new_client_from_config(str(endpoint.kubeconfig)))
    for resource in resources:
        kind = resource["type"]
        if kind.startswith("kubernetes:") and not kind.startswith("kubernetes:helm.sh"):
            body = resource["inputs"]
            api.server_side_apply(
                api.resources.get(api_version=body["apiVersion"], kind=body["kind"]),
                body=body,
                name=body["metadata"]["name"],
                namespace=body["metadata"].get("namespace"),
                field_manager=resource["outputs"].get("__fieldManager", "pulumi-kubernetes"),
            )
