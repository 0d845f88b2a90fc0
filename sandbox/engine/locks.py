"""The locks that the engine takes on a stack."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path


def release_stale(backend: Path, stack: str) -> None:
    """Remove the lock on *stack* in a file backend where the engine that took it was killed on this computer.

    One of an engine that runs, or that ran on another computer, stays.
    """
    for lock in (backend / ".pulumi" / "locks").glob(f"**/{stack}/*.json"):
        try:
            holder = json.loads(lock.read_text(encoding="utf-8"))
            alive = holder["hostname"] != socket.gethostname() or _is_running(int(holder["pid"]))
        except (OSError, ValueError, KeyError):
            alive = False
        if not alive:
            print(f"The last command on {stack} was killed; taking its lock back.", file=sys.stderr)
            lock.unlink(missing_ok=True)
            lock.with_name(lock.name + ".attrs").unlink(missing_ok=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
