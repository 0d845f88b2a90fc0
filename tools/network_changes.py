"""What happens to a running network, as a table: from the data that the tests try."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

FILE: Final = Path(__file__).resolve().parent.parent / "tests" / "engine" / "network_changes.yaml"
_HAPPENS: Final = {
    "shows": "in place",
    "says": "[refused in the preview](operations.md#a-change-is-refused)",
    "az": "[by a procedure](#by-a-procedure)",
}


def table() -> str:
    """The changes in the order of the file."""
    lines = ["| Change | What happens |", "|---|---|"]
    for change in yaml.safe_load(FILE.read_text(encoding="utf-8"))["changes"]:
        (happens,) = (text for key, text in _HAPPENS.items() if key in change)
        condition = ", once `protect` is off" if "protected" in change else ""
        note = f"; {change['note']}" if "note" in change else ""
        lines.append(f"| {change['change']} | {happens}{condition}{note} |")
    return "\n".join(lines)
