"""The locks that the engine takes on a stack."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import psutil


def release_stale(backend: Path, stack: str) -> list[str]:
    """Remove the locks on *stack* in a file backend whose engines were killed on this computer.

    Returns who holds those that stay: engines that run, or that ran on another computer.
    """
    held = []
    for lock in (backend / ".pulumi" / "locks").glob(f"**/{stack}/*.json"):
        try:
            holder = json.loads(lock.read_text(encoding="utf-8"))
            pid, host = int(holder["pid"]), str(holder["hostname"])
        except (OSError, ValueError, KeyError, TypeError):
            pid, host = 0, ""
        if host not in ("", socket.gethostname()):
            held.append(f"process {pid} on {host}")
        elif pid and _runs_since(pid, lock.stat().st_mtime):
            held.append(f"process {pid}, which still runs")
        else:
            print(f"The last command on {stack} was killed; taking its lock back.", file=sys.stderr)
            lock.unlink(missing_ok=True)
    return held


def _runs_since(pid: int, time: float) -> bool:
    """Whether a process runs that began before *time*: a later one only has its number."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= time + 1
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
