"""Whose lock on a stack is taken back, and whose is left."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from sandbox.engine import locks

HERE = socket.gethostname()
Take = Callable[..., Path]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Take a lock on the stack `dev`, by default as this process on this computer."""

    def take(pid: int | None = None, host: str = HERE, text: str = "") -> Path:
        lock = tmp_path / ".pulumi" / "locks" / "organization" / "web" / "dev" / "lock.json"
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.write_text(text or json.dumps({"pid": pid or os.getpid(), "hostname": host}))
        return lock

    return take


def test_the_lock_of_a_process_that_runs_stays(tmp_path: Path, take: Take) -> None:
    lock = take()
    assert locks.release_stale(tmp_path, "dev") == [f"process {os.getpid()}, which still runs"]
    assert locks.release_stale(tmp_path, "prod") == []
    assert lock.exists()


def test_the_lock_of_another_computer_stays(tmp_path: Path, take: Take) -> None:
    lock = take(1, "elsewhere")
    assert locks.release_stale(tmp_path, "dev") == ["process 1 on elsewhere"]
    assert lock.exists()


def test_the_lock_of_a_zombie_is_taken_back(
    tmp_path: Path, take: Take, capsys: pytest.CaptureFixture[str]
) -> None:
    zombie = subprocess.Popen(["true"])
    while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    lock = take(zombie.pid)
    assert locks.release_stale(tmp_path, "dev") == []
    assert not lock.exists()
    assert capsys.readouterr().err == "The last command on dev was killed; taking its lock back.\n"
    zombie.wait()


def test_the_lock_of_a_process_whose_number_another_has_now_is_taken_back(tmp_path: Path, take: Take) -> None:
    lock = take()
    os.utime(lock, (1_764_000_000, 1_764_000_000))
    assert locks.release_stale(tmp_path, "dev") == []
    assert not lock.exists()


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"pid": "x", "hostname": "y"}'])
def test_a_lock_that_says_nothing_is_taken_back(tmp_path: Path, take: Take, text: str) -> None:
    lock = take(text=text)
    assert locks.release_stale(tmp_path, "dev") == []
    assert not lock.exists()
