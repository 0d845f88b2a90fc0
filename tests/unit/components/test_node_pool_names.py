"""Which settings of a pool are in its name: those that Azure cannot change, and no other."""

from functools import cache
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from components.nodepool.gpu_node_pool import GpuNodePool
from components.nodepool.node_pool import NodePool
from components.nodepool.system_node_pool import SystemNodePool
from tests.unit.components.pools import agent_pool, record_pool

COMPONENTS: Final = {"user": NodePool, "system": SystemNodePool, "gpu": GpuNodePool}
SIZES: Final = {
    "user": "Standard_D8ds_v5",
    "system": "Standard_D8ds_v5",
    "gpu": "Standard_NC40ads_H100_v5",
}

FIXED: Final = {"count": 1}

LABEL_PART: Final = st.from_regex(r"[a-z]([a-z0-9]{0,5})", fullmatch=True)
TAINTS: Final = st.builds(
    "{}={}:{}".format,
    LABEL_PART,
    LABEL_PART,
    st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
)
SCALES: Final = st.one_of(
    st.builds(lambda count: {"count": count}, st.integers(1, 50)),
    st.builds(
        lambda least, more: {"minCount": least, "maxCount": least + more},
        st.integers(1, 50),
        st.integers(0, 50),
    ),
)
UPGRADES: Final = st.fixed_dictionaries(
    {},
    optional={
        "maxSurge": st.integers(1, 100).map(lambda share: f"{share}%"),
        "drainTimeoutInMinutes": st.integers(1, 1440),
        "nodeSoakDurationInMinutes": st.integers(0, 30),
        "undrainableNodeBehavior": st.sampled_from(["Schedule", "Cordon"]),
    },
)
CHANGES_IN_PLACE: Final = st.builds(
    lambda scale, rest: {**scale, **rest},
    SCALES,
    st.fixed_dictionaries(
        {},
        optional={
            "nodeLabels": st.dictionaries(LABEL_PART, LABEL_PART, max_size=3),
            "nodeTaints": st.lists(TAINTS, max_size=3),
            "osSKU": st.sampled_from(["Ubuntu", "AzureLinux"]),
            "upgradeSettings": UPGRADES,
            "deleteBeforeReplace": st.booleans(),
        },
    ),
)
AROUND: Final = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from(["1.35", "1.36.5", None]),
        "tags": st.dictionaries(LABEL_PART, LABEL_PART, max_size=2),
    },
)


def azure_name(kind: str, pool: dict[str, Any], **around: Any) -> str:
    entry = {"kind": kind, "vmSize": SIZES[kind], **pool}
    found = agent_pool(record_pool(COMPONENTS[kind], "pool", entry, **around))
    assert found.name == "np-platform-dev-pool", "the Pulumi name stays, so that a change is a replacement"
    return found.inputs["agentPoolName"]


@cache
def plain_name(kind: str) -> str:
    """The name of a pool of which the stack file says nothing but its size and count."""
    return azure_name(kind, FIXED)


@example(kind="user", pool={**FIXED, "osSKU": "AzureLinux"}, around={})
@example(kind="user", pool={**FIXED, "nodeLabels": {"a": "b"}}, around={})
@example(kind="user", pool={**FIXED, "nodeTaints": ["a=b:NoSchedule"]}, around={})
@example(kind="user", pool={**FIXED, "upgradeSettings": {"maxSurge": "2"}}, around={})
@example(kind="user", pool={**FIXED, "deleteBeforeReplace": True}, around={})
@example(kind="user", pool={"minCount": 1, "maxCount": 2}, around={})
@example(kind="user", pool=FIXED, around={"version": None})
@example(kind="user", pool=FIXED, around={"tags": {}})
@example(kind="user", pool=FIXED, around={"subnet": "/subnets/others"})
@settings(max_examples=20, deadline=None)
@given(kind=st.sampled_from(sorted(COMPONENTS)), pool=CHANGES_IN_PLACE, around=AROUND)
def test_what_changes_in_place_never_changes_the_name(
    kind: str, pool: dict[str, Any], around: dict[str, Any]
) -> None:
    assert azure_name(kind, pool, **around) == plain_name(kind)


