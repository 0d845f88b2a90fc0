"""Outputs that follow from inputs alone, and inputs that follow from outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.azure.resource_types import Property
from sandbox.engine.plugin import UNKNOWN, Value


def previewed(inputs: Mapping[str, Any], outputs: Mapping[str, Property]) -> dict[str, Any]:
    """The outputs that a preview shows: what is given as an input, and unknown for what Azure will add."""
    return {
        name: UNKNOWN if inputs.get(name) is None else _previewed(inputs[name], property_)
        for name, property_ in outputs.items()
    }


def _previewed(value: Value, property_: Property) -> Value:
    if isinstance(value, Mapping) and property_.shape is not None:
        return previewed(value, property_.shape.outputs)
    if isinstance(value, list) and property_.type in ("map", "object"):
        # A set of names goes in as a list and comes back as an object that says something about each.
        return UNKNOWN
    return with_items(value, property_, _previewed)


def to_inputs(outputs: Mapping[str, Any], inputs: Mapping[str, Property]) -> dict[str, Any]:
    """The part of a resource's outputs that can be its inputs, in the form of inputs."""
    return {
        name: _to_input(value, inputs[name])
        for name, value in outputs.items()
        if name in inputs and value is not None
    }


def _to_input(value: Value, property_: Property) -> Value:
    if isinstance(value, Mapping) and property_.shape is not None:
        return to_inputs(value, property_.shape.inputs)
    if isinstance(value, Mapping) and property_.type == "array":
        return sorted(value)
    return with_items(value, property_, _to_input)


def with_items(value: Value, property_: Property, convert: Callable[[Value, Property], Value]) -> Value:
    """A list or map with each item converted; any other value itself."""
    items = property_.items
    if items is not None and isinstance(value, Mapping):
        return {key: convert(item, items) for key, item in value.items()}
    if items is not None and isinstance(value, list):
        return [convert(item, items) for item in value]
    return value
