"""Azure Resource Manager's types behind those of azure-native.

`arm_types.json` has the path and the API version of each. `make docs` writes it from Microsoft's packages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("arm_types.json")

_PARAMETER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class ArmType:
    """One resource type.

    Attributes:
        path: Template; each `{parameter}` is an input of the resource, but for `{subscriptionId}`.
        api_version: The API version to ask with.
    """

    path: str
    api_version: str

    @property
    def name_input(self) -> str:
        """The input that holds the resource's own name; empty where the path ends with a fixed name."""
        last = _PARAMETER.fullmatch(self.path.rpartition("/")[2])
        return last[1] if last else ""

    @property
    def name(self) -> str:
        """The type as Azure Resource Manager writes it, such as `Microsoft.Network/virtualNetworks`."""
        _, found, rest = self.path.rpartition("/providers/")
        if not found:
            return "Microsoft.Resources/resourceGroups"
        namespace, *segments = rest.split("/")
        return "/".join([namespace, *segments[::2]])

    def id_of(self, inputs: Mapping[str, Any], subscription_id: str) -> str | None:
        """The id that these inputs make; None where one that is part of it is missing."""
        values = {**inputs, "subscriptionId": subscription_id}
        if not all(isinstance(values.get(name), str) for name in _PARAMETER.findall(self.path)):
            return None
        return "/" + _PARAMETER.sub(lambda match: values[match[1]].strip("/"), self.path)


@cache
def arm_type(token: str) -> ArmType | None:
    """The type behind a Pulumi type, such as `azure-native:network:Subnet`; None where it is not known."""
    row = _rows().get(token)
    return ArmType(path=row[0], api_version=row[1]) if row else None


@cache
def _rows() -> dict[str, list[str]]:
    return json.loads(FILE.read_text(encoding="utf-8"))
