from typing import Any

import pytest

from components.nodepool.node_pool import NodePool
from tests.unit.components import stacks
from tests.unit.components.pools import CLUSTER, GROUP, agent_pool, record_pool
from tests.unit.components.recording import Recording, Resource

SPOT_FIELDS = {"scaleSetPriority", "scaleSetEvictionPolicy", "spotMaxPrice"}
GPU_FIELDS = {"gpuProfile", "gpuInstanceProfile"}


def record_node_pool(pool: dict[str, Any] = stacks.GENERAL, **around: Any) -> Recording:
    return record_pool(NodePool, "general", pool, **around)


def pool_with(**keys: Any) -> Resource:
    return agent_pool(record_node_pool({**stacks.GENERAL, **keys}))


@pytest.fixture(scope="module")
def pool() -> Recording:
    return record_node_pool()


def test_a_pool_is_one_agent_pool_and_nothing_else(pool: Recording) -> None:
    assert pool.made == [("azure-native:containerservice:AgentPool", "np-platform-dev-general")]
    assert pool.components == [("aks-platform:nodepool:NodePool", "platform-dev-general")]
    assert pool.parent(agent_pool(pool)) == "NodePool"


def test_the_default_pool_asks_azure_for_exactly_this(pool: Recording) -> None:
    inputs = agent_pool(pool).inputs
    assert inputs == {
        "agentPoolName": inputs["agentPoolName"],
        "resourceGroupName": GROUP,
        "resourceName": CLUSTER,
        "mode": "User",
        "type": "VirtualMachineScaleSets",
        "vmSize": "Standard_D8ds_v5",
        "enableAutoScaling": True,
        "count": 1,
        "minCount": 1,
        "maxCount": 3,
        "availabilityZones": ["1", "2", "3"],
        "maxPods": 250,
        "nodeLabels": {"aks-platform/node-pool": "general"},
        "orchestratorVersion": "1.36",
        "osDiskSizeGB": 256,
        "osDiskType": "Ephemeral",
        "osSKU": "Ubuntu",
        "osType": "Linux",
        "upgradeSettings": {"maxSurge": "10%", "drainTimeoutInMinutes": 30, "nodeSoakDurationInMinutes": 0},
        "vnetSubnetID": "/subnets/nodes",
        "tags": stacks.TAGS,
    }


def test_the_name_in_azure_is_the_key_and_four_characters_within_azures_twelve(pool: Recording) -> None:
    name = agent_pool(pool).inputs["agentPoolName"]
    assert name.startswith("general")
    assert len(name) == len("general") + 4
    assert name.isalnum()
    assert name == name.lower()


