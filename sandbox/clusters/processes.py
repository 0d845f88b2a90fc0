"""Processes that end with the one that started them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_CHECKOUT: Final = Path(__file__).resolve().parents[2]
_RUN_AS_CHILD: Final = "sandbox/clusters/child.py"


class Process:
    """A program that runs, logs into a file, and is killed with this process."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        keep_open: int,
    ) -> None:
        """Start it.

        Args:
            command: the program's file and its arguments.
            log: what its output is appended to.
            environment: all of its environment variables.
            keep_open: a file descriptor that it holds for as long as it runs.
        """
        theirs, ours = os.pipe()
        self._pipe: int | None = ours
        try:
            with log.open("ab") as output:
                self._child = subprocess.Popen(
                    [sys.executable, "-IS", _RUN_AS_CHILD, str(os.getpid()), str(theirs), *command],
                    cwd=_CHECKOUT,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    pass_fds=(theirs, keep_open),
                )
        finally:
            os.close(theirs)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._child.poll()

    def stop(self, seconds: float) -> None:
        """End it: ask it to, and kill it when that takes longer than *seconds*."""
        if seconds:
            self._child.terminate()
        deadline = time.monotonic() + seconds
        while self._child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
        if sys.platform == "linux":
            self._child.kill()
        # Elsewhere the child is a watcher: the end of the pipe has it kill the program, and end.
        self._child.wait()
