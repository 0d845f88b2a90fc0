"""The seam between Azure Resource Manager and azure-native: bodies in the form that each of them has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sandbox.azure.projection import with_items
from sandbox.azure.resource_types import Property
from sandbox.engine.plugin import Value

_BESIDE_PROPERTIES: Final = frozenset(
    {
        "etag", "eTag", "extendedLocation", "id", "identity", "kind", "location", "managedBy", "name", "plan",
        "sku", "systemData", "tags", "type", "zones",
    }
)  # fmt: skip
# Its names in AKS are the flags of the autoscaler: https://learn.microsoft.com/azure/aks/cluster-autoscaler
_WITH_HYPHENS: Final = "containerservice:ManagedClusterPropertiesResponseAutoScalerProfile"


def flattened(body: Mapping[str, Any], shape: Mapping[str, Property]) -> dict[str, Any]:
    """A body of Azure Resource Manager as azure-native shapes it.

    What ``properties`` holds stands beside them, unless the shape has such a property itself; a map whose
    keys alone count is a list; names are in camel case; what is ``null`` is absent.
    """
    lifted = body.get("properties") if "properties" not in shape else None
    whole = {**{name: value for name, value in body.items() if value is not lifted}, **(lifted or {})}
    named = {_in_camel_case(name): value for name, value in whole.items() if value is not None}
    return {name: _value(value, shape.get(name)) for name, value in named.items()}


def nested(outputs: Mapping[str, Any], shape: Mapping[str, Property]) -> dict[str, Any]:
    """Outputs of a resource, as azure-native shapes them, as a body of Azure Resource Manager.

    All that does not describe the resource as such stands under ``properties``.
    """
    values = {name: _nested_value(value, shape.get(name)) for name, value in outputs.items()}
    values.pop("azureApiVersion", None)
    if "properties" in shape:
        return values
    beside = {name: value for name, value in values.items() if _is_beside_properties(name, value)}
    return {**beside, "properties": {name: values[name] for name in values.keys() - beside.keys()}}


def _is_beside_properties(name: str, value: Value) -> bool:
    # Pools have a type of their own, which is no resource type.
    return name in _BESIDE_PROPERTIES and (name != "type" or "/" in value)


def _in_camel_case(name: str) -> str:
    return re.sub("-([a-z])", lambda match: match[1].upper(), name)


def _with_hyphens(name: str) -> str:
    return re.sub("[A-Z]", lambda match: f"-{match[0].lower()}", name)


def _value(value: Value, property_: Property | None) -> Value:
    if property_ is None:
        return value
    if isinstance(value, Mapping) and property_.shape is not None:
        return flattened(value, {**property_.shape.outputs, **property_.shape.inputs})
    if isinstance(value, Mapping) and property_.type == "array":
        return list(value)
    return with_items(value, property_, _value)


def _nested_value(value: Value, property_: Property | None) -> Value:
    if property_ is None:
        return value
    if isinstance(value, Mapping) and property_.shape is not None:
        shape = property_.shape.outputs
        if {"id", "name"} <= shape.keys():  # a resource in a resource
            return nested(value, shape)
        renamed = _with_hyphens if property_.shape_name == _WITH_HYPHENS else str
        return {renamed(name): _nested_value(item, shape.get(name)) for name, item in value.items()}
    return with_items(value, property_, _nested_value)
