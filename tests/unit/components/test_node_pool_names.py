"""Which settings of a pool are in its name: those that Azure cannot change, and no other."""

from functools import cache
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.components.stacks import agent_pool

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
    found = agent_pool(entry, **around)
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
@given(kind=st.sampled_from(sorted(SIZES)), pool=CHANGES_IN_PLACE, around=AROUND)
def test_what_changes_in_place_never_changes_the_name(
    kind: str, pool: dict[str, Any], around: dict[str, Any]
) -> None:
    assert azure_name(kind, pool, **around) == plain_name(kind)


@pytest.mark.parametrize("strategy", ["mixed", "single"])
def test_how_the_device_plugin_names_parts_is_a_label_and_not_in_the_name(strategy: str) -> None:
    divided = {**FIXED, "gpuInstanceProfile": "MIG1g"}
    assert azure_name("gpu", {**divided, "migStrategy": strategy}) == azure_name("gpu", divided)


@pytest.mark.parametrize("kind", sorted(SIZES))
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
    pools = [FIXED, spot, {**spot, "scaleSetEvictionPolicy": "Deallocate"}, {**spot, "spotMaxPrice": 0.25}]
    assert len({azure_name(kind, pool) for pool in pools}) == len(pools)


def test_who_installs_the_gpu_driver_and_the_size_of_a_gpus_parts_are_in_the_name() -> None:
    differences = [
        {},
        {"gpuDriver": "None"},
        {"gpuInstanceProfile": "MIG1g"},
        {"gpuInstanceProfile": "MIG2g"},
    ]
    names = {azure_name("gpu", {**FIXED, **difference}) for difference in differences}
    assert len(names) == len(differences)


def test_the_zones_of_the_stack_are_in_the_name_whatever_their_order() -> None:
    assert azure_name("user", FIXED, availability_zones=("3", "2", "1")) == plain_name("user")
    assert azure_name("user", FIXED, availability_zones=("1", "2")) != plain_name("user")


def test_a_default_that_is_written_out_keeps_the_name() -> None:
    written = {
        "osDiskType": "Ephemeral",
        "osDiskSizeGB": 256,
        "maxPods": 250,
        "scaleSetPriority": "Regular",
        "availabilityZones": ["1", "2", "3"],
    }
    assert azure_name("user", {**FIXED, **written}) == plain_name("user")


def test_the_name_of_a_pool_is_a_promise_to_stacks_that_exist() -> None:
    # Another name is another pool: a change here replaces every node of every stack.
    names = {kind: plain_name(kind) for kind in SIZES}
    names["spot"] = azure_name("user", {**FIXED, "scaleSetPriority": "Spot"})
    names["parts"] = azure_name("gpu", {**FIXED, "gpuInstanceProfile": "MIG1g"})
    assert names == {
        "user": "pool14av",
        "system": "pool14av",
        "gpu": "pool710b",
        "spot": "pool12ui",
        "parts": "poolm4ll",
    }
