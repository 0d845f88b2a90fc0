"""The seam between Azure Resource Manager and azure-native: bodies in the form that each of them has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.azure.resource_types import Property


def flattened(body: Mapping[str, Any], shape: Mapping[str, Property]) -> dict[str, Any]:
    """A body of Azure Resource Manager as azure-native shapes it.

    What ``properties`` holds stands beside them, unless the shape has such a property itself; a map whose
    keys alone count is a list; names are in camel case; what is ``null`` is absent.
    """
    lifted = body.get("properties") if "properties" not in shape else None
    whole = {**{name: value for name, value in body.items() if value is not lifted}, **(lifted or {})}
    named = {_in_camel_case(name): value for name, value in whole.items() if value is not None}
    return {name: _value(value, shape.get(name)) for name, value in named.items()}


def _in_camel_case(name: str) -> str:
    return re.sub("-([a-z])", lambda match: match[1].upper(), name)


def _value(value: Any, property_: Property | None) -> Any:
    if property_ is None:
        return value
    if isinstance(value, Mapping) and property_.shape is not None:
        return flattened(value, {**property_.shape.outputs, **property_.shape.inputs})
    if isinstance(value, Mapping) and property_.type == "array":
        return list(value)
    if isinstance(value, Mapping) and property_.items is not None:
        return {key: _value(item, property_.items) for key, item in value.items()}
    if isinstance(value, list) and property_.items is not None:
        return [_value(item, property_.items) for item in value]
    return value
