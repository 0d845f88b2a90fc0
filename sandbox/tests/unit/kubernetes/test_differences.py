"""What differs, and which addresses are given."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.kubernetes.diff import differences
from sandbox.clusters.load_balancers.answer import NoAddressError
from sandbox.clusters.load_balancers.free_address import first_free

KEYS = st.sampled_from("abc")
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.integers(0, 3) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=3)


@settings(max_examples=50, deadline=None)
@given(OBJECTS)
def test_nothing_differs_from_itself(obj: dict[str, Any]) -> None:
    assert differences(obj, obj, ["a", "b.*"]) == []


@settings(max_examples=50, deadline=None)
@given(OBJECTS, OBJECTS)
def test_two_objects_differ_unless_they_are_equal(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert bool(differences(old, new, [])) == (repr(sorted_deep(old)) != repr(sorted_deep(new)))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", "update")]),
        ({"a": [1, 2]}, {"a": [1]}, [("a[1]", "delete")]),
        ({}, {"a.b/c": 1}, [('["a.b/c"]', "add")]),
        ({"a": {"x.y": 1}}, {"a": {}}, [('a["x.y"]', "delete")]),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [("a", "update")]),
    ],
    ids=["update", "shorter list", "dotted key", "dotted key beneath", "same number", "number and truth"],
)
def test_each_change_has_its_path_and_kind(old: Any, new: Any, expected: list[tuple[str, str]]) -> None:
    assert [(found.text, found.change) for found in differences(old, new, [])] == expected


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"spec": {"selector": {"a": 1}}}, {"spec": {"selector": {"a": 2}}}, True),
        ({}, {"spec": {"selector": {}}}, True),
        ({}, {"spec": {"replicas": 1}}, False),
        ({"spec": {"list": [{"image": 1}]}}, {"spec": {"list": [{"image": 2}]}}, True),
        ({"spec": {"list": [{"name": 1}]}}, {"spec": {"list": [{"name": 2}]}}, False),
    ],
    ids=["beneath", "above with it", "above without it", "list item", "other field of a list item"],
)
def test_a_change_replaces_where_it_touches_such_a_field(old: Any, new: Any, replaces: bool) -> None:
    found = differences(old, new, ["spec.selector", "spec.list.*.image"])
    assert [difference.replaces for difference in found] == [replaces]


@settings(max_examples=50, deadline=None)
@given(st.integers(24, 29), st.sets(st.integers(0, 255)), st.integers(0, 300))
def test_an_address_is_free_and_none_that_azure_keeps(prefix: int, numbers: set[int], skip: int) -> None:
    network = IPv4Network(f"10.224.0.0/{prefix}")
    taken = {str(network.network_address + number) for number in numbers}
    kept = {str(network[0]), str(network[1]), str(network[2]), str(network[3]), str(network[-1])}
    free = {str(address) for address in network} - taken - kept
    if not free:
        with pytest.raises(NoAddressError, match="SubnetIsFull"):
            first_free(network, taken, skip)
        return
    address = first_free(network, taken, skip)
    assert IPv4Address(address) in network
    assert address in free


def sorted_deep(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: sorted_deep(value[key]) for key in sorted(value)}
    return [sorted_deep(item) for item in value] if isinstance(value, list) else value
