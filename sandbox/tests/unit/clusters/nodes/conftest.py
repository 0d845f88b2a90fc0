"""Pools, nodes and pods without a cloud and an API server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.azure.cloud import Resource
from sandbox.clusters.nodes import node
from sandbox.clusters.nodes.pools import Pool

CLUSTER_ID = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
    "/providers/Microsoft.ContainerService/managedClusters/aks"
)
CLUSTER = Resource(
    id=CLUSTER_ID,
    type="Microsoft.ContainerService/managedClusters",
    name="aks",
    location="West Europe",
    properties={"nodeResourceGroup": "rg-nodes"},
)
READY = {"type": "Ready", "status": "True"}

MakePool = Callable[..., Pool]
MakeNode = Callable[..., dict[str, Any]]
MakePod = Callable[..., dict[str, Any]]


@pytest.fixture
def make_pool() -> MakePool:
    def make(name: str = "user", **properties: Any) -> Pool:
        given = {"vmSize": "Standard_D4ds_v5", "count": 1, "maxPods": 110, **properties}
        return Pool(f"{CLUSTER_ID}/agentPools/{name}", name, CLUSTER, "2026-01-01", given)

    return make


@pytest.fixture
def make_node() -> MakeNode:
    def make(pool: Pool, instance: int = 0, zone: str = "0", **allocatable: str) -> dict[str, Any]:
        made = node.manifest(pool, instance, zone, [f"10.224.0.{instance + 4}"])
        made["metadata"]["resourceVersion"] = "1"
        made["status"]["conditions"] = [READY]
        made["status"]["allocatable"] |= allocatable
        return made

    return make


@pytest.fixture
def make_pod() -> MakePod:
    def make(name: str = "pod", on: str | None = None, owner: str = "", **spec: Any) -> dict[str, Any]:
        waiting = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
        metadata: dict[str, Any] = {"name": name, "namespace": "default"}
        if owner:
            metadata["ownerReferences"] = [{"kind": owner}]
        return {
            "metadata": metadata,
            "spec": {"containers": [], **spec, **({"nodeName": on} if on else {})},
            "status": {"phase": "Running"} if on else {"phase": "Pending", "conditions": [waiting]},
        }

    return make
