"""The Node of a machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clusters.nodes import node
from sandbox.clusters.nodes.pools import Pool
from sandbox.tests.unit.clusters.nodes.conftest import CLUSTER

MakePool = Callable[..., Pool]
_POOL = Pool(f"{CLUSTER.id}/agentPools/user", "user", CLUSTER, "", {"vmSize": "Standard_D4ds_v5"})


def test_nodes_are_named_as_in_aks(make_pool: MakePool) -> None:
    names = [node.name(make_pool(pool), 11) for pool in ("user", "gpu")]
    digits = names[0].removeprefix("aks-user-")[:8]
    assert digits.isdecimal()
    assert names == [f"aks-user-{digits}-vmss00000b", f"aks-gpu-{digits}-vmss00000b"]


@given(st.integers(0, 36**6 - 1))
def test_the_number_of_an_instance_is_read_back_from_its_name(instance: int) -> None:
    assert int(node.name(_POOL, instance)[-6:], 36) == instance


def test_a_node_has_the_labels_of_aks_and_of_its_pool(make_pool: MakePool) -> None:
    pool = make_pool(mode="System", osSKU="AzureLinux", nodeLabels={"team": "red"})
    assert node.labels(pool, "westeurope-2") == {
        "agentpool": "user",
        "kubernetes.azure.com/agentpool": "user",
        "kubernetes.azure.com/cluster": "rg-nodes",
        "kubernetes.azure.com/mode": "system",
        "kubernetes.azure.com/node-image-version": "",
        "kubernetes.azure.com/os-sku": "AzureLinux",
        "kubernetes.azure.com/role": "agent",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": "Standard_D4ds_v5",
        "beta.kubernetes.io/instance-type": "Standard_D4ds_v5",
        "topology.kubernetes.io/region": "westeurope",
        "topology.kubernetes.io/zone": "westeurope-2",
        "topology.disk.csi.azure.com/zone": "westeurope-2",
        "team": "red",
    }


def test_the_name_of_a_long_node_resource_group_is_cut_to_a_label() -> None:
    assert node._label_value(f"MC_{'g' * 59}_aks_westeurope") == f"MC_{'g' * 59}"


@pytest.mark.parametrize(
    ("properties", "label", "value"),
    [
        ({"vmSize": "Standard_NC4as_T4_v3"}, "accelerator", "nvidia"),
        ({"vmSize": "Standard_D4pds_v5"}, "kubernetes.io/arch", "arm64"),
        ({"scaleSetPriority": "Spot"}, "kubernetes.azure.com/scalesetpriority", "spot"),
        ({"osDiskType": "Ephemeral"}, "kubernetes.azure.com/storageprofile", "ephemeral"),
    ],
)
def test_special_machines_have_a_label(
    make_pool: MakePool, properties: dict[str, str], label: str, value: str
) -> None:
    assert node.labels(make_pool(**properties), "0")[label] == value
    assert label == "kubernetes.io/arch" or label not in node.labels(make_pool(), "0")


def test_taints_are_the_pools_and_spot_nodes_have_theirs_once(make_pool: MakePool) -> None:
    spot = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
    wanted = [
        {"key": "sku", "effect": "NoExecute", "value": "gpu"},
        {"key": "kubernetes.azure.com/scalesetpriority", "effect": "NoSchedule", "value": "spot"},
    ]
    for given_taints in (["sku=gpu:NoExecute"], ["sku=gpu:NoExecute", spot]):
        assert node.taints(make_pool(scaleSetPriority="Spot", nodeTaints=given_taints)) == wanted
    assert node.taints(make_pool(nodeTaints=["alone:NoSchedule"])) == [
        {"key": "alone", "effect": "NoSchedule"}
    ]


def test_a_node_names_its_machine(make_pool: MakePool) -> None:
    made = node.manifest(make_pool(), 1, "westeurope-1", ["10.224.0.4", "fd00:db8::4"])
    name = made["metadata"]["name"]
    assert made["metadata"]["annotations"]["kwok.x-k8s.io/node"] == "fake"
    assert made["metadata"]["labels"]["kubernetes.io/hostname"] == name
    assert made["spec"]["providerID"] == (
        "azure:///subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-nodes/providers"
        f"/Microsoft.Compute/virtualMachineScaleSets/{name[:-6]}/virtualMachines/1"
    )
    assert made["status"]["addresses"] == [
        {"type": "InternalIP", "address": "10.224.0.4"},
        {"type": "InternalIP", "address": "fd00:db8::4"},
        {"type": "Hostname", "address": name},
    ]
