from typing import Any

import pytest

from components.nodepool.gpu_node_pool import GpuNodePool, device_plugin_strategy
from components.nodepool.settings import GpuNodePoolSettings
from tests.unit.components import stacks
from tests.unit.components.pools import CLUSTER, GROUP, agent_pool, record_pool
from tests.unit.components.recording import Recording, Resource

PLUGIN_LABEL = "aks-platform/nvidia-device-plugin"


def record_gpu_pool(**keys: Any) -> Recording:
    return record_pool(GpuNodePool, "t4", {**stacks.T4, **keys})


def pool_with(**keys: Any) -> Resource:
    return agent_pool(record_gpu_pool(**keys))


@pytest.fixture(scope="module")
def pool() -> Recording:
    return record_gpu_pool()


def test_a_gpu_pool_is_one_agent_pool_and_nothing_else(pool: Recording) -> None:
    assert pool.made == [("azure-native:containerservice:AgentPool", "np-platform-dev-t4")]
    assert pool.components == [("aks-platform:nodepool:GpuNodePool", "platform-dev-t4")]
    assert pool.parent(agent_pool(pool)) == "GpuNodePool"


def test_the_default_gpu_pool_asks_azure_for_exactly_this(pool: Recording) -> None:
    inputs = agent_pool(pool).inputs
    assert inputs == {
        "agentPoolName": inputs["agentPoolName"],
        "resourceGroupName": GROUP,
        "resourceName": CLUSTER,
        "mode": "User",
        "type": "VirtualMachineScaleSets",
        "vmSize": "Standard_NC4as_T4_v3",
        "gpuProfile": {"driver": "Install"},
        "enableAutoScaling": True,
        "count": 0,
        "minCount": 0,
        "maxCount": 2,
        "availabilityZones": ["1", "2", "3"],
        "maxPods": 250,
        "nodeLabels": {"aks-platform/node-pool": "t4", PLUGIN_LABEL: "none"},
        "nodeTaints": ["sku=gpu:NoSchedule"],
        "orchestratorVersion": "1.36",
        "osDiskSizeGB": 128,
        "osDiskType": "Ephemeral",
        "osSKU": "Ubuntu",
        "osType": "Linux",
        "upgradeSettings": {"maxSurge": "10%", "drainTimeoutInMinutes": 30, "nodeSoakDurationInMinutes": 0},
        "vnetSubnetID": "/subnets/nodes",
        "tags": stacks.TAGS,
    }
    assert inputs["agentPoolName"].startswith("t4")


def test_a_spot_gpu_pool_has_both_taints_and_both_labels() -> None:
    spot = pool_with(scaleSetPriority="Spot", nodeTaints=["a=b:NoSchedule"], nodeLabels={"team": "ml"}).inputs
    assert spot["nodeTaints"] == [
        "sku=gpu:NoSchedule",
        "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
        "a=b:NoSchedule",
    ]
    assert spot["nodeLabels"] == {
        "aks-platform/node-pool": "t4",
        PLUGIN_LABEL: "none",
        "kubernetes.azure.com/scalesetpriority": "spot",
        "team": "ml",
    }
    assert (spot["scaleSetPriority"], spot["scaleSetEvictionPolicy"]) == ("Spot", "Delete")
    assert spot["spotMaxPrice"] == -1
    assert "maxSurge" not in spot["upgradeSettings"], "Azure refuses a surge on spot pools"


def test_a_regular_gpu_pool_has_no_field_of_spot_pools(pool: Recording) -> None:
    spot_fields = {"scaleSetPriority", "scaleSetEvictionPolicy", "spotMaxPrice"}
    assert spot_fields.isdisjoint(agent_pool(pool).inputs)


def test_a_pool_without_driver_comes_bare_and_asks_for_no_device_plugin() -> None:
    bare = pool_with(gpuDriver="None").inputs
    assert bare["gpuProfile"] == {"driver": "None"}
    assert bare["nodeLabels"] == {"aks-platform/node-pool": "t4"}
    assert bare["nodeTaints"] == ["sku=gpu:NoSchedule"]


@pytest.mark.parametrize(("strategy", "label"), [(None, "single"), ("single", "single"), ("mixed", "mixed")])
def test_a_divided_gpu_is_announced_to_azure_and_to_the_device_plugin(
    strategy: str | None, label: str
) -> None:
    divided = agent_pool(
        record_pool(
            GpuNodePool, "a100", {**stacks.A100, "gpuInstanceProfile": "MIG2g", "migStrategy": strategy}
        )
    ).inputs
    assert divided["gpuInstanceProfile"] == "MIG2g"
    assert divided["nodeLabels"][PLUGIN_LABEL] == label


@pytest.mark.parametrize(
    ("keys", "strategy"),
    [
        ({}, "none"),
        ({"gpuDriver": "None"}, None),
        ({"gpuInstanceProfile": "MIG1g"}, "single"),
        ({"gpuInstanceProfile": "MIG1g", "migStrategy": "mixed"}, "mixed"),
        ({"gpuInstanceProfile": "MIG1g", "gpuDriver": "None"}, None),
    ],
)
def test_the_device_plugin_presents_gpus_as_the_pool_says(keys: dict[str, Any], strategy: str | None) -> None:
    pool = stacks.settings(nodePools={"a100": {**stacks.A100, **keys}}).node_pools["a100"]
    assert isinstance(pool, GpuNodePoolSettings)
    assert device_plugin_strategy(pool) == strategy


def test_the_new_pool_is_made_first_unless_the_quota_cannot_hold_both(pool: Recording) -> None:
    assert agent_pool(pool).delete_before_replace is False
    assert pool_with(deleteBeforeReplace=True).delete_before_replace is True


def test_the_count_of_an_autoscaled_gpu_pool_is_the_autoscalers_and_of_a_fixed_one_the_stack_files(
    pool: Recording,
) -> None:
    assert agent_pool(pool).ignore_changes == ("count",)
    fixed = {"kind": "gpu", "vmSize": "Standard_NC4as_T4_v3", "count": 1}
    assert agent_pool(record_pool(GpuNodePool, "t4", fixed)).ignore_changes == ()


def test_a_gpu_pool_tells_its_name_in_azure(pool: Recording) -> None:
    assert pool.outputs("GpuNodePool").values == {"azure_name": agent_pool(pool).inputs["agentPoolName"]}
