"""The state of a stack, as files of the engine's file backend: whether it can be read, and its copies.

The engine's own commands read and write what is in it.
"""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.engine.engine_error import EngineError


def clear_remains(backend: Path) -> None:
    """Delete what killed engines and earlier versions of the sandbox left beside the files of a backend.

    Drafts are never read. Attributes are: one that is empty makes its file unreadable. The sandbox's backend
    writes none (`metadata=skip`), https://pkg.go.dev/gocloud.dev/blob/fileblob#URLOpener.
    """
    for pattern in ("*.attrs", "*.tmp"):
        for left in backend.rglob(pattern):
            left.unlink(missing_ok=True)


def read(backend: Path, stack: str) -> dict[str, Any]:
    """The checkpoint of a stack; empty where the backend has no such stack.

    Raises:
        EngineError: it is damaged; the message names the newest copy and says how to put it back.
    """
    file = next(backend.glob(f".pulumi/stacks/*/{stack}.json"), None)
    if file is None:
        return {}
    checkpoint = _parsed(file)
    if checkpoint is None:
        raise EngineError(_damage(backend, stack, file))
    return checkpoint


def _damage(backend: Path, stack: str, file: Path) -> str:
    what = "is empty" if file.stat().st_size == 0 else "is not whole"
    said = f"The state of stack {stack} cannot be read: {file} {what}, as after a full disk."
    copies = [file.with_name(f"{file.name}.bak")]
    copies += backend.glob(f".pulumi/backups/*/{stack}/{stack}.*.json")
    copies += backend.glob(f".pulumi/history/*/{stack}/{stack}-*.checkpoint.json")
    whole = [copy for copy in copies if copy.is_file() and _parsed(copy) is not None]
    if not whole:
        remedy = f"It has no copy. Free some space, and begin with an empty state:\n  rm {_quoted(file)}"
    else:
        newest = max(whole, key=lambda copy: copy.stat().st_mtime)
        age = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
        remedy = (
            f"Its newest copy is of {age:%Y-%m-%d %H:%M:%S} UTC. Free some space, and put it back:\n"
            f"  cp {_quoted(newest)} {_quoted(file)}"
        )
    return f"{said}\n{remedy}\nThen `make recover STACK={stack}` finds what was made since."


def _parsed(file: Path) -> dict[str, Any] | None:
    """The checkpoint in a file; None where it holds none."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))["checkpoint"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _quoted(file: Path) -> str:
    return shlex.quote(str(file))
