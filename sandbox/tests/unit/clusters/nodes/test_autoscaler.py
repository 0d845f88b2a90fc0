"""What the stand-in for the cluster autoscaler decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.clusters.nodes.autoscaler import Idleness, additions, seconds, unneeded, unneeded_seconds
from sandbox.clusters.nodes.cluster_view import ClusterView
from sandbox.clusters.nodes.pools import Pool

MakePool = Callable[..., Pool]
Make = Callable[..., dict[str, Any]]

SCALED = {"enableAutoScaling": True, "minCount": 1, "maxCount": 3, "count": 1}
LARGE = [{"resources": {"requests": {"cpu": "3"}}}]
GPU = [{"resources": {"limits": {"nvidia.com/gpu": "1"}}}]


def _view(
    pools: list[Pool], nodes: list[Any], pods: list[Any], daemon_sets: list[Any] | None = None
) -> ClusterView:
    return ClusterView(pools, nodes, pods, daemon_sets or [])


def test_a_pending_pod_that_fits_a_new_node_brings_one(
    make_pool: MakePool, make_node: Make, make_pod: Make
) -> None:
    pool = make_pool(**SCALED)
    node = make_node(pool)
    pods = [make_pod("a", on=node["metadata"]["name"], containers=LARGE), make_pod("b", containers=LARGE)]
    assert additions(_view([pool], [node], pods)) == {"user": 1}


@pytest.mark.parametrize(("pods", "nodes"), [(3, 1), (4, 2), (6, 2), (7, 3)])
def test_pods_that_fit_a_new_node_together_share_it(
    make_pool: MakePool, make_pod: Make, pods: int, nodes: int
) -> None:
    pool = make_pool(**{**SCALED, "count": 0, "minCount": 0})
    small = [{"resources": {"requests": {"cpu": "1"}}}]
    pending = [make_pod(str(each), containers=small) for each in range(pods)]
    assert additions(_view([pool], [], pending)) == {"user": nodes}


def test_a_pool_gets_no_more_nodes_than_its_maximum(make_pool: MakePool, make_pod: Make) -> None:
    pool = make_pool(**{**SCALED, "count": 0, "minCount": 0})
    pods = [make_pod(str(each), containers=LARGE) for each in range(9)]
    assert additions(_view([pool], [], pods)) == {"user": 3}
    assert additions(_view([make_pool(count=0)], [], pods)) == {}


@pytest.mark.parametrize(
    "spec",
    [
        {"containers": [{"resources": {"requests": {"cpu": "4"}}}]},
        {"nodeSelector": {"agentpool": "other"}},
        {"containers": GPU},
    ],
    ids=["too large", "another pool's", "needs a GPU"],
)
def test_a_pod_that_would_not_fit_brings_no_node(
    make_pool: MakePool, make_pod: Make, spec: dict[str, Any]
) -> None:
    assert additions(_view([make_pool(**SCALED)], [], [make_pod(**spec)])) == {}


def test_a_node_on_its_way_is_waited_for(make_pool: MakePool, make_node: Make, make_pod: Make) -> None:
    pool = make_pool(**{**SCALED, "count": 1})
    pod = make_pod(containers=LARGE)
    assert additions(_view([pool], [], [pod])) == {}
    unready = make_node(pool)
    unready["status"]["conditions"] = []
    assert additions(_view([pool], [unready], [pod])) == {}


def test_a_gpu_node_without_its_plugin_is_waited_for(
    make_pool: MakePool, make_node: Make, make_pod: Make
) -> None:
    pool = make_pool(**SCALED, vmSize="Standard_NC4as_T4_v3")
    pod = make_pod(containers=GPU)
    assert additions(_view([pool], [make_node(pool)], [pod])) == {}
    offering = make_node(pool, **{"nvidia.com/gpu": "1"})
    busy = make_pod("busy", on=offering["metadata"]["name"], containers=GPU)
    assert additions(_view([pool], [offering], [busy, pod])) == {"user": 1}


def test_what_daemon_sets_take_of_a_new_node_is_taken_off(make_pool: MakePool, make_pod: Make) -> None:
    pool = make_pool(**{**SCALED, "count": 0, "minCount": 0})
    daemons = {"spec": {"template": {"spec": {"containers": [{"resources": {"requests": {"cpu": "1"}}}]}}}}
    assert additions(_view([pool], [], [make_pod(containers=LARGE)], [daemons])) == {}
    elsewhere = {"spec": {"template": {"spec": {"nodeSelector": {"no": "where"}, "containers": LARGE}}}}
    assert additions(_view([pool], [], [make_pod(containers=LARGE)], [elsewhere])) == {"user": 1}


def test_a_pod_that_others_keep_away_brings_a_node_though_one_has_room(
    make_pool: MakePool, make_node: Make, make_pod: Make
) -> None:
    pool = make_pool(**SCALED)
    anti = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}
    assert additions(_view([pool], [make_node(pool)], [make_pod()])) == {}
    assert additions(_view([pool], [make_node(pool)], [make_pod(affinity=anti)])) == {"user": 1}


def test_the_pool_that_wastes_least_is_chosen(make_pool: MakePool, make_pod: Make) -> None:
    none = {**SCALED, "count": 0, "minCount": 0}
    pools = [make_pool("big", **none, vmSize="Standard_D16ds_v5"), make_pool("small", **none)]
    assert additions(_view(pools, [], [make_pod(containers=LARGE)])) == {"small": 1}


def test_a_pool_that_is_being_deleted_gets_no_node(make_pool: MakePool, make_pod: Make) -> None:
    pool = make_pool(**SCALED, provisioningState="Deleting")
    assert additions(_view([pool], [], [make_pod()])) == {}


def test_nodes_with_pods_of_daemon_sets_only_are_not_needed_above_the_minimum(
    make_pool: MakePool, make_node: Make, make_pod: Make
) -> None:
    pool = make_pool(**{**SCALED, "count": 3})
    nodes = [make_node(pool, each) for each in range(3)]
    names = [each["metadata"]["name"] for each in nodes]
    pods = [make_pod("daemon", on=names[1], owner="DaemonSet")]
    assert unneeded(_view([pool], nodes, pods)) == nodes[:2]
    pods.append(make_pod("work", on=names[0]))
    assert unneeded(_view([pool], nodes, pods)) == nodes[1:]
    assert unneeded(_view([make_pool(**{**SCALED, "count": 3, "minCount": 3})], nodes, [])) == []
    assert unneeded(_view([make_pool(count=3)], nodes, [])) == []


def test_no_node_is_chosen_while_another_one_leaves(make_pool: MakePool, make_node: Make) -> None:
    pool = make_pool(**{**SCALED, "count": 2})
    assert unneeded(_view([pool], [make_node(pool, each) for each in range(3)], [])) == []


def test_a_node_goes_once_it_has_not_been_needed_for_long_enough() -> None:
    node = {"metadata": {"name": "one"}}
    idleness = Idleness()
    assert idleness.over([node], 10.0, 5.0) == []
    assert idleness.over([node], 14.9, 5.0) == []
    assert idleness.over([node], 15.0, 5.0) == [node]
    assert idleness.over([], 16.0, 5.0) == []
    assert idleness.over([node], 17.0, 5.0) == []


@pytest.mark.parametrize(("text", "expected"), [("10m", 600.0), ("90s", 90.0), ("1h30m", 5400.0)])
def test_a_duration_is_read_as_go_writes_it(text: str, expected: float) -> None:
    assert seconds(text) == expected


def test_a_minute_of_the_profile_is_a_second_here() -> None:
    assert unneeded_seconds({"autoScalerProfile": {"scaleDownUnneededTime": "3m"}}) == 3.0
    assert unneeded_seconds({}) == 10.0
