"""The Pulumi CLI that the project runs."""

from __future__ import annotations

import os
from pathlib import Path


def find_cli() -> Path | None:
    """The Pulumi CLI, if there is one already."""
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aks-platform" / "pulumi-v3.250.0"
    )
    found = cache / "pulumi"
    return found if found.is_file() else None
