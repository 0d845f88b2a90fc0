"""What is checked of one request alone: shape and limits by the provider, documented values by Azure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.azure.refusal import Refusal
from sandbox.azure.resource_types import Property, ResourceType
from sandbox.engine.plugin import UNKNOWN, Value

_LOCATION_REMEDY = (
    ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."
)
_KINDS = {bool: ("a boolean", {"boolean"}), str: ("a string", {"string"})}
_NUMBER = ("a number", {"number", "integer"})


def failures(resource_type: ResourceType, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Each thing that is wrong with the inputs, in the provider's words.

    Properties that the resource does not have are failures too. The real provider drops them silently.
    """
    yield from _object_failures("", resource_type.inputs, inputs, resource_type.token)
    for place, property_, value in _values("", resource_type.inputs, inputs):
        yield from _value_failures(place, property_, value)


def enum_refusals(resource_type: ResourceType, inputs: Mapping[str, Any]) -> Iterator[Refusal]:
    """Azure's answer to each value that is not one of those that it documents, in any case."""
    for place, property_, value in _values("", resource_type.inputs, inputs):
        if isinstance(value, str) and property_.enum and value.lower() not in map(str.lower, property_.enum):
            yield Refusal(
                400,
                "InvalidParameter",
                f"The value of parameter {place} is invalid: '{value}'. "
                f"The allowed values are: {', '.join(property_.enum)}.",
            )


_Placed = tuple[str, Property, Value]


def _values(place: str, properties: Mapping[str, Property], values: Mapping[str, Any]) -> Iterator[_Placed]:
    for name, value in values.items():
        if name in properties:
            yield from _values_of(f"{place}{name}", properties[name], value)


def _values_of(place: str, property_: Property, value: Value) -> Iterator[_Placed]:
    yield place, property_, value
    if isinstance(value, Mapping) and property_.shape is not None:
        yield from _values(f"{place}.", property_.shape.inputs, value)
    elif isinstance(value, Mapping) and property_.type == "map" and property_.items is not None:
        for key, item in value.items():
            yield from _values_of(f"{place}.{key}", property_.items, item)
    elif isinstance(value, list) and property_.type == "array" and property_.items is not None:
        for index, item in enumerate(value):
            yield from _values_of(f"{place}[{index}]", property_.items, item)


def _object_failures(
    place: str, properties: Mapping[str, Property], values: Mapping[str, Any], owner: str
) -> Iterator[str]:
    for name, property_ in properties.items():
        # The SDK marks a location as optional, since the provider fills it in. Azure demands one.
        is_location = f"{place}{name}" == "location"
        if (property_.required or is_location) and values.get(name) is None:
            yield f"missing required property '{place}{name}'" + (_LOCATION_REMEDY if is_location else "")
    for name in values:
        if name not in properties and not name.startswith("__") and f"{place}{name}" != "azureApiVersion":
            close = difflib.get_close_matches(name, properties, 1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            yield f"'{place}{name}' is not a property of {owner}{hint}"


def _value_failures(place: str, property_: Property, value: Value) -> Iterator[str]:
    if value is UNKNOWN or value is None or property_.type == "any":
        return
    if isinstance(value, Mapping) and property_.shape is not None:
        owner = property_.shape_name.partition(":")[2]
        yield from _object_failures(f"{place}.", property_.shape.inputs, value, owner)
    elif isinstance(value, Mapping | list):
        got, kind = ("an array", "array") if isinstance(value, list) else ("an object", "map")
        if property_.type != kind:
            yield f"'{place}' should be of type '{property_.type}' but got {got}"
    else:
        yield from _scalar_failures(place, property_, value)


def _scalar_failures(place: str, property_: Property, value: str | float) -> Iterator[str]:
    got, kinds = _KINDS.get(type(value), _NUMBER)
    if property_.type not in kinds:
        yield f"'{place}' should be of type '{property_.type}' but got {got}"
    elif property_.type == "integer" and isinstance(value, float):
        yield f"'{place}' must be an integer but got {value:f}"
    elif isinstance(value, str):
        length, shortest, longest = len(value), property_.min_length, property_.max_length
        if shortest is not None and length < shortest:
            yield f"'{place}' is too short ({length}): at least {shortest} characters required"
        if longest is not None and length > longest:
            yield f"'{place}' is too long ({length}): at most {longest} characters allowed"
        if property_.pattern and not re.search(property_.pattern, value):
            yield f"'{place}' does not match expression '{property_.pattern}'"
    else:
        if property_.minimum is not None and value < property_.minimum:
            yield f"'{place}' is too low ({value:f} < {property_.minimum:f})"
        if property_.maximum is not None and value > property_.maximum:
            yield f"'{place}' is too high ({value:f} > {property_.maximum:f})"
