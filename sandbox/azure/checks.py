"""What the azure-native provider checks and fills in before anything is sent to Azure."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sandbox.azure import limits
from sandbox.azure.schema import Property, ResourceType, Type
from sandbox.engine.plugin import UNKNOWN, Value

CREATE_BEFORE_DELETE = "__createBeforeDelete"
_LOCATION_REMEDY = (
    ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."
)


def automatic_name(kind: str, logical_name: str, seed: bytes) -> str:
    """The physical name of a resource whose program gives none. The same seed gives the same name."""
    digest = hashlib.sha256(seed + logical_name.encode()).hexdigest()
    if kind == "uuid":
        return str(UUID(digest[:32]))
    return logical_name if kind == "copy" else logical_name + digest[:8]


def failures(resource_type: ResourceType, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Each thing that is wrong with the inputs, in the provider's words.

    Properties that the resource does not have are failures too. The real provider leaves them out without a
    word.
    """
    yield from _object_failures(
        "", resource_type.inputs, inputs, limits.of_resource(resource_type), resource_type.token
    )


def _object_failures(
    place: str,
    properties: Mapping[str, Property],
    values: Mapping[str, Any],
    limit_of: Mapping[str, limits.Limit],
    owner: str,
) -> Iterator[str]:
    for name, property_ in properties.items():
        # The SDK marks a location as optional, since the provider fills it in. Azure demands one.
        is_location = f"{place}{name}" == "location"
        if (property_.required or is_location) and values.get(name) is None:
            yield f"missing required property '{place}{name}'" + (_LOCATION_REMEDY if is_location else "")
    for name, value in values.items():
        if name.startswith("__") or (not place and name == "azureApiVersion"):
            continue
        if name not in properties:
            yield _unknown_property(f"{place}{name}", name, properties, owner)
        else:
            yield from _value_failures(f"{place}{name}", properties[name].type, value, limit_of.get(name))


def _unknown_property(path: str, name: str, properties: Mapping[str, Property], owner: str) -> str:
    close = difflib.get_close_matches(name, properties, 1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    return f"'{path}' is not a property of {owner}{hint}"


def _value_failures(place: str, type_: Type, value: Value, limit: limits.Limit | None) -> Iterator[str]:
    if value is UNKNOWN or value is None or type_.kind == "any":
        return
    if isinstance(value, Mapping):
        if type_.kind == "object" and type_.shape is not None:
            shape_limits = limits.of_class(type_.shape.module_name, type_.shape.class_name)
            yield from _object_failures(
                f"{place}.",
                type_.shape.properties,
                value,
                shape_limits,
                type_.shape.class_name.removesuffix("Args"),
            )
        elif type_.kind == "map" and type_.items is not None:
            for key, item in value.items():
                yield from _value_failures(f"{place}.{key}", type_.items, item, None)
        else:
            yield f"'{place}' should be of type '{type_.kind}' but got an object"
    elif isinstance(value, list):
        if type_.kind != "array":
            yield f"'{place}' should be of type '{type_.kind}' but got an array"
        elif type_.items is not None:
            for index, item in enumerate(value):
                yield from _value_failures(f"{place}[{index}]", type_.items, item, None)
    else:
        yield from _scalar_failures(place, type_, value, limit)


def _scalar_failures(place: str, type_: Type, value: Value, limit: limits.Limit | None) -> Iterator[str]:
    if isinstance(value, bool):
        got, fits = "a boolean", type_.kind == "boolean"
    elif isinstance(value, str):
        got, fits = "a string", type_.kind == "string"
    else:
        got, fits = "a number", type_.kind in ("number", "integer")
    if not fits:
        yield f"'{place}' should be of type '{type_.kind}' but got {got}"
    elif type_.kind == "integer" and isinstance(value, float):
        yield f"'{place}' must be an integer but got {value:f}"
    elif limit is not None and isinstance(value, str):
        yield from _text_failures(place, value, limit)
    elif limit is not None and isinstance(value, int | float):
        yield from _number_failures(place, value, limit)


def _text_failures(place: str, value: str, limit: limits.Limit) -> Iterator[str]:
    if limit.min_length is not None and len(value) < limit.min_length:
        yield f"'{place}' is too short ({len(value)}): at least {limit.min_length} characters required"
    if limit.max_length is not None and len(value) > limit.max_length:
        yield f"'{place}' is too long ({len(value)}): at most {limit.max_length} characters allowed"
    if limit.pattern and not re.search(limit.pattern, value):
        yield f"'{place}' does not match expression '{limit.pattern}'"


def _number_failures(place: str, value: float, limit: limits.Limit) -> Iterator[str]:
    if limit.minimum is not None and value < limit.minimum:
        yield f"'{place}' is too low ({value:f} < {limit.minimum:f})"
    if limit.maximum is not None and value > limit.maximum:
        yield f"'{place}' is too high ({value:f} > {limit.maximum:f})"
