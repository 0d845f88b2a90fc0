"""What of a rendered Helm chart is applied apart from its release. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

_TAKE_OVER: Final = {"pulumi.com/patchForce": "true"}
"""Helm may have installed them, and then its fields would be conflicts."""


def custom_resource_definitions(objects: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The custom resource definitions among `objects`, marked so that Pulumi takes over what is there."""
    return [
        {
            **each,
            "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), **_TAKE_OVER}},
        }
        for each in objects
        if each["kind"] == "CustomResourceDefinition" and (metadata := each["metadata"])
    ]
