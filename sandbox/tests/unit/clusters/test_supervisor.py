from __future__ import annotations

import signal
import subprocess
import sys

from sandbox.clusters import supervisor


def test_the_guard_kills_a_process_group_once_the_process_that_it_watches_has_ended() -> None:
    watched = ["/bin/sh", "-c", "sleep 60 & exec sleep 60"]
    with subprocess.Popen(watched, process_group=0, stdout=subprocess.PIPE) as group:
        guard = subprocess.Popen(
            [sys.executable, "-c", supervisor._GUARD, str(group.pid)], stdin=subprocess.PIPE
        )
        assert group.poll() is None
        # The end of a process closes what it holds.
        guard.communicate()
        assert guard.returncode == 0
        # Both have its output: this ends when both have ended.
        assert group.communicate()[0] == b""
    assert group.returncode == -signal.SIGKILL
