"""The sandbox's directory: how others learn of it, what lies in it, and how a file gets into it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

ROOT_VARIABLE: Final = "AKS_PLATFORM_SANDBOX"
"""The environment variable that tells the provider plugins the sandbox's directory."""

CLOUD_FILE: Final = "cloud.sqlite"
"""The file of the simulated cloud."""

CONTENTS: Final = (
    "azure-cli",
    "backend",
    "bench",
    CLOUD_FILE,
    "control-planes",
    "lock",
    "pulumi-home",
    "setup.lock",
    "work",
)
"""What the names of all that lies in it begin with."""


def write(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write *text* to *path* all at once, unless it is there already.

    Args:
        path: the file; its directory is made where it does not exist.
        text: all that it holds.
        mode: the permissions of a file that is written.
    """
    if path.is_file() and path.read_text(encoding="utf-8", errors="surrogateescape") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, delete=False, encoding="utf-8", errors="surrogateescape"
    ) as file:
        file.write(text)
    Path(file.name).chmod(mode)
    Path(file.name).replace(path)
