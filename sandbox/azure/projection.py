"""Outputs that follow from inputs alone, and inputs that follow from outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.azure.schema import Property, Type
from sandbox.engine.plugin import UNKNOWN, Value


def previewed(inputs: Mapping[str, Any], outputs: Mapping[str, Property]) -> dict[str, Any]:
    """The outputs that a preview shows: what is given as an input, and unknown for what Azure will add."""
    return {
        name: _previewed(inputs[name], property_.type) if inputs.get(name) is not None else UNKNOWN
        for name, property_ in outputs.items()
    }


def _previewed(value: Value, type_: Type) -> Value:
    if isinstance(value, Mapping) and type_.kind == "object" and type_.shape is not None:
        return previewed(value, type_.shape.properties)
    if isinstance(value, Mapping) and type_.kind == "map" and type_.items is not None:
        return {key: _previewed(item, type_.items) for key, item in value.items()}
    if isinstance(value, list):
        if type_.kind in ("map", "object"):
            # A set of names goes in as a list and comes back as an object that says something about each.
            return UNKNOWN
        return [_previewed(item, type_.items) for item in value] if type_.items else value
    return value


def to_inputs(outputs: Mapping[str, Any], inputs: Mapping[str, Property]) -> dict[str, Any]:
    """The part of a resource's outputs that can be its inputs, in the form of inputs."""
    return {
        name: _to_input(value, inputs[name].type)
        for name, value in outputs.items()
        if name in inputs and value is not None
    }


def _to_input(value: Value, type_: Type) -> Value:
    if isinstance(value, Mapping):
        if type_.kind == "object" and type_.shape is not None:
            return to_inputs(value, type_.shape.properties)
        if type_.kind == "map" and type_.items is not None:
            return {key: _to_input(item, type_.items) for key, item in value.items()}
        if type_.kind == "array":
            return sorted(value)
    if isinstance(value, list) and type_.kind == "array" and type_.items is not None:
        return [_to_input(item, type_.items) for item in value]
    return value
