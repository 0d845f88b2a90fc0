"""How long operations take in Azure, by the rows of `durations.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("durations.yaml")


def row(type_: str) -> dict[str, Any]:
    """The row of a type, of its provider, or the default: its name, and each operation's seconds and source.

    Args:
        type_: Azure Resource Manager type, or Pulumi's type token outside Azure, in any case.
    """
    known, key = rows(), type_.lower()
    return known.get(key) or known.get(key.partition(":")[0]) or known["default"]


@cache
def rows() -> dict[str, dict[str, Any]]:
    """All rows by type in lower case."""
    return {type_.lower(): row for type_, row in yaml.safe_load(_FILE.read_text(encoding="utf-8")).items()}
