"""Whether a pod fits a node."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.clusters.nodes.fitting import (
    Template,
    amounts,
    is_placed_by_other_pods,
    is_selected,
    requests,
    tolerates,
)

TAINT = {"key": "sku", "value": "gpu", "effect": "NoSchedule"}


def _container(**quantities: str) -> dict[str, Any]:
    return {"resources": {"requests": quantities}}


def _affine(*expressions: dict[str, Any]) -> dict[str, Any]:
    terms = {"nodeSelectorTerms": [{"matchExpressions": list(expressions)}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "sku", "operator": "Exists"}, True),
        ({"key": "sku", "value": "gpu"}, True),
        ({"key": "sku", "value": "gpu", "effect": "NoSchedule"}, True),
        ({"key": "sku", "value": "gpu", "effect": "NoExecute"}, False),
        ({"key": "sku", "value": "cpu"}, False),
        ({"key": "other", "operator": "Exists"}, False),
    ],
)
def test_a_toleration_lets_a_pod_onto_what_it_names(toleration: dict[str, str], tolerated: bool) -> None:
    assert tolerates({"tolerations": [toleration]}, [TAINT]) is tolerated


def test_a_preference_keeps_no_pod_away_and_every_other_taint_has_to_be_tolerated() -> None:
    assert tolerates({}, [{**TAINT, "effect": "PreferNoSchedule"}])
    other = {"key": "other", "effect": "NoExecute"}
    assert not tolerates({"tolerations": [{"key": "sku", "operator": "Exists"}]}, [TAINT, other])


@pytest.mark.parametrize(
    ("spec", "selected"),
    [
        ({}, True),
        ({"nodeSelector": {"zone": "1"}}, True),
        ({"nodeSelector": {"zone": "2"}}, False),
        (_affine({"key": "zone", "operator": "In", "values": ["1", "2"]}), True),
        (_affine({"key": "zone", "operator": "NotIn", "values": ["1"]}), False),
        (_affine({"key": "none", "operator": "NotIn", "values": ["1"]}), True),
        (_affine({"key": "zone", "operator": "Exists"}), True),
        (_affine({"key": "zone", "operator": "DoesNotExist"}), False),
        (_affine({"key": "zone", "operator": "Gt", "values": ["0"]}), True),
        (_affine({"key": "zone", "operator": "Lt", "values": ["1"]}), False),
        (_affine({"key": "zone", "operator": "Exists"}, {"key": "none", "operator": "Exists"}), False),
    ],
)
def test_selector_and_required_affinity_choose_nodes(spec: dict[str, Any], selected: bool) -> None:
    assert is_selected(spec, {"zone": "1"}) is selected


@pytest.mark.parametrize(
    ("running", "asked"), [("500m", 2050), ("1950m", 2100)], ids=["init container", "with sidecar"]
)
def test_a_pod_asks_for_its_containers_and_sidecars_or_its_largest_init_container(
    running: str, asked: int
) -> None:
    gpu = {"resources": {"limits": {"nvidia.com/gpu": "1"}}}
    spec = {
        "containers": [_container(cpu=running, memory="1Gi"), gpu],
        "initContainers": [
            _container(cpu="2"),
            _container(cpu="1"),
            {**_container(cpu="100m"), "restartPolicy": "Always"},
        ],
        "overhead": {"cpu": "50m"},
    }
    assert requests(spec) == {
        "cpu": asked,
        "memory": 1000 * 1024**3,
        "nvidia.com/gpu": 1000,
        "pods": 1000,
    }


@pytest.mark.parametrize(
    ("quantity", "thousandths"),
    [
        ("3860m", 3860),
        ("4", 4000),
        ("1e3", 10**6),
        ("2k", 2 * 10**6),
        ("1.5Gi", 1500 * 1024**3),
        ("1E", 10**21),
    ],
)
def test_a_quantity_is_read_as_kubernetes_writes_it(quantity: str, thousandths: int) -> None:
    assert amounts({"cpu": quantity}) == {"cpu": thousandths}


def test_a_pod_fits_where_it_may_run_and_finds_room() -> None:
    node = Template({"zone": "1"}, [], amounts({"cpu": "1", "pods": "2"}))
    assert node.fits({"containers": [_container(cpu="1")]})
    assert not node.fits({"containers": [_container(cpu="1001m")]})
    assert not node.fits({"containers": [_container(**{"nvidia.com/gpu": "1"})]})
    assert not node.fits({"containers": [], "nodeSelector": {"zone": "2"}})
    for _ in range(2):
        assert node.fits({"containers": []})
        node.take({"containers": []})
    assert not node.fits({"containers": []})


@pytest.mark.parametrize(
    ("spec", "placed"),
    [
        ({}, False),
        ({"topologySpreadConstraints": [{"whenUnsatisfiable": "ScheduleAnyway"}]}, False),
        ({"topologySpreadConstraints": [{"whenUnsatisfiable": "DoNotSchedule"}]}, True),
        ({"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}}, True),
        ({"affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{}]}}}, False),
    ],
)
def test_spreading_and_affinity_that_must_hold_depend_on_other_pods(
    spec: dict[str, Any], placed: bool
) -> None:
    assert is_placed_by_other_pods(spec) is placed
