"""Which Nodes are made, changed and removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.clusters.nodes import node
from sandbox.clusters.nodes.cluster_view import ClusterView
from sandbox.clusters.nodes.mirror import TO_BE_DELETED, Changes, changes
from sandbox.clusters.nodes.pools import Pool
from sandbox.tests.unit.clusters.nodes.conftest import CLUSTER

MakePool = Callable[..., Pool]
Make = Callable[..., dict[str, Any]]
SUBNET = IPv4Network("10.224.0.0/16")


def _changes(pools: list[Pool], nodes: list[Any], pods: list[Any] | None = None) -> Changes:
    return changes(ClusterView(pools, nodes, pods or [], []), [SUBNET])


@given(
    count=st.integers(0, 12),
    zones=st.lists(st.sampled_from("123"), unique=True),
)
def test_a_pool_has_its_count_of_nodes_evenly_over_its_zones(count: int, zones: list[str]) -> None:
    properties = {"vmSize": "Standard_D4ds_v5", "count": count, "availabilityZones": zones}
    pool = Pool(f"{CLUSTER.id}/agentPools/user", "user", CLUSTER, "", properties)
    made = _changes([pool], []).create
    assert [each["metadata"]["name"] for each in made] == [node.name(pool, each) for each in range(count)]
    assert len({each["status"]["addresses"][0]["address"] for each in made}) == count
    used = Counter(each["metadata"]["labels"][node.ZONE_LABEL] for each in made)
    assert set(used) <= {f"westeurope-{zone}" for zone in zones} or set(used) <= {"0"}
    if count >= len(pool.zones):
        assert max(used.values(), default=0) - min(used.values(), default=0) <= 1


def test_nothing_is_done_where_nodes_are_as_the_pool_is(make_pool: MakePool, make_node: Make) -> None:
    pool = make_pool()
    assert _changes([pool], [make_node(pool)]) == Changes()


def test_a_new_node_takes_the_first_free_number_and_address(make_pool: MakePool, make_node: Make) -> None:
    pool = make_pool(count=3)
    made = _changes([pool], [make_node(pool, 0), make_node(pool, 2)]).create
    assert [each["metadata"]["name"] for each in made] == [node.name(pool, 1)]
    assert made[0]["status"]["addresses"][0]["address"] == "10.224.0.5"


def test_the_node_that_the_autoscaler_has_chosen_goes_first(make_pool: MakePool, make_node: Make) -> None:
    pool = make_pool(count=2)
    nodes = [make_node(pool, each) for each in range(3)]
    nodes[1]["spec"]["taints"] = [TO_BE_DELETED]
    assert _changes([pool], nodes).remove == [nodes[1]]


def test_a_node_that_is_drained_already_goes_before_one_with_fewer_pods(
    make_pool: MakePool, make_node: Make, make_pod: Make
) -> None:
    pool = make_pool(count=1)
    nodes = [make_node(pool, each) for each in range(2)]
    pods = [make_pod(on=nodes[0]["metadata"]["name"])]
    assert _changes([pool], nodes, pods).remove == [nodes[1]]
    nodes[0]["metadata"]["annotations"][node.DRAINING] = "true"
    assert _changes([pool], nodes, pods).remove == [nodes[0]]


def test_fewer_nodes_are_taken_from_the_fullest_zone(make_pool: MakePool, make_node: Make) -> None:
    pool = make_pool(count=2, availabilityZones=["1", "2"])
    nodes = [
        make_node(pool, each, zone)
        for each, zone in enumerate(["westeurope-1", "westeurope-2", "westeurope-2"])
    ]
    assert _changes([pool], nodes).remove == [nodes[1]]


def test_nodes_of_a_deleted_or_recreated_pool_are_deleted(make_pool: MakePool, make_node: Make) -> None:
    pool = make_pool()
    old = make_node(pool)
    assert _changes([], [old]).remove == [old]
    again = replace(pool, created_at="2026-02-02")
    found = _changes([again], [old])
    assert found.remove == [old]
    assert [each["metadata"]["name"] for each in found.create] == [node.name(pool, 1)]


def test_nodes_made_by_others_are_left_alone() -> None:
    assert _changes([], [{"metadata": {"name": "mine"}, "spec": {}, "status": {}}]) == Changes()


def test_changed_labels_and_taints_reach_a_node_and_those_of_others_stay(
    make_pool: MakePool, make_node: Make
) -> None:
    before = make_node(make_pool(nodeLabels={"old": "yes"}, nodeTaints=["a=b:NoSchedule"]))
    other = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    before["spec"]["taints"].append(other)
    [(_, patch)] = _changes([make_pool(nodeTaints=["c=d:NoSchedule"])], [before]).patch
    assert patch["metadata"]["labels"]["old"] is None
    assert patch["metadata"]["resourceVersion"] == "1"
    assert patch["spec"]["taints"] == [{"key": "c", "effect": "NoSchedule", "value": "d"}, other]


def test_a_node_that_need_not_leave_after_all_takes_pods_again(make_pool: MakePool, make_node: Make) -> None:
    pool = make_pool()
    cordoned = make_node(pool)
    cordoned["metadata"]["annotations"][node.DRAINING] = "true"
    cordoned["spec"] |= {"unschedulable": True, "taints": [TO_BE_DELETED]}
    [(_, patch)] = _changes([pool], [cordoned]).patch
    assert patch["spec"] == {"unschedulable": None, "taints": []}
    assert patch["metadata"]["annotations"] == {node.DRAINING: None}


def test_nodes_of_a_pool_that_is_being_deleted_are_left_to_its_drain(
    make_pool: MakePool, make_node: Make
) -> None:
    pool = make_pool(provisioningState="Deleting", count=2)
    cordoned = make_node(pool)
    cordoned["metadata"]["annotations"][node.DRAINING] = "true"
    assert _changes([pool], [cordoned]) == Changes()


def test_gpus_come_with_the_device_plugin_and_go_with_it(
    make_pool: MakePool, make_node: Make, make_pod: Make
) -> None:
    pool = make_pool(vmSize="Standard_NC64as_T4_v3")
    bare = make_node(pool)
    containers = [{"image": "nvcr.io/nvidia/k8s-device-plugin:v1"}]
    plugin = make_pod(on=bare["metadata"]["name"], owner="DaemonSet", containers=containers)
    assert _changes([pool], [bare]).patch == []
    [(path, patch)] = _changes([pool], [bare], [plugin]).patch
    assert path == f"/api/v1/nodes/{bare['metadata']['name']}/status"
    assert patch["status"] == {"allocatable": {"nvidia.com/gpu": "4"}, "capacity": {"nvidia.com/gpu": "4"}}
    offering = make_node(pool, **{"nvidia.com/gpu": "4"})
    assert _changes([pool], [offering], [plugin]).patch == []
    [(_, patch)] = _changes([pool], [offering]).patch
    assert patch["status"] == {"allocatable": {"nvidia.com/gpu": "0"}}
