"""Nodes, autoscaler, drain and load balancers of a real control plane, as its API server tells of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
import urllib3
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from sandbox.azure.cloud import Cloud, Resource
from sandbox.azure.refusal import Refusal
from sandbox.clusters.control_plane import ControlPlane
from sandbox.clusters.nodes.drain import drain
from sandbox.programs import binaries
from sandbox.tests.engine.waiting import fewest_ready, is_ready, until

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("nodes")]

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-nodes"
POOL_TYPE = "Microsoft.ContainerService/managedClusters/agentPools"
SYSTEM_TAINT = "CriticalAddonsOnly=true:NoSchedule"
GPU_TAINT = "sku=gpu:NoSchedule"

SYSTEM_POOL = {
    "name": "system",
    "mode": "System",
    "vmSize": "Standard_D4ds_v5",
    "count": 2,
    "availabilityZones": ["1", "2", "3"],
    "nodeTaints": [SYSTEM_TAINT],
    "maxPods": 110,
}


class World:
    """One cluster: its cloud and its API server."""

    def __init__(self, root: Path, cloud: Cloud, api: Any) -> None:
        self.root = root
        self.cloud = cloud
        self.core: Any = client.CoreV1Api(api)
        self.apps: Any = client.AppsV1Api(api)
        self.policy: Any = client.PolicyV1Api(api)

    def put_pool(self, name: str, **properties: Any) -> str:
        pool_id = f"{CLUSTER}/agentPools/{name}"
        existing = self.cloud.get(pool_id)
        defaults = {"vmSize": "Standard_D4ds_v5", "count": 1, "maxPods": 110, "mode": "User"}
        pool = Resource(id=pool_id, type=POOL_TYPE, name=name, properties={**defaults, **properties})
        if existing is not None:
            pool = replace(existing, properties={**existing.properties, **properties})
        self.cloud.put(pool)
        return pool_id

    def count(self, name: str) -> int:
        pool = self.cloud.get(f"{CLUSTER}/agentPools/{name}")
        assert pool is not None
        return pool.properties["count"]

    def nodes(self, pool: str) -> list[Any]:
        return self.core.list_node(label_selector=f"agentpool={pool}").items

    def ready_nodes(self, pool: str, count: int) -> list[Any]:
        def ready() -> Any:
            nodes = self.nodes(pool)
            return len(nodes) == count and all(map(is_ready, nodes)) and [nodes]

        return until(ready)[0]

    def delete_pool(self, name: str) -> None:
        self.cloud.delete(f"{CLUSTER}/agentPools/{name}")
        until(lambda: not self.nodes(name))

    def pods(self, namespace: str, selector: str = "") -> list[Any]:
        return self.core.list_namespaced_pod(namespace, label_selector=selector).items


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    for server in binaries.SERVERS:
        binaries.ensure(server)
    root = tmp_path_factory.mktemp("sandbox")
    with Cloud.open(root / "cloud.sqlite") as cloud:
        cloud.put(
            Resource(
                id=CLUSTER,
                type="Microsoft.ContainerService/managedClusters",
                name="aks-nodes",
                location="westeurope",
                properties={
                    "agentPoolProfiles": [SYSTEM_POOL],
                    "nodeResourceGroup": "rg-nodes",
                    "autoScalerProfile": {"scaleDownUnneededTime": "1m"},
                },
            )
        )
        control_plane = ControlPlane(root, CLUSTER)
        api = config.new_client_from_config(str(control_plane.ensure().kubeconfig))
        world = World(root, cloud, api)
        world.ready_nodes("system", 2)
        yield world
        control_plane.remove()


@pytest.fixture
def namespace(world: World) -> Iterator[str]:
    name = f"test-{uuid4().hex[:8]}"
    world.core.create_namespace({"metadata": {"name": name}})
    yield name
    world.core.delete_namespace(name)


def _deployment(name: str, replicas: int, **spec: Any) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": "web", "image": "web", "resources": {"requests": {"cpu": "100m"}}}
    return {
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container], **spec}},
        },
    }


def _gpu_pod(name: str, **spec: Any) -> dict[str, Any]:
    container = {"name": "cuda", "image": "cuda", "resources": {"limits": {"nvidia.com/gpu": "1"}}}
    return {"metadata": {"name": name}, "spec": {"containers": [container], **spec}}


def _reason(pod: Any) -> str | None:
    """Why the scheduler has found no node for the pod."""
    for one in pod.status.conditions or []:
        if one.type == "PodScheduled" and one.status == "False":
            return one.message
    return None


GPU_TOLERATION = {"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}


def test_the_system_pool_has_its_nodes_and_runs_coredns(world: World) -> None:
    nodes = world.ready_nodes("system", 2)
    names = sorted(node.metadata.name for node in nodes)
    digits = names[0].removeprefix("aks-system-")[:8]
    assert digits.isdecimal()
    assert names == [f"aks-system-{digits}-vmss000000", f"aks-system-{digits}-vmss000001"]
    assert sorted(node.metadata.labels["topology.kubernetes.io/zone"] for node in nodes) == [
        "westeurope-1",
        "westeurope-2",
    ]
    assert nodes[0].status.allocatable["cpu"] == "3860m"
    name_servers = until(
        lambda: len(found := _running(world.pods("kube-system", "k8s-app=kube-dns"))) == 2 and found
    )
    assert {pod.spec.node_name for pod in name_servers} <= set(names)


def _running(pods: list[Any]) -> list[Any]:
    return [pod for pod in pods if pod.status.phase == "Running"]


def test_what_does_not_tolerate_the_system_pool_waits_for_a_user_pool(world: World, namespace: str) -> None:
    world.apps.create_namespaced_deployment(namespace, _deployment("web", 2))
    waiting = until(lambda: [pod for pod in world.pods(namespace) if _reason(pod)])
    assert "2 node(s) had untolerated taint(s)" in str(_reason(waiting[0]))
    world.put_pool("user", count=1)
    running = until(lambda: len(found := _running(world.pods(namespace))) == 2 and found)
    assert {pod.spec.node_name for pod in running} == {world.nodes("user")[0].metadata.name}
    world.delete_pool("user")


def test_labels_and_taints_that_a_pool_gets_reach_its_nodes_and_go_again(world: World) -> None:
    world.put_pool("labelled", nodeLabels={"team": "red", "old": "yes"}, nodeTaints=["a=b:NoSchedule"])
    node = world.ready_nodes("labelled", 1)[0]
    assert node.metadata.labels["old"] == "yes"
    world.put_pool("labelled", nodeLabels={"team": "blue"}, nodeTaints=["c=d:NoExecute"])
    until(lambda: world.nodes("labelled")[0].metadata.labels["team"] == "blue")
    # The taint of a node that is not ready goes a moment after it has become ready.
    until(
        lambda: _taints(world.nodes("labelled")[0]) == [("c", "d", "NoExecute")],
        otherwise=lambda: _taints(world.nodes("labelled")[0]),
    )
    changed = world.nodes("labelled")[0]
    assert "old" not in changed.metadata.labels
    assert changed.metadata.uid == node.metadata.uid
    world.delete_pool("labelled")


def _taints(node: Any) -> list[tuple[str, str, str]]:
    return [(taint.key, taint.value, taint.effect) for taint in node.spec.taints or ()]


def test_a_gpu_pod_brings_a_node_from_zero_and_runs_once_the_device_plugin_does(
    world: World, namespace: str
) -> None:
    world.put_pool(
        "gpu",
        vmSize="Standard_NC4as_T4_v3",
        count=0,
        minCount=0,
        maxCount=2,
        enableAutoScaling=True,
        nodeTaints=[GPU_TAINT],
    )
    world.core.create_namespaced_pod(namespace, _gpu_pod("intolerant"))
    world.core.create_namespaced_pod(namespace, _gpu_pod("tolerant", tolerations=[GPU_TOLERATION]))
    node = world.ready_nodes("gpu", 1)[0]
    assert "nvidia.com/gpu" not in node.status.allocatable
    assert world.count("gpu") == 1
    plugin = _deployment("nvidia-device-plugin", 1, nodeSelector={"accelerator": "nvidia"})
    plugin["spec"]["template"]["spec"]["tolerations"] = [{"operator": "Exists"}]
    plugin["spec"]["template"]["spec"]["containers"][0]["image"] = "nvcr.io/nvidia/k8s-device-plugin:v1"
    del plugin["spec"]["replicas"]
    world.apps.create_namespaced_daemon_set(namespace, plugin)
    tolerant = until(
        lambda: (
            (pod := world.core.read_namespaced_pod("tolerant", namespace)).status.phase == "Running" and pod
        )
    )
    assert tolerant.spec.node_name == node.metadata.name
    assert world.nodes("gpu")[0].status.allocatable["nvidia.com/gpu"] == "1"
    intolerant = world.core.read_namespaced_pod("intolerant", namespace)
    assert intolerant.status.phase == "Pending"
    assert "node(s) had untolerated taint(s)" in str(_reason(intolerant))
    world.core.delete_namespaced_pod("tolerant", namespace)
    until(lambda: world.count("gpu") == 0 and not world.nodes("gpu"))
    world.delete_pool("gpu")


def test_a_pool_that_is_at_its_maximum_gets_no_more_nodes(world: World, namespace: str) -> None:
    world.put_pool("full", count=1, minCount=1, maxCount=2, enableAutoScaling=True)
    world.ready_nodes("full", 1)
    deployment = _deployment("wide", 3)
    deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "3"
    world.apps.create_namespaced_deployment(namespace, deployment)
    until(lambda: len(_running(world.pods(namespace))) == 2)
    waiting = next(pod for pod in world.pods(namespace) if pod.status.phase == "Pending").metadata.name
    until(lambda: "Insufficient cpu" in str(_reason(world.core.read_namespaced_pod(waiting, namespace))))
    assert world.count("full") == 2
    world.apps.delete_namespaced_deployment("wide", namespace)
    until(lambda: world.count("full") == 1 and len(world.nodes("full")) == 1)
    world.delete_pool("full")


def test_a_gpu_pod_stays_pending_with_the_pool_at_zero_maximum(world: World, namespace: str) -> None:
    none = {"minCount": 0, "maxCount": 0, "enableAutoScaling": True, "count": 0}
    world.put_pool("nogpu", vmSize="Standard_NC4as_T4_v3", nodeTaints=[GPU_TAINT], **none)
    world.core.create_namespaced_pod(namespace, _gpu_pod("gpu", tolerations=[GPU_TOLERATION]))
    until(lambda: _reason(world.core.read_namespaced_pod("gpu", namespace)))
    # A pool that is seen later is one that comes after whatever was done for the pod.
    world.put_pool("later", count=1)
    world.ready_nodes("later", 1)
    pod = until(
        lambda: (
            "1 Insufficient nvidia.com/gpu" in str(_reason(world.core.read_namespaced_pod("gpu", namespace)))
            and world.core.read_namespaced_pod("gpu", namespace)
        )
    )
    assert pod.status.phase == "Pending"
    assert (world.count("nogpu"), world.nodes("nogpu")) == (0, [])
    world.delete_pool("nogpu")
    world.delete_pool("later")


def _budgeted(world: World, namespace: str, minimum: int) -> None:
    world.policy.create_namespaced_pod_disruption_budget(
        namespace,
        {
            "metadata": {"name": "web"},
            "spec": {"minAvailable": minimum, "selector": {"matchLabels": {"app": "web"}}},
        },
    )
    world.apps.create_namespaced_deployment(namespace, _deployment("web", 4))
    until(lambda: (_available(world, namespace) or 0) == 4)
    until(
        lambda: (
            world.policy.read_namespaced_pod_disruption_budget_status("web", namespace).status.expected_pods
            == 4
        )
    )


def _available(world: World, namespace: str) -> int:
    return world.apps.read_namespaced_deployment_status("web", namespace).status.available_replicas or 0


def test_replacing_a_pool_never_takes_a_deployment_below_its_disruption_budget(
    world: World, namespace: str
) -> None:
    old = world.put_pool("old", count=2)
    world.ready_nodes("old", 2)
    _budgeted(world, namespace, 3)
    world.put_pool("new", count=2)
    world.ready_nodes("new", 2)
    before = world.core.list_namespaced_pod(namespace)
    drain(world.root, world.cloud, old)
    assert fewest_ready(world.core, before) == 3
    assert world.nodes("old") == []
    world.delete_pool("old")
    new = {node.metadata.name for node in world.nodes("new")}
    assert {pod.spec.node_name for pod in until(lambda: _all_placed(world.pods(namespace)))} <= new
    world.policy.delete_namespaced_pod_disruption_budget("web", namespace)
    world.delete_pool("new")


def _all_placed(pods: list[Any]) -> list[Any]:
    return pods if len(_running(pods)) == len(pods) == 4 else []


def test_the_pods_of_daemon_sets_go_with_their_nodes(world: World, namespace: str) -> None:
    pool = world.put_pool("short", count=1)
    world.ready_nodes("short", 1)
    agent = _deployment("agent", 1, nodeSelector={"agentpool": "short"})
    del agent["spec"]["replicas"]
    world.apps.create_namespaced_daemon_set(namespace, agent)
    until(lambda: _running(world.pods(namespace)))
    drain(world.root, world.cloud, pool)
    assert world.pods(namespace) == []
    world.delete_pool("short")


def test_a_pool_that_a_disruption_budget_keeps_full_is_not_deleted(world: World, namespace: str) -> None:
    pool = world.put_pool("kept", count=1, upgradeSettings={"drainTimeoutInMinutes": 1})
    world.ready_nodes("kept", 1)
    _budgeted(world, namespace, 4)
    with pytest.raises(Refusal) as error:
        drain(world.root, world.cloud, pool)
    assert error.value.code == "PodDrainFailure"
    assert "Cannot evict pod as it would violate the pod's disruption budget." in error.value.message
    until(lambda: not world.nodes("kept")[0].spec.unschedulable)
    assert len(_running(world.pods(namespace))) == 4
    world.policy.delete_namespaced_pod_disruption_budget("web", namespace)
    world.delete_pool("kept")


def test_a_pool_of_fewer_nodes_empties_those_that_go(world: World, namespace: str) -> None:
    world.put_pool("shrunk", count=3)
    world.ready_nodes("shrunk", 3)
    _budgeted(world, namespace, 3)
    world.put_pool("shrunk", count=1)
    left = world.ready_nodes("shrunk", 1)[0].metadata.name
    pods = until(lambda: _all_placed(world.pods(namespace)))
    assert {pod.spec.node_name for pod in pods} == {left}
    world.policy.delete_namespaced_pod_disruption_budget("web", namespace)
    world.delete_pool("shrunk")


def _service(annotations: dict[str, str]) -> dict[str, Any]:
    return {
        "metadata": {"name": "web", "annotations": annotations},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    }


def test_a_service_gets_its_public_ip_address_once_it_exists_and_releases_it(
    world: World, namespace: str
) -> None:
    prefix = "service.beta.kubernetes.io/azure-"
    world.core.create_namespaced_service(namespace, _service({f"{prefix}pip-name": "pip"}))
    events = until(lambda: world.core.list_namespaced_event(namespace).items)
    assert [(event.type, event.reason, event.involved_object.name) for event in events] == [
        ("Warning", "SyncLoadBalancerFailed", "web")
    ]
    assert "pip for service" in events[0].message
    public_ip = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-nodes"
    public_ip += "/providers/Microsoft.Network/publicIPAddresses/pip"
    world.cloud.put(
        Resource(
            id=public_ip,
            type="Microsoft.Network/publicIPAddresses",
            name="pip",
            location="westeurope",
            properties={"ipAddress": "203.0.113.7", "sku": {"name": "Standard"}},
        )
    )
    given = until(lambda: world.core.read_namespaced_service("web", namespace).status.load_balancer.ingress)
    assert [entry.ip for entry in given] == ["203.0.113.7"]
    assert [user.name for user in until(lambda: world.cloud.referencing(public_ip))] == ["kubernetes"]
    world.core.delete_namespaced_service("web", namespace)
    until(lambda: not world.core.list_namespaced_service(namespace).items)
    assert world.cloud.referencing(public_ip) == []


def test_nodes_follow_the_cloud_again_after_the_api_server_has_ended(world: World) -> None:
    directory = str(ControlPlane(world.root, CLUSTER).directory)
    [server] = [
        process.pid
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] == "kube-apiserver" and process.info["cwd"] == directory
    ]
    os.kill(server, signal.SIGKILL)
    world.put_pool("after", count=1)

    def ready() -> bool:
        try:
            return any(map(is_ready, world.nodes("after")))
        except (urllib3.exceptions.HTTPError, ApiException):
            return False

    until(ready)
    world.delete_pool("after")


def test_a_service_of_a_class_that_is_not_azures_gets_nothing(world: World, namespace: str) -> None:
    other = _service({})
    other["metadata"]["name"] = "other"
    other["spec"]["loadBalancerClass"] = "example.com/nobody"
    world.core.create_namespaced_service(namespace, other)
    world.core.create_namespaced_service(namespace, _service({}))
    until(lambda: world.core.read_namespaced_service("web", namespace).status.load_balancer.ingress)
    assert world.core.read_namespaced_service("other", namespace).status.load_balancer.ingress is None
    assert world.core.read_namespaced_service("other", namespace).metadata.finalizers is None
