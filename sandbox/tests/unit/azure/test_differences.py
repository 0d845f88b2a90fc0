from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.azure.differences import differences, replacements, with_drift
from sandbox.engine.plugin import UNKNOWN

VALUES = st.recursive(
    st.integers(0, 3) | st.booleans() | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
)
OBJECTS = st.dictionaries(st.sampled_from("pqr"), VALUES, max_size=3)


@given(OBJECTS)
def test_what_is_equal_does_not_differ(value: dict[str, Any]) -> None:
    assert differences(value, value) == {}


@given(OBJECTS, OBJECTS)
def test_what_was_added_one_way_is_deleted_the_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    reverse = {"add": "delete", "delete": "add", "update": "update"}
    assert differences(new, old) == {path: reverse[change] for path, change in differences(old, new).items()}


@given(OBJECTS, OBJECTS)
def test_inputs_that_equal_the_outputs_follow_all_drift(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert differences(with_drift(old, old, new), new) == {}


@given(OBJECTS, OBJECTS)
def test_without_drift_the_inputs_stay_as_they_are(inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    assert with_drift(inputs, outputs, outputs) == inputs


def test_each_change_is_reported_at_its_own_path() -> None:
    old = {"a": {"b": 1, "c": [1, {"d": 1}], "e": 1}, "f": True, "__own": 1}
    new = {"a": {"b": 2, "c": [1, {"d": 2}, 3]}, "f": 1, "g": UNKNOWN, "__own": 2}
    assert differences(old, new) == {
        "a.b": "update",
        "a.c[1].d": "update",
        "a.c[2]": "add",
        "a.e": "delete",
        "f": "update",
        "g": "add",
    }


def test_an_item_replaces_by_its_property_and_an_object_by_changes_within() -> None:
    changes = differences(
        {"sku": {"name": "a"}, "rules": [{"name": "a", "port": 1}]},
        {"sku": {"name": "b", "tier": "c"}, "rules": [{"name": "b", "port": 2}]},
    )
    assert replacements(changes, {"sku", "rules[].name"}) == {"sku.name", "rules[0].name"}
