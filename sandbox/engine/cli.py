"""The Pulumi CLI as a process: run for its answer, or for the user with signals passed on."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Run:
    """How one command of the engine ended.

    Attributes:
        exit_code: the Pulumi CLI's exit code; 0 is success.
        output: what it wrote to standard output and standard error; empty unless it was captured.
    """

    exit_code: int
    output: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the command ended without an error."""
        return self.exit_code == 0


@dataclass(frozen=True, kw_only=True)
class Cli:
    """The Pulumi CLI.

    Attributes:
        program: its file.
        directory: where it runs: a directory with a `Pulumi.yaml`.
        environment: all of its environment variables.
    """

    program: Path
    directory: Path
    environment: Mapping[str, str]

    def ask(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run it for its answer: a short command that shows nothing.

        Args:
            arguments: what follows `pulumi` on a command line.
        """
        return subprocess.run(
            [str(self.program), *arguments],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, arguments: Sequence[str], *, stack: str | None = None, capture: bool = False) -> Run:
        """Run it for the user, or for its output; Ctrl-C reaches it exactly once.

        Args:
            arguments: what follows `pulumi` on a command line.
            stack: the stack meant where *arguments* name none.
            capture: whether to return the output instead of showing it.
        """
        foreground = not capture and _is_in_foreground()
        with _hangups_ignored():
            process = subprocess.Popen(
                [str(self.program), *arguments],
                cwd=self.directory,
                env={**self.environment, **({} if stack is None else {"PULUMI_STACK": stack})},
                stdin=None if foreground else subprocess.DEVNULL,
                stdout=subprocess.PIPE if capture else None,
                stderr=subprocess.STDOUT if capture else None,
                text=True,
                # A terminal sends Ctrl-C to every process in its foreground group, so that the engine gets it
                # without our help. Anywhere else we pass it on, and its own group keeps the engine from
                # getting it a second time.
                process_group=None if foreground else 0,
            )
        with signals_passed_to(process, interrupt=not foreground):
            output, _ = process.communicate()
        return Run(exit_code=process.returncode, output=output or "")


@contextlib.contextmanager
def signals_passed_to(process: subprocess.Popen[str], *, interrupt: bool) -> Iterator[None]:
    """Pass SIGTERM, and SIGINT too if *interrupt*, on to *process*, which is waited for in any case.

    A terminal that is closed sends SIGHUP, which the engine does not know: it gets SIGTERM, to end in order.
    """

    def forward(number: int, _frame: object) -> None:
        if number != signal.SIGINT or interrupt:
            process.send_signal(signal.SIGTERM if number == signal.SIGHUP else number)

    with _handled(forward, signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        yield


@contextlib.contextmanager
def signals_raised() -> Iterator[None]:
    """Let SIGHUP and SIGTERM interrupt this process as Ctrl-C does, so that no child of it is left alone."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    with _handled(interrupt, signal.SIGHUP, signal.SIGTERM):
        yield


def _hangups_ignored() -> contextlib.AbstractContextManager[None]:
    """Ignore SIGHUP, which a process that is started meanwhile does too: it would end without order."""
    return _handled(signal.SIG_IGN, signal.SIGHUP)


@contextlib.contextmanager
def _handled(
    handler: Callable[[int, Any], None] | signal.Handlers, *signals: signal.Signals
) -> Iterator[None]:
    """Have *handler* handle those of *signals* that are not ignored, while the block runs.

    Only the main thread may handle signals. Another one gets none, so there it does nothing.
    """
    try:
        before = {
            number: signal.signal(number, handler)
            for number in signals
            if signal.getsignal(number) is not signal.SIG_IGN
        }
    except ValueError:
        before = {}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _is_in_foreground() -> bool:
    """Whether a terminal would send Ctrl-C to this process."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
