"""How the set-up speaks: what it does, how long that takes, and one sentence when it cannot."""

from __future__ import annotations

import contextlib
import fcntl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_TERMINAL_SECONDS = 1.0
_LOG_SECONDS = 30.0


class SetupError(Exception):
    """The set-up cannot go on; the message says why and what to do."""


def say(text: str) -> None:
    """Tell the user what happens, on standard error: standard output belongs to the command that follows."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Say *text*, and for as long as the block runs how long it has taken; at its end, how long it took."""
    start = time.monotonic()
    done = threading.Event()
    terminal = sys.stderr.isatty()
    say(text)

    def tick() -> None:
        while not done.wait(_TERMINAL_SECONDS if terminal else _LOG_SECONDS):
            elapsed = f"  {duration(time.monotonic() - start)}"
            print(f"\r{elapsed} " if terminal else f"{elapsed}\n", end="", file=sys.stderr, flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
        if terminal:
            print("\r", end="", file=sys.stderr)
    say(f"  done in {duration(time.monotonic() - start)}")


def duration(seconds: float) -> str:
    """*seconds* in minutes and seconds, such as `4 min 6 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


@contextlib.contextmanager
def alone(lock: Path, busy: str = "Another set-up is running") -> Iterator[None]:
    """Hold *lock*, so that what runs at once works one after the other; says *busy* where it has to wait.

    The operating system gives it back however the process ends.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{busy}; waiting for it to end.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(
    command: Sequence[str], *, directory: Path | None = None, environment: Mapping[str, str] | None = None
) -> None:
    """Run *command* quietly.

    Raises:
        SetupError: it failed; the message ends with what it wrote last.
    """
    ended = subprocess.run(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode:
        said = "\n".join(f"  {line}" for line in ended.stdout.strip().splitlines()[-15:])
        raise SetupError(
            f"`{' '.join(map(str, command[:4]))} ...` failed with exit code {ended.returncode}:\n{said}"
        )
