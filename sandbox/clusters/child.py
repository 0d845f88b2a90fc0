"""Runs one program for as long as the process that started this one lives, however that ends.

`python -m sandbox.clusters.child <pid of the parent> <file descriptor of a pipe> <program> <arguments>`:
Linux kills the program with its parent. Elsewhere this process stays beside the program and kills it when the
pipe, whose other end only the parent has, comes to its end.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.2


def main(arguments: list[str]) -> int:
    """Become the program, or watch over it and return its exit code."""
    parent, pipe, command = int(arguments[0]), int(arguments[1]), arguments[2:]
    if sys.platform != "linux":
        return _watch(pipe, command)
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # It ended before it could take this process along.
        return 1
    os.close(pipe)
    return os.execv(command[0], command)  # noqa: S606


def _watch(pipe: int, command: list[str]) -> int:
    program = subprocess.Popen(command, close_fds=False)
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    while program.poll() is None:
        # Nothing is ever written into the pipe: that it can be read is its end.
        if select.select([pipe], [], [], _POLL_SECONDS)[0]:
            program.kill()
    return program.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
