"""What a node offers to pods."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clusters.nodes import capacity
from sandbox.clusters.nodes.pools import Pool


@pytest.mark.parametrize(
    ("vcpus", "millicores"), [(1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (64, 740)]
)
def test_aks_keeps_its_documented_share_of_the_processors(vcpus: int, millicores: int) -> None:
    assert capacity.reserved_cpu_millicores(vcpus) == millicores


@pytest.mark.parametrize(
    ("memory_mib", "max_pods", "reserved_mib"),
    [(16384, 110, 2350), (16384, 250, 4196), (8192, 30, 750)],
    ids=["20 MiB a pod", "a quarter at most", "few pods"],
)
def test_aks_keeps_its_documented_share_of_the_memory(
    memory_mib: int, max_pods: int, reserved_mib: int
) -> None:
    assert capacity.reserved_memory_mib(memory_mib, max_pods) == reserved_mib


@given(memory_mib=st.integers(2048, 4_000_000), max_pods=st.integers(10, 250))
def test_most_of_the_memory_is_left_to_pods(memory_mib: int, max_pods: int) -> None:
    assert 100 < capacity.reserved_memory_mib(memory_mib, max_pods) <= memory_mib / 4 + 100


def test_a_node_offers_its_size_without_what_aks_keeps(make_pool: Callable[..., Pool]) -> None:
    pool = make_pool(osDiskSizeGB=100)
    assert capacity.capacity(pool) == {
        "cpu": "4",
        "memory": "16777216Ki",
        "pods": "110",
        "ephemeral-storage": "104857600Ki",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
    }
    assert capacity.allocatable(pool) == {
        **capacity.capacity(pool),
        "cpu": "3860m",
        "memory": f"{(16384 - 2350) * 1024}Ki",
        "ephemeral-storage": "96636764160",
    }


def test_a_size_that_azure_does_not_have_is_named(make_pool: Callable[..., Pool]) -> None:
    with pytest.raises(ValueError, match="user: Standard_Huge is not a virtual machine size"):
        capacity.capacity(make_pool(vmSize="Standard_Huge"))
