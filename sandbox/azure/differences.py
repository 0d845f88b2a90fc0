"""Differences between two sets of properties, as the azure-native provider finds and reports them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from sandbox.azure.cloud import normalized_location
from sandbox.engine.plugin import Value

Change = Literal["add", "delete", "update"]

_ABSENT = object()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Change]:
    """What changed between two sets of inputs, by path such as ``networkProfile.podCidr`` or ``zones[0]``.

    Unknown values differ from all others. Properties whose name begins with two underscores are the
    provider's own and are left out, as is what Azure takes for equal: the spelling of a location or resource
    group, and old names of a cluster's tier.
    """
    found: dict[str, Change] = {}
    for name in {*old, *new}:
        if not name.startswith("__") and not _equal_to_azure(name, old.get(name), new.get(name)):
            _compare(old.get(name, _ABSENT), new.get(name, _ABSENT), name, found)
    return found


def replacements(changes: Mapping[str, Change], replacing: Collection[str]) -> set[str]:
    """The changed paths that replace the resource, given the properties that do (``array[].property``)."""
    return {path for path in changes if _replaces(path, changes[path], replacing)}


def _replaces(path: str, change: Change, replacing: Collection[str]) -> bool:
    property_path = _without_indices(path)
    if path.endswith("]"):
        return False
    if property_path in replacing:
        return True
    # A change inside an object that forces replacement counts; one that adds to or takes from the object
    # does not.
    parent = property_path.rpartition(".")[0]
    return change == "update" and bool(parent) and parent in replacing


def _without_indices(path: str) -> str:
    parts = path.split("[")
    return parts[0] + "".join("[]" + part.partition("]")[2] for part in parts[1:])


def _compare(old: Value, new: Value, path: str, found: dict[str, Change]) -> None:
    if old is _ABSENT or old is None:
        if new is not _ABSENT and new is not None:
            found[path] = "add"
    elif new is _ABSENT or new is None:
        found[path] = "delete"
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in {*old, *new}:
            if not name.startswith("__"):
                _compare(old.get(name, _ABSENT), new.get(name, _ABSENT), f"{path}.{name}", found)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else _ABSENT
            after = new[index] if index < len(new) else _ABSENT
            _compare(before, after, f"{path}[{index}]", found)
    elif old != new or isinstance(old, bool) is not isinstance(new, bool):
        found[path] = "update"


def _same(old: Value, new: Value) -> bool:
    # Python takes True for 1.
    found: dict[str, Change] = {}
    _compare(old, new, "", found)
    return not found


def _equal_to_azure(name: str, old: Value, new: Value) -> bool:
    if name == "location" and isinstance(old, str) and isinstance(new, str):
        return normalized_location(old) == normalized_location(new)
    if name == "resourceGroupName" and isinstance(old, str) and isinstance(new, str):
        return old.lower() == new.lower()
    if name == "sku" and isinstance(old, Mapping) and isinstance(new, Mapping):
        return _tier(old) is not None and _tier(old) == _tier(new)
    return False


def _tier(sku: Mapping[str, Any]) -> tuple[str, str] | None:
    name, tier = sku.get("name"), sku.get("tier")
    if len(sku) != 2 or not isinstance(name, str) or not isinstance(tier, str):
        return None
    return ("Base" if name == "Basic" else name, "Standard" if tier == "Paid" else tier)


def with_drift(inputs: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs after a refresh: what changed between the old and the new state is carried over.

    Args:
        inputs: inputs as recorded.
        old: recorded outputs, only what can also be an input.
        new: outputs now, only what can also be an input.
    """
    result = {name: value for name, value in inputs.items() if name in new or name not in old}
    for name, value in new.items():
        if name.startswith("__"):
            continue
        if name not in old:
            result[name] = value
        elif not _same(old[name], value):
            result[name] = _drifted(inputs[name], old[name], value) if name in inputs else value
    return result


def _drifted(value: Value, old: Value, new: Value) -> Value:
    if isinstance(value, Mapping) and isinstance(old, Mapping) and isinstance(new, Mapping):
        return with_drift(value, old, new)
    if isinstance(value, list) and isinstance(old, list) and isinstance(new, list):
        return [
            _drifted(value[index], old[index], item) if index < len(value) and index < len(old) else item
            for index, item in enumerate(new)
        ]
    return new
