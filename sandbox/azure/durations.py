"""How long an operation takes in Azure, as it was recorded; the rows are in `durations.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("durations.yaml")


def seconds(type_: str, operation: str) -> float:
    """The seconds that an operation takes: `create`, `update` or `delete`, 0 for any other.

    Args:
        type_: Azure Resource Manager type, or Pulumi's type token of what is not in Azure.
        operation: what is done.
    """
    return row(type_).get(operation, {"seconds": 0})["seconds"]


def name(type_: str) -> str:
    """What people call a resource of a type."""
    return row(type_)["name"]


def row(type_: str) -> dict[str, Any]:
    """The row of a type, of its provider, or the one for all others. Case does not matter."""
    known, key = rows(), type_.lower()
    return known.get(key) or known.get(key.partition(":")[0]) or known["default"]


@cache
def rows() -> dict[str, dict[str, Any]]:
    """All rows by type in lower case."""
    return {type_.lower(): row for type_, row in yaml.safe_load(_FILE.read_text(encoding="utf-8")).items()}
