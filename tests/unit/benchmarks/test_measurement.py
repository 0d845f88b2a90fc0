import subprocess
import sys

import pytest

from benchmarks.measurement import measure

MEBIBYTE = 1024**2
GRANDCHILD = """
import time
held = b"x" * (300 * 1024 * 1024)
while time.process_time() < 0.5: pass
time.sleep(0.3)
"""
CHILD = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {GRANDCHILD!r}]))"


def python(program: str) -> int:
    return subprocess.run([sys.executable, "-c", program], check=False).returncode


def test_memory_and_processor_time_of_a_grandchild_count() -> None:
    code, measured = measure(lambda: python(CHILD))
    assert code == 0
    assert measured.peak_memory_bytes > 300 * MEBIBYTE
    assert measured.cpu_seconds >= 0.5
    assert measured.wall_seconds >= 0.8


def test_processes_that_were_there_before_do_not_count() -> None:
    with subprocess.Popen([sys.executable, "-c", GRANDCHILD]) as earlier:
        _, measured = measure(earlier.wait)
    assert (measured.peak_memory_bytes, measured.cpu_seconds) == (0, 0)


def test_sampling_ends_where_the_command_fails() -> None:
    def failing() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        measure(failing)