@pytest.mark.parametrize(
    "pool",
    [
        pytest.param({"migStrategy": "mixed", "gpuInstanceProfile": "MIG1g"}, id="MIG strategy"),
        pytest.param({"migStrategy": "single", "gpuInstanceProfile": "MIG1g"}, id="default MIG strategy"),
    ],
)
def test_how_the_device_plugin_names_parts_is_a_label_and_not_in_the_name(pool: dict[str, Any]) -> None:
    assert azure_name("gpu", {**FIXED, **pool}) == azure_name("gpu", {**FIXED, "gpuInstanceProfile": "MIG1g"})


@pytest.mark.parametrize("kind", sorted(COMPONENTS))
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"osDiskType": "Managed"}, id="disk type"),
        pytest.param({"osDiskSizeGB": 60}, id="disk size"),
        pytest.param({"availabilityZones": ["1"]}, id="zones"),
        pytest.param({"availabilityZones": []}, id="no zones"),
        pytest.param({"maxPods": 110}, id="pods per node"),
    ],
)
def test_what_azure_cannot_change_changes_the_name_of_every_kind(kind: str, changed: dict[str, Any]) -> None:
    assert azure_name(kind, {**FIXED, **changed}) != plain_name(kind)


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("user", "Standard_D16ds_v5"),
        ("system", "Standard_E8ds_v5"),
        ("gpu", "Standard_NC80adis_H100_v5"),
    ],
)
def test_another_vm_size_is_another_name(kind: str, size: str) -> None:
    # The disk is held still, so that the size alone makes the difference.
    disk = {"osDiskType": "Managed", "osDiskSizeGB": 128}
    before, after = azure_name(kind, {**FIXED, **disk}), azure_name(kind, {**FIXED, **disk, "vmSize": size})
    assert before != after


@pytest.mark.parametrize("kind", ["user", "gpu"])
def test_spot_is_another_name_and_so_are_its_policy_and_its_price(kind: str) -> None:
    spot = {**FIXED, "scaleSetPriority": "Spot"}
    names = [
        plain_name(kind),
        azure_name(kind, spot),
        azure_name(kind, {**spot, "scaleSetEvictionPolicy": "Deallocate"}),
        azure_name(kind, {**spot, "spotMaxPrice": 0.25}),
    ]
    assert len(set(names)) == len(names)


def test_a_divided_gpu_is_another_name_and_so_is_the_size_of_its_parts() -> None:
    names = [
        plain_name("gpu"),
        azure_name("gpu", {**FIXED, "gpuInstanceProfile": "MIG1g"}),
        azure_name("gpu", {**FIXED, "gpuInstanceProfile": "MIG2g"}),
    ]
    assert len(set(names)) == len(names)


def test_who_installs_the_gpu_driver_is_in_the_name() -> None:
    assert azure_name("gpu", {**FIXED, "gpuDriver": "None"}) != plain_name("gpu")


def test_the_zones_of_the_stack_are_in_the_name_whatever_their_order() -> None:
    assert azure_name("user", FIXED, zones=("3", "2", "1")) == plain_name("user")
    assert azure_name("user", FIXED, zones=("1", "2")) != plain_name("user")


def test_a_default_that_is_written_out_keeps_the_name() -> None:
    written = {
        "osDiskType": "Ephemeral",
        "osDiskSizeGB": 256,
        "maxPods": 250,
        "scaleSetPriority": "Regular",
        "availabilityZones": ["1", "2", "3"],
    }
    assert azure_name("user", {**FIXED, **written}) == plain_name("user")


def test_two_pools_that_are_alike_but_for_their_keys_have_different_names() -> None:
    pools = {"vmSize": SIZES["user"], "count": 1}
    blue = agent_pool(record_pool(NodePool, "blue", pools)).inputs["agentPoolName"]
    green = agent_pool(record_pool(NodePool, "green", pools)).inputs["agentPoolName"]
    assert blue[:4] == "blue"
    assert green[:5] == "green"


def test_the_name_of_a_pool_is_a_promise_to_stacks_that_exist() -> None:
    # Another name is another pool: a change here replaces every node of every stack.
    names = {kind: plain_name(kind) for kind in COMPONENTS}
    names["spot"] = azure_name("user", {**FIXED, "scaleSetPriority": "Spot"})
    names["parts"] = azure_name("gpu", {**FIXED, "gpuInstanceProfile": "MIG1g"})
    assert names == {
        "user": "pool14av",
        "system": "pool14av",
        "gpu": "pool710b",
        "spot": "pool12ui",
        "parts": "poolm4ll",
    }
