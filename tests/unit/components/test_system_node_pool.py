from typing import Any

import pytest

from components.nodepool.system_node_pool import SystemNodePool
from tests.unit.components import stacks
from tests.unit.components.pools import CLUSTER, GROUP, agent_pool, record_pool
from tests.unit.components.recording import Recording


def record_system_pool(**keys: Any) -> Recording:
    return record_pool(SystemNodePool, "system2", {**stacks.SYSTEM, **keys})


@pytest.fixture(scope="module")
def pool() -> Recording:
    return record_system_pool()


def test_a_system_pool_is_one_agent_pool_and_nothing_else(pool: Recording) -> None:
    assert pool.made == [("azure-native:containerservice:AgentPool", "np-platform-dev-system2")]
    assert pool.components == [("aks-platform:nodepool:SystemNodePool", "platform-dev-system2")]
    assert pool.parent(agent_pool(pool)) == "SystemNodePool"


def test_a_system_pool_is_of_mode_system_and_keeps_ordinary_pods_out(pool: Recording) -> None:
    inputs = agent_pool(pool).inputs
    assert inputs == {
        "agentPoolName": inputs["agentPoolName"],
        "resourceGroupName": GROUP,
        "resourceName": CLUSTER,
        "mode": "System",
        "type": "VirtualMachineScaleSets",
        "vmSize": "Standard_D8ds_v5",
        "enableAutoScaling": False,
        "count": 1,
        "availabilityZones": ["1", "2", "3"],
        "maxPods": 250,
        "nodeLabels": {"aks-platform/node-pool": "system2"},
        "nodeTaints": ["CriticalAddonsOnly=true:NoSchedule"],
        "orchestratorVersion": "1.36",
        "osDiskSizeGB": 256,
        "osDiskType": "Ephemeral",
        "osSKU": "Ubuntu",
        "osType": "Linux",
        "upgradeSettings": {"maxSurge": "10%", "drainTimeoutInMinutes": 30, "nodeSoakDurationInMinutes": 0},
        "vnetSubnetID": "/subnets/nodes",
        "tags": stacks.TAGS,
    }
    assert inputs["agentPoolName"].startswith("system2")


def test_the_users_taints_come_after_that_of_system_pools() -> None:
    tainted = agent_pool(record_system_pool(nodeTaints=["a=b:NoSchedule"])).inputs
    assert tainted["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule", "a=b:NoSchedule"]


def test_the_new_pool_is_made_first_unless_the_quota_cannot_hold_both(pool: Recording) -> None:
    assert agent_pool(pool).delete_before_replace is False
    assert agent_pool(record_system_pool(deleteBeforeReplace=True)).delete_before_replace is True


def test_a_system_pool_tells_its_name_in_azure(pool: Recording) -> None:
    assert pool.outputs("SystemNodePool").values == {"azure_name": agent_pool(pool).inputs["agentPoolName"]}
