"""Which settings of a pool are in its name: those that Azure cannot change, and no other."""

from typing import Any, Final

import pytest

from components.network.cni import pod_addresses
from components.nodepool.kinds import NODE_POOL_KINDS
from components.nodepool.node_pool_profile import node_pool_profile
from components.nodepool.settings import SystemNodePoolSettings
from settings.model import keys_of
from tests.unit.components.stacks import CONTEXT, agent_pool
from tests.unit.settings.stack import settings

GROUP: Final = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-capacity/providers"
FIXED: Final = {"count": 1}
POOLS: Final = {
    "user": {"kind": "user", "vmSize": "Standard_D8ds_v5", **FIXED},
    "system": {"kind": "system", "vmSize": "Standard_D8ds_v5", **FIXED},
    "gpu": {"kind": "gpu", "vmSize": "Standard_NC40ads_H100_v5", **FIXED},
    "spot": {"kind": "user", "vmSize": "Standard_D8ds_v5", "scaleSetPriority": "Spot", **FIXED},
    "parts": {
        "kind": "gpu",
        "vmSize": "Standard_NC40ads_H100_v5",
        "gpuInstanceProfile": "MIG1g",
        "migStrategy": "single",
        **FIXED,
    },
}
IN_THE_NAME: Final[dict[str, list[Any]]] = {
    "osDiskType": ["Managed"],
    "osDiskSizeGB": [60],
    "availabilityZones": [["1"], []],
    "maxPods": [110],
    "enableEncryptionAtHost": [False],
    "enableUltraSSD": [True],
    "kubeletConfig": [{"cpuManagerPolicy": "static"}, {"allowedUnsafeSysctls": ["net.core.somaxconn"]}],
    "linuxOSConfig": [{"sysctls": {"vmMaxMapCount": 262144}}, {"transparentHugePageEnabled": "never"}],
    "capacityReservationGroupID": [f"{GROUP}/Microsoft.Compute/capacityReservationGroups/crg-gpu"],
    "hostGroupID": [f"{GROUP}/Microsoft.Compute/hostGroups/hg-dedicated"],
    "creationData": [{"sourceResourceId": f"{GROUP}/Microsoft.ContainerService/snapshots/np-2026-11"}],
    "gpuDriver": ["None"],
    "gpuInstanceProfile": ["MIG2g"],
}
IN_PLACE: Final[dict[str, list[Any]]] = {
    "count": [7],
    "nodeLabels": [{"a": "b"}],
    "nodeTaints": [["a=b:PreferNoSchedule"]],
    "osSKU": ["AzureLinux"],
    "sshAccess": ["LocalUser"],
    "enableSecureBoot": [False],
    "enableVTPM": [False],
    "upgradeSettings": [{"maxSurge": "2"}],
    "deleteBeforeReplace": [True],
    "localDNSProfile": [{"mode": "Required"}],
    "migStrategy": ["mixed"],
}
HERE_BELOW: Final = {
    "kind",
    "vmSize",
    "minCount",
    "maxCount",
    "scaleSetPriority",
    "scaleSetEvictionPolicy",
    "spotMaxPrice",
    "subnet",
    "enableFIPS",
    "proximityPlacementGroupID",
    "scaleDownMode",
    "workloadRuntime",
}
"""Settings that have tests of their own, because one alone would be refused or change others."""


def name_of(pool: dict[str, Any], **around: Any) -> str:
    return agent_pool(pool, **around).inputs["agentPoolName"]


