"""The dev stack: a short life in `make test`; GPU pods and a workload that moves in `make scenarios`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from kubernetes import client

from sandbox.tests.engine.waiting import fewest_ready, is_ready, until, why_it_waits
from tests.engine.platform_project import PlatformProject, everything_runs_where_it_should

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("dev")]

Settings = dict[str, Any]
_REPLICAS: Final = 4
_LEAST_AVAILABLE: Final = 3


def _two_more_pools(settings: Settings) -> None:
    pool = {"vmSize": "Standard_D4ds_v5", "count": 2, "upgradeSettings": {"drainTimeoutInMinutes": 60}}
    settings["nodePools"]["first"] = pool
    settings["nodePools"]["last"] = {**pool, "deleteBeforeReplace": True}


def _larger_nodes(settings: Settings) -> None:
    for pool in ("first", "last"):
        settings["nodePools"][pool]["vmSize"] = "Standard_D8ds_v5"
    settings["nodePools"]["t4"]["vmSize"] = "Standard_NC8as_T4_v3"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlatformProject]:
    """The dev stack with two more pools, built for all tests of this file, and destroyed after them."""
    project = PlatformProject(tmp_path_factory.mktemp("dev"))
    project.edit("dev", _two_more_pools)
    built = project.up("dev")
    assert built.succeeded, built.output
    yield project
    try:
        project.destroys_everything("dev")
    finally:
        project.engine.clean()


@pytest.fixture
def core(dev: PlatformProject) -> Any:
    return dev.core()


def test_what_was_built_runs_and_neither_a_preview_nor_a_refresh_has_anything_to_say(
    dev: PlatformProject,
) -> None:
    everything_runs_where_it_should(dev, "first", "last")
    dev.finds_nothing_to_do("dev")


def test_the_ingress_namespace_takes_no_pod_that_may_do_more_than_the_controller(core: Any) -> None:
    networking: Any = client.NetworkingV1Api(core.api_client)
    policies = networking.list_namespaced_network_policy("nginx-ingress").items
    assert {policy.metadata.name for policy in policies} == {"default-deny", "controller"}
    (controller,) = core.list_namespaced_pod("nginx-ingress").items
    assert (controller.spec.priority, controller.spec.priority_class_name) == (
        1_000_000,
        "aks-platform-ingress",
    )

    with pytest.raises(client.ApiException, match="violates PodSecurity") as refused:
        core.create_namespaced_pod("nginx-ingress", _gpu_pod("loose", tolerant=False), dry_run="All")
    assert refused.value.status == 403
    assert "restricted:latest" in str(refused.value)


def _gpu_pod(name: str, *, tolerant: bool) -> client.V1Pod:
    """The pod of Azure's GPU guide; with `tolerant` it tolerates the taints of a spot GPU pool."""
    taints = {"sku": "gpu", "kubernetes.azure.com/scalesetpriority": "spot"}
    return client.V1Pod(
        metadata=client.V1ObjectMeta(name=name),
        spec=client.V1PodSpec(
            containers=[
                client.V1Container(
                    name="train",
                    image="mcr.microsoft.com/azuredocs/samples-tf-mnist-demo:gpu",
                    resources=client.V1ResourceRequirements(limits={"nvidia.com/gpu": "1"}),
                )
            ],
            tolerations=[
                client.V1Toleration(key=key, value=value, operator="Equal", effect="NoSchedule")
                for key, value in taints.items()
            ]
            if tolerant
            else None,
        ),
    )