@pytest.mark.parametrize(
    ("keys", "changed"),
    [
        ({"minCount": 2, "maxCount": 9}, {"count": 2, "minCount": 2, "maxCount": 9}),
        (
            {"nodeLabels": {"team": "blue"}},
            {"nodeLabels": {"aks-platform/node-pool": "general", "team": "blue"}},
        ),
        ({"nodeTaints": ["a=b:NoSchedule"]}, {"nodeTaints": ["a=b:NoSchedule"]}),
        ({"osSKU": "AzureLinux"}, {"osSKU": "AzureLinux"}),
        (
            {"upgradeSettings": {"maxSurge": "2", "undrainableNodeBehavior": "Schedule"}},
            {
                "upgradeSettings": {
                    "maxSurge": "2",
                    "drainTimeoutInMinutes": 30,
                    "nodeSoakDurationInMinutes": 0,
                    "undrainableNodeBehavior": "Schedule",
                }
            },
        ),
    ],
)
def test_a_setting_that_changes_in_place_changes_its_own_input_and_keeps_the_name(
    pool: Recording, keys: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert pool_with(**keys).inputs == stacks.but(agent_pool(pool).inputs, **changed)


def test_a_fixed_pool_has_a_count_and_no_range_and_its_count_is_honoured() -> None:
    fixed = agent_pool(record_node_pool({"vmSize": "Standard_D8ds_v5", "count": 4}))
    assert fixed.inputs["count"] == 4
    assert fixed.inputs["enableAutoScaling"] is False
    assert {"minCount", "maxCount"}.isdisjoint(fixed.inputs)
    assert fixed.ignore_changes == (), "nobody else sets the count of a fixed pool"


def test_the_count_of_an_autoscaled_pool_is_the_autoscalers(pool: Recording) -> None:
    assert agent_pool(pool).ignore_changes == ("count",)


def test_an_autoscaled_pool_from_zero_starts_empty() -> None:
    inputs = pool_with(minCount=0).inputs
    assert inputs["count"] == 0
    assert inputs["minCount"] == 0


def test_a_spot_pool_says_so_and_carries_the_label_and_taint_that_azure_would_add(pool: Recording) -> None:
    spot = pool_with(scaleSetPriority="Spot", scaleSetEvictionPolicy="Deallocate", spotMaxPrice=0.5)
    assert spot.inputs == stacks.but(
        agent_pool(pool).inputs,
        agentPoolName=spot.inputs["agentPoolName"],
        scaleSetPriority="Spot",
        scaleSetEvictionPolicy="Deallocate",
        spotMaxPrice=0.5,
        nodeLabels={"aks-platform/node-pool": "general", "kubernetes.azure.com/scalesetpriority": "spot"},
        nodeTaints=["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"],
        # Azure refuses a surge there.
        upgradeSettings={"drainTimeoutInMinutes": 30, "nodeSoakDurationInMinutes": 0},
    )


def test_the_users_taints_come_after_those_of_the_kind() -> None:
    spot = pool_with(scaleSetPriority="Spot", nodeTaints=["a=b:NoExecute"])
    assert spot.inputs["nodeTaints"] == [
        "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
        "a=b:NoExecute",
    ]


def test_a_regular_pool_has_no_field_of_spot_or_gpu_pools(pool: Recording) -> None:
    assert (SPOT_FIELDS | GPU_FIELDS).isdisjoint(agent_pool(pool).inputs), "Azure refuses them there"


@pytest.mark.parametrize(("keys", "zones"), [({}, ["1", "2"]), ({"availabilityZones": ["3"]}, ["3"])])
def test_a_pool_takes_the_stacks_zones_unless_it_names_its_own(
    keys: dict[str, Any], zones: list[str]
) -> None:
    recording = record_node_pool({**stacks.GENERAL, **keys}, zones=("2", "1"))
    assert agent_pool(recording).inputs["availabilityZones"] == zones


@pytest.mark.parametrize(("keys", "stack"), [({"availabilityZones": []}, ("1", "2")), ({}, ())])
def test_a_pool_without_zones_names_none(keys: dict[str, Any], stack: tuple[str, ...]) -> None:
    recording = record_node_pool({**stacks.GENERAL, **keys}, zones=stack)
    assert "availabilityZones" not in agent_pool(recording).inputs


def test_without_a_version_the_upgrade_channel_alone_decides() -> None:
    assert "orchestratorVersion" not in agent_pool(record_node_pool(version=None)).inputs


def test_a_size_without_a_local_disk_large_enough_gets_a_managed_disk() -> None:
    small = pool_with(vmSize="Standard_D2s_v5").inputs
    assert (small["osDiskType"], small["osDiskSizeGB"]) == ("Managed", 128)


def test_the_new_pool_is_made_first_unless_the_quota_cannot_hold_both(pool: Recording) -> None:
    # Left undefined, azure-native would delete first whatever is named explicitly.
    assert agent_pool(pool).delete_before_replace is False
    assert pool_with(deleteBeforeReplace=True).delete_before_replace is True


def test_a_pool_tells_its_name_in_azure(pool: Recording) -> None:
    assert pool.outputs("NodePool").values == {"azure_name": agent_pool(pool).inputs["agentPoolName"]}