def cases(changes: dict[str, list[Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Each change for each pool that has the setting."""
    system = keys_of(SystemNodePoolSettings)
    return [
        (pool, {key: value})
        for key, values in changes.items()
        for value in values
        for pool in (
            ["user", "system", "gpu"] if key in system else ["gpu" if key == "gpuDriver" else "parts"]
        )
    ]


def test_every_setting_of_every_kind_is_here() -> None:
    fields = {key for kind in NODE_POOL_KINDS for key in keys_of(kind)}
    assert fields == {*IN_THE_NAME, *IN_PLACE, *HERE_BELOW}


@pytest.mark.parametrize(("pool", "changed"), cases(IN_THE_NAME))
def test_what_azure_cannot_change_changes_the_name(pool: str, changed: dict[str, Any]) -> None:
    assert name_of({**POOLS[pool], **changed}) != name_of(POOLS[pool])


@pytest.mark.parametrize(("pool", "changed"), cases(IN_PLACE))
def test_what_changes_in_place_never_changes_the_name(pool: str, changed: dict[str, Any]) -> None:
    assert name_of({**POOLS[pool], **changed}) == name_of(POOLS[pool])


def test_the_autoscaler_changes_counts_and_never_the_name() -> None:
    autoscaled = {"vmSize": "Standard_D8ds_v5", "minCount": 1, "maxCount": 9}
    assert name_of(autoscaled) == name_of(POOLS["user"])


def test_another_subnet_is_another_name_and_the_default_one_leaves_the_name_alone() -> None:
    network = {"subnets": {"batch": {"addressPrefix": "10.224.192.0/24"}}}

    def name_in(subnet: str) -> str:
        pools = {"pool": {**POOLS["user"], "subnet": subnet}, "batch": {**POOLS["user"], "subnet": "batch"}}
        stack = settings(network=network, nodePools=pools)
        pods = pod_addresses(stack.network, {})
        return node_pool_profile(
            "pool", stack.node_pools["pool"], CONTEXT.availability_zones, pods
        ).azure_name

    assert name_in("nodes") == name_of(POOLS["user"])
    assert name_in("batch") != name_of(POOLS["user"])


@pytest.mark.parametrize("around", [{"version": None}, {"tags": {}}, {"subnet": "/subnets/others"}], ids=str)
def test_what_is_around_a_pool_is_not_in_its_name(around: dict[str, Any]) -> None:
    assert name_of(POOLS["user"], **around) == name_of(POOLS["user"])


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
    pool = {**POOLS[kind], "osDiskType": "Managed", "osDiskSizeGB": 128}
    assert name_of({**pool, "vmSize": size}) != name_of(pool)


@pytest.mark.parametrize("kind", ["user", "gpu"])
def test_spot_is_another_name_and_so_are_its_policy_and_its_price(kind: str) -> None:
    spot = {**POOLS[kind], "scaleSetPriority": "Spot"}
    pools = [
        POOLS[kind],
        spot,
        {**spot, "scaleSetEvictionPolicy": "Deallocate"},
        {**spot, "spotMaxPrice": 0.25},
    ]
    assert len({name_of(pool) for pool in pools}) == len(pools)


def test_an_image_for_trusted_launch_is_another_name() -> None:
    neither = {**POOLS["user"], "enableSecureBoot": False, "enableVTPM": False}
    assert name_of(neither) != name_of(POOLS["user"])
    assert name_of({**POOLS["gpu"], "enableVTPM": True}) != name_of(POOLS["gpu"])


def test_what_has_effects_on_others_is_in_the_name_with_those() -> None:
    # Each is compared with a pool that has those effects already.
    plain = {**POOLS["user"], "enableSecureBoot": False, "enableVTPM": False, "osSKU": "AzureLinux"}
    zonal = {**plain, "availabilityZones": ["1"]}
    near = f"{GROUP}/Microsoft.Compute/proximityPlacementGroups/ppg-training"
    assert name_of({**plain, "enableFIPS": True}) == name_of(plain)
    assert name_of({**POOLS["user"], "enableFIPS": True}) == name_of(plain)
    assert name_of({**plain, "workloadRuntime": "OCIContainer"}) == name_of(plain)
    assert name_of({**plain, "workloadRuntime": "KataVmIsolation"}) != name_of(plain)
    assert name_of({**zonal, "proximityPlacementGroupID": near}) != name_of(zonal)
    managed = {**plain, "osDiskType": "Managed"}
    assert name_of({**plain, "scaleDownMode": "Deallocate"}) == name_of(managed) != name_of(plain)
    assert name_of({**managed, "scaleDownMode": "Deallocate"}) == name_of(managed)


def test_without_encryption_and_trusted_launch_a_pool_keeps_the_name_that_it_had_before_them() -> None:
    plain = {"enableEncryptionAtHost": False, "enableSecureBoot": False, "enableVTPM": False}
    assert {pool: name_of({**entry, **plain}) for pool, entry in POOLS.items()} == {
        "user": "pool14av",
        "system": "pool14av",
        "gpu": "pool710b",
        "spot": "pool12ui",
        "parts": "poolm4ll",
    }


def test_the_zones_of_the_stack_are_in_the_name_whatever_their_order() -> None:
    assert name_of(POOLS["user"], availability_zones=("3", "2", "1")) == name_of(POOLS["user"])
    assert name_of(POOLS["user"], availability_zones=("1", "2")) != name_of(POOLS["user"])


def test_a_default_that_is_written_out_keeps_the_name() -> None:
    written = {
        "osDiskType": "Ephemeral",
        "osDiskSizeGB": 256,
        "maxPods": 250,
        "enableEncryptionAtHost": True,
        "enableSecureBoot": True,
        "enableVTPM": True,
        "scaleSetPriority": "Regular",
        "availabilityZones": ["1", "2", "3"],
    }
    assert name_of({**POOLS["user"], **written}) == name_of(POOLS["user"])


def test_the_name_of_a_pool_is_a_promise_to_stacks_that_exist() -> None:
    # Another name is another pool: a change here replaces every node of every stack.
    assert {pool: name_of(entry) for pool, entry in POOLS.items()} == {
        "user": "pooly6pc",
        "system": "pooly6pc",
        "gpu": "poolvr3h",
        "spot": "poole1p2",
        "parts": "pool3f84",
    }
