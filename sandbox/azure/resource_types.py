"""The resource types that the sandbox knows, from ``resource_types.json``.

The file is written by :mod:`sandbox.azure.resource_types_generator`. A new resource type needs no code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, Literal

from sandbox.azure.rules.reading import type_of

FILE: Final = Path(__file__).with_name("resource_types.json")
PARAMETER: Final = re.compile(r"\{(\w+)\}")

Kind = Literal["string", "integer", "number", "boolean", "array", "map", "object", "any"]
NameKind = Literal["random", "copy", "uuid"]


class UnknownResourceType(Exception):  # noqa: N818 - says what it is
    """The sandbox does not know the resource type."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property of an object, and what its value may be.

    Attributes:
        type: ``any`` where the SDK says nothing more, or allows objects of several shapes.
        items: an array's items or a map's values.
        shape_name: shape of an object, for example ``network:Delegation``.
        answer: what Azure answers where that is of another type.
        enum: documented values of a string; empty when every string will do.
        minimum: smallest number; ``maximum``, ``min_length`` and ``max_length`` (in characters) likewise.
        pattern: regular expression that a string matches.
    """

    type: Kind
    items: Property | None = None
    shape_name: str = ""
    answer: Property | None = None
    required: bool = False
    read_only: bool = False
    write_only: bool = False
    enum: Sequence[str] = ()
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Property:
        """The property that a row of the file describes."""
        nested = {name: cls.read(row[name]) for name in ("items", "answer") if name in row}
        return cls(**{**row, **nested})

    @property
    def shape(self) -> Shape | None:
        """Properties of an object, None where they are not known."""
        return _shape(self.shape_name) if self.shape_name else None


class Shape:
    """The properties of an object, by wire name. Read when first asked for, since shapes may nest."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self._rows = rows

    @cached_property
    def inputs(self) -> Mapping[str, Property]:
        """What a program may set."""
        return {name: Property.read(row) for name, row in self._rows.items() if not row.get("read_only")}

    @cached_property
    def outputs(self) -> Mapping[str, Property]:
        """What Azure answers."""
        rows = {name: row.get("answer", row) for name, row in self._rows.items() if not row.get("write_only")}
        return {name: Property.read(row) for name, row in rows.items()}


class ResourceType(Shape):
    """One resource type.

    Attributes:
        token: Pulumi type, for example ``azure-native:network:Subnet``.
        arm_type: Azure Resource Manager type, for example ``Microsoft.Network/virtualNetworks/subnets``.
        path: template of the id; each ``{parameter}`` is an input property but ``{subscriptionId}``.
        api_version: API version that the provider uses.
    """

    def __init__(self, token: str, row: Mapping[str, Any]) -> None:
        super().__init__(row["properties"])
        self.token = token
        self.path: str = row["id"]
        self.arm_type = type_of(self.path)
        self.api_version: str = row["api_version"]
        self._create_only: list[str] = row["create_only"]

    @cached_property
    def path_parameters(self) -> tuple[str, ...]:
        """Input properties in the id, in the order of the id."""
        return tuple(name for name in PARAMETER.findall(self.path) if name != "subscriptionId")

    @cached_property
    def body(self) -> Mapping[str, Property]:
        """Input properties that Azure is sent."""
        return {name: each for name, each in self.inputs.items() if name not in self.path_parameters}

    @property
    def create_only(self) -> frozenset[str]:
        """The inputs whose change replaces the resource: ``sku``, ``agentPoolProfiles[].vmSize``."""
        return frozenset((*self.path_parameters, *self._create_only))

    @cached_property
    def automatic_name(self) -> tuple[str | None, NameKind]:
        """The path parameter that the provider fills in when a program leaves it out, and how.

        It is the last one, if the id ends with it. A child takes the logical name as it is (``copy``). The
        rest get a ``random`` suffix, except for those that are GUIDs.
        """
        name = self.path_parameters[-1]
        if not self.path.endswith(f"{{{name}}}"):
            return None, "copy"
        if name in ("roleAssignmentName", "roleDefinitionId"):
            return name, "uuid"
        _, provider, below = self.path.lower().rpartition("microsoft.")
        return name, "random" if not provider or below.count("{") == 1 else "copy"

    def id_of(self, inputs: Mapping[str, Any], subscription_id: str) -> str:
        """The Azure Resource Manager id that these inputs make.

        Raises:
            KeyError: a path parameter is missing.
        """
        values = {**inputs, "subscriptionId": subscription_id}
        return "/" + PARAMETER.sub(lambda match: str(values[match[1]]).strip("/"), self.path)

    def parameters_of(self, resource_id: str) -> dict[str, str]:
        """The path parameters that an id holds; empty when the id is of another type."""
        pattern = PARAMETER.sub(lambda match: f"(?P<{match[1]}>.+)", f"/{self.path}")
        match = re.fullmatch(pattern, resource_id, re.IGNORECASE)
        found = match.groupdict() if match else {}
        # A parameter at the start of the id is a scope: an id itself, with its leading slash.
        return {
            name: f"/{value}" if "/" in value else value
            for name, value in found.items()
            if name != "subscriptionId"
        }


@cache
def resource_type(token: str) -> ResourceType:
    """The resource type of a Pulumi type token.

    Raises:
        UnknownResourceType: the SDK does not have the resource, or no package that the generator reads has
            its id.
    """
    row = _file()["types"].get(token.removeprefix("azure-native:"))
    if row is None:
        raise UnknownResourceType(
            f"Resource type {token} not found: if azure-native has it, add the management package that knows "
            "its id, or the id itself, to sandbox/azure/resource_types_sources.toml."
        )
    return ResourceType(token, row)


@cache
def of_arm_type(arm_type: str) -> ResourceType:
    """The resource type of an Azure Resource Manager type, in any case.

    Raises:
        UnknownResourceType: none is known.
    """
    for name, row in _file()["types"].items():
        if type_of(row["id"]).lower() == arm_type.lower():
            return resource_type(f"azure-native:{name}")
    raise UnknownResourceType(f"The sandbox knows no resource of type {arm_type}.")


def all_types() -> list[ResourceType]:
    """All that the sandbox knows."""
    return [ResourceType(f"azure-native:{name}", row) for name, row in _file()["types"].items()]


def sdk_version() -> str:
    """Version of the pulumi_azure_native SDK that the file was made from, which is also the provider's."""
    return _file()["sources"]["pulumi-azure-native"]


@cache
def _file() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


@cache
def _shape(name: str) -> Shape:
    return Shape(_file()["shapes"][name])