@pytest.mark.scenario
def test_a_pod_that_asks_for_a_gpu_gets_a_node_of_the_empty_pool_and_an_intolerant_one_waits(
    dev: PlatformProject, core: Any
) -> None:
    core.create_namespaced_pod("default", _gpu_pod("intolerant", tolerant=False))
    core.create_namespaced_pod("default", _gpu_pod("training", tolerant=True))

    def read(name: str) -> Any:
        return core.read_namespaced_pod(name, "default")

    until(lambda: read("training").status.phase == "Running")
    node = core.read_node(read("training").spec.node_name)
    assert node.metadata.labels["aks-platform/node-pool"] == "t4"
    assert node.status.allocatable["nvidia.com/gpu"] == "1"
    plugins = core.list_namespaced_pod("gpu-resources").items
    assert [pod.spec.node_name for pod in plugins] == [node.metadata.name]

    until(lambda: "untolerated taint" in why_it_waits(read("intolerant")))
    # A pool that the autoscaler has grown is no change.
    dev.previews_no_change("dev")

    for name in ("training", "intolerant"):
        core.delete_namespaced_pod(name, "default")


def _web() -> tuple[client.V1Deployment, client.V1PodDisruptionBudget]:
    """A workload that asks for the pool `first` by its stable label, and a budget of one disruption."""
    labels = {"app": "web"}
    selector = client.V1LabelSelector(match_labels=labels)
    pod = client.V1PodSpec(
        node_selector={"aks-platform/node-pool": "first"},
        containers=[client.V1Container(name="web", image="example.invalid/web")],
    )
    template = client.V1PodTemplateSpec(metadata=client.V1ObjectMeta(labels=labels), spec=pod)
    spec = client.V1DeploymentSpec(replicas=_REPLICAS, selector=selector, template=template)
    budget = client.V1PodDisruptionBudgetSpec(min_available=_LEAST_AVAILABLE, selector=selector)
    metadata = client.V1ObjectMeta(name="web")
    return client.V1Deployment(metadata=metadata, spec=spec), client.V1PodDisruptionBudget(
        metadata=metadata, spec=budget
    )


@pytest.mark.scenario
def test_a_replaced_pool_is_there_before_the_old_one_goes_unless_the_file_says_otherwise(
    dev: PlatformProject, core: Any
) -> None:
    workload, budget = _web()
    client.PolicyV1Api(core.api_client).create_namespaced_pod_disruption_budget("default", budget)
    apps: Any = client.AppsV1Api(core.api_client)
    apps.create_namespaced_deployment("default", workload)
    until(lambda: apps.read_namespaced_deployment("web", "default").status.available_replicas == _REPLICAS)
    before = core.list_namespaced_pod("default", label_selector="app=web")
    old_nodes = {pod.spec.node_name for pod in before.items}

    dev.edit("dev", _larger_nodes)
    planned = {(step.op, step.name) for step in dev.planned("dev") if not step.is_half_of_a_replacement}
    assert planned == {("replace", f"np-platform-dev-{pool}") for pool in ("first", "last", "t4")}
    replaced = dev.up("dev")
    assert replaced.succeeded, replaced.output
    order = [line for line in replaced.output.splitlines() if "np-platform-dev-" in line]
    first = [line for line in order if "-first" in line]
    last = [line for line in order if "-last" in line]
    assert _position(first, "created replacement") < _position(first, "deleting original")
    assert _position(last, "deleting original") < _position(last, "creating replacement")

    assert fewest_ready(core, before) == _LEAST_AVAILABLE, "the budget allows one disruption at a time"
    after = until(
        lambda: (
            all(map(is_ready, found := core.list_namespaced_pod("default", label_selector="app=web").items))
            and found
        )
    )
    assert {pod.metadata.name for pod in after}.isdisjoint(pod.metadata.name for pod in before.items)
    nodes = {node.metadata.name: node for node in core.list_node().items}
    assert old_nodes.isdisjoint(nodes)
    sizes = {nodes[pod.spec.node_name].metadata.labels["node.kubernetes.io/instance-type"] for pod in after}
    assert sizes == {"Standard_D8ds_v5"}
    dev.previews_no_change("dev")
    # With its budget it would keep the pool from being destroyed: there is no other to go to.
    apps.delete_namespaced_deployment("web", "default")


def _position(lines: list[str], words: str) -> int:
    return next(number for number, line in enumerate(lines) if words in line)
