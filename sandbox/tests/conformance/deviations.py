"""Where the sandbox answers other than Azure was recorded to: ``deviations.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def deviations() -> dict[str, dict[str, Any]]:
    """All deviations by what they are about."""
    return yaml.safe_load(Path(__file__).with_name("deviations.yaml").read_text(encoding="utf-8"))


def table() -> str:
    """The deviations as a table, for the documentation."""
    rows = [
        f"| {about.capitalize()} | {row['azure']} | {row['sandbox']} | {row['reason']} |"
        for about, row in deviations().items()
    ]
    return "\n".join(["| About | Azure | The sandbox | Why |", "|---|---|---|---|", *rows])
