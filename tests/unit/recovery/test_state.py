"""What the recovery changes about a state, and what it leaves."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from recovery.state import UNKNOWN, State, in_clear, is_known

GROUP: dict[str, Any] = {"urn": "urn::group", "type": "azure-native:resources:ResourceGroup", "id": "/g"}
OLD: dict[str, Any] = {"urn": "urn::vnet", "type": "azure-native:network:VirtualNetwork", "id": "/g/Old"}
BESIDE: dict[str, Any] = {"urn": "urn::subnet", "id": "/g/Old/s", "dependencies": ["urn::vnet"]}
NEW: dict[str, Any] = {
    "urn": "urn::vnet",
    "id": "/g/new",
    "inputs": {"name": "new"},
    "dependencies": ["urn::group", "urn::lost"],
    "propertyDependencies": {"name": ["urn::lost"], "group": ["urn::group"]},
}


def state(*resources: dict[str, Any], **more: Any) -> State:
    return State({"version": 3, "deployment": {"manifest": {}, "resources": list(resources), **more}})


def test_a_new_resource_comes_last_and_depends_on_what_is_there() -> None:
    pending = [{"type": "creating", "resource": NEW}]
    before = state(GROUP, pending_operations=pending)
    kept = copy.deepcopy(before.exported)
    after = before.with_adopted([NEW])
    depends = {"dependencies": ["urn::group"], "propertyDependencies": {"name": [], "group": ["urn::group"]}}
    assert after.resources == [GROUP, {**NEW, **depends}]
    assert (after.pending, after.exported["version"]) == ([], 3)
    assert before.exported == kept, "the state as it was is what the backup has"


def test_a_replacement_comes_before_what_it_replaces_and_before_what_needs_it() -> None:
    after = state(GROUP, OLD, BESIDE).with_adopted([NEW])
    assert [each["id"] for each in after.resources] == ["/g", "/g/new", "/g/Old", "/g/Old/s"]
    assert after.resources[2] == {**OLD, "delete": True}
    assert after.recorded("urn::vnet") == after.resources[1]


def test_what_was_asked_for_takes_the_place_of_what_was_read() -> None:
    read = {
        **NEW,
        "inputs": {"name": "new", "aDefault": True},
        "outputs": {"name": "new"},
        "initErrors": ["x"],
    }
    replaced = {**OLD, "inputs": {"name": "old"}, "delete": True}
    after = state(GROUP, read, replaced).as_asked_for([{**NEW, "initErrors": []}])
    assert after.resources == [GROUP, {**read, "inputs": {"name": "new"}, "initErrors": []}, replaced]


def test_ids_are_compared_without_regard_to_case() -> None:
    assert state(GROUP, OLD).ids == {"/g", "/g/old"}


@pytest.mark.parametrize(
    ("value", "clear"),
    [({"4dabf": "1b47", "plaintext": '"apiVersion: v1"'}, "apiVersion: v1"), ("text", "text")],
)
def test_a_secret_is_read_in_clear(value: Any, clear: str) -> None:
    assert in_clear(value) == clear


def test_a_value_that_only_the_update_knows_makes_the_whole_unknown() -> None:
    assert is_known({"a": [{"b": "c"}]})
    assert not is_known({"a": [{"b": UNKNOWN}]})
