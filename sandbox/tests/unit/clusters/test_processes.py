from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.clusters.processes import Process

CHECKOUT = Path(__file__).resolve().parents[4]
PATIENCE_SECONDS = 20
STARTS_A_CHILD = """
import os, pathlib, sys, time
from sandbox.clusters.processes import Process
log, lock = pathlib.Path(sys.argv[1]), int(sys.argv[2])
Process(["/bin/sh", "-c", "echo runs; exec sleep 60"], log=log, environment={}, keep_open=lock)
while "runs" not in log.read_text():
    time.sleep(0.01)
print("started", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def descriptor(tmp_path: Path) -> int:
    return os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)


def test_a_program_logs_into_its_file_and_sees_its_own_environment_only(
    tmp_path: Path, descriptor: int
) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    process = Process(["/usr/bin/env"], log=log, environment={"WHO": "child"}, keep_open=descriptor)
    while process.exit_code is None:
        time.sleep(0.01)
    process.stop(0)
    lines = log.read_text().splitlines()
    assert lines[0] == "before"
    assert [line for line in lines[1:] if not line.startswith("LC_CTYPE=")] == ["WHO=child"]
    assert process.exit_code == 0


def test_a_program_that_does_not_heed_the_request_to_end_is_killed(tmp_path: Path, descriptor: int) -> None:
    log = tmp_path / "log"
    stubborn = ["/bin/sh", "-c", "trap '' TERM; echo runs; while :; do sleep 1; done"]
    process = Process(stubborn, log=log, environment={"PATH": os.defpath}, keep_open=descriptor)
    while "runs" not in log.read_text():
        time.sleep(0.01)
    process.stop(0.1)
    assert process.exit_code == -signal.SIGKILL


def test_a_program_may_end_in_its_own_way(tmp_path: Path, descriptor: int) -> None:
    log = tmp_path / "log"
    polite = ["/bin/sh", "-c", "trap 'echo bye; exit 7' TERM; echo runs; while :; do sleep 0.05; done"]
    process = Process(polite, log=log, environment={"PATH": os.defpath}, keep_open=descriptor)
    while "runs" not in log.read_text():
        time.sleep(0.01)
    process.stop(30)
    assert process.exit_code == 7
    assert log.read_text() == "runs\nbye\n"


def test_a_program_is_killed_with_the_process_that_started_it(tmp_path: Path, descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTS_A_CHILD, str(tmp_path / "log"), str(descriptor)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=(descriptor,),
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "started\n"
        os.close(descriptor)
        lock = os.open(tmp_path / "lock", os.O_RDWR)
        assert not _is_free(lock)
        parent.kill()
    # The lock is free only when the child, which holds it too, is gone.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _is_free(lock):
        assert time.monotonic() < deadline, "the child lives on"
        time.sleep(0.01)
    os.close(lock)


def test_where_programs_outlive_their_parents_a_watcher_kills_them_at_the_end_of_its_pipe() -> None:
    theirs, ours = os.pipe()
    called = "child._watch(int(sys.argv[1]), sys.argv[2:])"
    watch = f"import sys; from sandbox.clusters import child; sys.exit({called})"
    talks = "echo runs; exec sleep 60"
    command = [sys.executable, "-c", watch, str(theirs), "/bin/sh", "-c", talks]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, pass_fds=(theirs,)
    ) as watcher:
        os.close(theirs)
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == "runs\n"
        os.close(ours)
        # The program holds its standard output for as long as it lives.
        assert watcher.stdout.read() == ""
    assert watcher.returncode == (-signal.SIGKILL) % 256


def _is_free(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
