"""What each kind of node pool asks Azure for, and what its traits add."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.unit.components import stacks
from tests.unit.components.recording import Resource
from tests.unit.components.stacks import agent_pool

PLUGIN_LABEL: Final = "aks-platform/nvidia-device-plugin"
SPOT_LABEL: Final = "kubernetes.azure.com/scalesetpriority"
SPOT_FIELDS: Final = {"scaleSetPriority", "scaleSetEvictionPolicy", "spotMaxPrice"}
GPU_FIELDS: Final = {"gpuProfile", "gpuInstanceProfile"}
FIXED: Final = {"vmSize": "Standard_D8ds_v5", "count": 4}


def user_pool(**keys: Any) -> Resource:
    return agent_pool({**stacks.GENERAL, **keys})


@pytest.fixture(scope="module")
def default() -> Mapping[str, Any]:
    return user_pool().inputs


def test_a_system_pool_is_of_mode_system_and_keeps_ordinary_pods_out(default: Mapping[str, Any]) -> None:
    assert agent_pool(stacks.SYSTEM).inputs == stacks.but(
        default,
        mode="System",
        enableAutoScaling=False,
        count=stacks.SYSTEM["count"],
        minCount=None,
        maxCount=None,
        nodeTaints=["CriticalAddonsOnly=true:NoSchedule"],
    )


@pytest.mark.parametrize(
    ("keys", "changed"),
    [
        ({"minCount": 2, "maxCount": 9}, {"minCount": 2, "maxCount": 9}),
        ({"minCount": 0}, {"minCount": 0}),
        (
            {"nodeLabels": {"team": "blue"}},
            {"nodeLabels": {"aks-platform/node-pool": "pool", "team": "blue"}},
        ),
        ({"nodeTaints": ["a=b:NoSchedule"]}, {"nodeTaints": ["a=b:NoSchedule"]}),
        ({"osSKU": "AzureLinux"}, {"osSKU": "AzureLinux"}),
        (
            {"sshAccess": "LocalUser", "enableSecureBoot": False},
            {"securityProfile": {"sshAccess": "LocalUser", "enableSecureBoot": False, "enableVTPM": True}},
        ),
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
    default: Mapping[str, Any], keys: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert user_pool(**keys).inputs == stacks.but(default, **changed)


NO_TRUSTED_LAUNCH: Final = {"enableSecureBoot": False, "enableVTPM": False}


@pytest.mark.parametrize(
    ("keys", "encrypted", "trusted"),
    [
        ({"enableEncryptionAtHost": False}, None, True),
        ({"vmSize": "Standard_D4pds_v6"}, True, False),
        ({"vmSize": "Standard_D4_v3"}, None, False),
        ({"kind": "gpu", "vmSize": "Standard_NC4as_T4_v3"}, True, False),
        (NO_TRUSTED_LAUNCH, True, False),
    ],
    ids=str,
)
def test_nodes_are_encrypted_and_trusted_where_size_drivers_and_stack_file_allow_it(
    keys: dict[str, Any], encrypted: bool | None, trusted: bool
) -> None:
    inputs = user_pool(**keys).inputs
    assert inputs.get("enableEncryptionAtHost") == encrypted
    assert inputs["securityProfile"] == {
        "sshAccess": "Disabled",
        "enableSecureBoot": trusted,
        "enableVTPM": trusted,
    }


@pytest.mark.parametrize(("keys", "gigabytes"), [({}, 439), (NO_TRUSTED_LAUNCH, 440)], ids=str)
def test_trusted_launch_keeps_a_gibibyte_of_the_local_disk(keys: dict[str, Any], gigabytes: int) -> None:
    assert user_pool(vmSize="Standard_D16ads_v6", **keys).inputs["osDiskSizeGB"] == gigabytes


def test_a_fixed_pool_has_a_count_and_no_range() -> None:
    inputs = agent_pool(FIXED).inputs
    assert (inputs["enableAutoScaling"], inputs["count"]) == (False, 4)
    assert {"minCount", "maxCount"}.isdisjoint(inputs)


@pytest.mark.parametrize("entry", [stacks.GENERAL, stacks.T4])
def test_the_count_of_an_autoscaled_pool_is_the_autoscalers_and_of_a_fixed_one_the_stack_files(
    entry: dict[str, Any],
) -> None:
    assert "count" not in agent_pool(entry).inputs
    fixed = {**stacks.but(entry, minCount=None, maxCount=None), "count": 1}
    assert agent_pool(fixed).inputs["count"] == 1


def test_a_spot_pool_says_so_and_carries_the_label_and_taint_that_azure_would_add(
    default: Mapping[str, Any],
) -> None:
    spot = user_pool(scaleSetPriority="Spot", scaleSetEvictionPolicy="Deallocate", spotMaxPrice=0.5).inputs
    assert spot == stacks.but(
        default,
        agentPoolName=spot["agentPoolName"],
        scaleSetPriority="Spot",
        scaleSetEvictionPolicy="Deallocate",
        spotMaxPrice=0.5,
        nodeLabels={"aks-platform/node-pool": "pool", SPOT_LABEL: "spot"},
        nodeTaints=[f"{SPOT_LABEL}=spot:NoSchedule"],
        # Azure refuses a surge there.
        upgradeSettings={"drainTimeoutInMinutes": 30, "nodeSoakDurationInMinutes": 0},
    )


def test_traits_add_up_and_what_the_user_says_comes_last() -> None:
    entry = {**stacks.T4, "scaleSetPriority": "Spot", "nodeTaints": ["a=b:NoSchedule"]}
    both = agent_pool({**entry, "nodeLabels": {"team": "ml"}}).inputs
    assert both["nodeTaints"] == ["sku=gpu:NoSchedule", f"{SPOT_LABEL}=spot:NoSchedule", "a=b:NoSchedule"]
    assert both["nodeLabels"] == {
        "aks-platform/node-pool": "pool",
        PLUGIN_LABEL: "none",
        SPOT_LABEL: "spot",
        "team": "ml",
    }
    assert both["gpuProfile"] == {"driver": "Install"}
    assert {key: both[key] for key in SPOT_FIELDS} == {
        "scaleSetPriority": "Spot",
        "scaleSetEvictionPolicy": "Delete",
        "spotMaxPrice": -1,
    }
    assert "maxSurge" not in both["upgradeSettings"], "Azure refuses a surge on spot pools"


@pytest.mark.parametrize(
    ("entry", "open_"),
    [
        (stacks.GENERAL, True),
        (FIXED, True),
        ({**stacks.GENERAL, "nodeTaints": ["a=b:PreferNoSchedule"]}, True),
        ({**stacks.GENERAL, "nodeTaints": ["a=b:NoExecute"]}, False),
        ({**stacks.GENERAL, "scaleSetPriority": "Spot"}, False),
        (stacks.T4, False),
        (stacks.SYSTEM, False),
        ({"vmSize": "Standard_D8ds_v5", "count": 0}, False),
    ],
)
def test_ordinary_pods_are_expected_where_there_are_nodes_that_no_taint_keeps_them_from(
    entry: dict[str, Any], open_: bool
) -> None:
    inputs = agent_pool(entry).inputs
    repelled = any(not taint.endswith(":PreferNoSchedule") for taint in inputs.get("nodeTaints", ()))
    has_nodes = (inputs.get("maxCount") or inputs["count"]) > 0
    assert stacks.settings(nodePools={"pool": entry}).node_pools["pool"].takes_ordinary_pods is open_
    assert open_ is (has_nodes and not repelled)


def test_the_users_taints_come_after_that_of_system_pools() -> None:
    tainted = agent_pool({**stacks.SYSTEM, "nodeTaints": ["a=b:PreferNoSchedule"]}).inputs
    assert tainted["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule", "a=b:PreferNoSchedule"]


def test_a_pool_without_a_trait_has_no_field_of_it() -> None:
    assert (SPOT_FIELDS | GPU_FIELDS).isdisjoint(user_pool().inputs), "Azure refuses them there"
    assert SPOT_FIELDS.isdisjoint(agent_pool(stacks.T4).inputs)


def test_a_gpu_pool_without_driver_comes_bare_and_asks_for_no_device_plugin() -> None:
    bare = agent_pool({**stacks.T4, "gpuDriver": "None"}).inputs
    assert bare["gpuProfile"] == {"driver": "None"}
    assert bare["nodeLabels"] == {"aks-platform/node-pool": "pool"}
    assert bare["nodeTaints"] == ["sku=gpu:NoSchedule"]


@pytest.mark.parametrize(("strategy", "label"), [(None, "single"), ("single", "single"), ("mixed", "mixed")])
def test_a_divided_gpu_is_announced_to_azure_and_to_the_device_plugin(
    strategy: str | None, label: str
) -> None:
    pool = {**stacks.A100, "minCount": 1, "gpuInstanceProfile": "MIG2g", "migStrategy": strategy}
    divided = agent_pool(pool).inputs
    assert divided["gpuInstanceProfile"] == "MIG2g"
    assert divided["nodeLabels"][PLUGIN_LABEL] == label


@pytest.mark.parametrize(
    ("keys", "stack", "zones"),
    [
        ({}, ("2", "1"), ["1", "2"]),
        ({"availabilityZones": ["3"]}, ("1", "2"), ["3"]),
        ({"availabilityZones": []}, ("1", "2"), None),
        ({}, (), None),
    ],
)
def test_a_pool_takes_the_stacks_zones_unless_it_names_its_own_and_names_none_where_there_are_none(
    keys: dict[str, Any], stack: tuple[str, ...], zones: list[str] | None
) -> None:
    pool = agent_pool({**stacks.GENERAL, **keys}, availability_zones=stack)
    assert pool.inputs.get("availabilityZones") == zones


def test_without_a_version_the_upgrade_channel_alone_decides() -> None:
    assert "orchestratorVersion" not in agent_pool(stacks.GENERAL, version=None).inputs


def test_a_size_without_a_local_disk_large_enough_gets_a_managed_disk() -> None:
    small = user_pool(vmSize="Standard_D2s_v5").inputs
    assert (small["osDiskType"], small["osDiskSizeGB"]) == ("Managed", 128)


@pytest.mark.parametrize("entry", [stacks.GENERAL, stacks.T4, stacks.SYSTEM])
def test_the_new_pool_is_made_first_unless_the_quota_cannot_hold_both(entry: dict[str, Any]) -> None:
    # Left undefined, azure-native would delete first whatever is named explicitly.
    assert agent_pool(entry).delete_before_replace is False
    assert agent_pool({**entry, "deleteBeforeReplace": True}).delete_before_replace is True
