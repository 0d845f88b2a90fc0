from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.programs import pulumi_cli
from sandbox.programs.console import SetupError, duration
from tests.unit.tools.conftest import Script
from tools import setup, virtual_environment

CHECKOUT = Path(__file__).resolve().parents[3]


def test_the_environment_is_made_before_the_cli(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, Path]] = []
    monkeypatch.setattr(virtual_environment, "ensure", lambda checkout: made.append(("venv", checkout)))
    monkeypatch.setattr(pulumi_cli, "ensure", lambda checkout: made.append(("cli", checkout)))
    assert setup.main() == 0
    assert made == [("venv", CHECKOUT), ("cli", CHECKOUT)]


@pytest.mark.parametrize(
    ("error", "exit_code", "told"),
    [
        (SetupError("There is no Go. Install it."), 1, "error: There is no Go. Install it.\n"),
        (KeyboardInterrupt(), 130, "\nInterrupted. Run it again to go on from here.\n"),
    ],
)
def test_a_set_up_that_does_not_end_says_what_to_do(
    error: BaseException,
    exit_code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(checkout: Path) -> None:
        raise error

    monkeypatch.setattr(virtual_environment, "ensure", fail)
    assert setup.main() == exit_code
    assert capsys.readouterr().err == told


def test_a_python_that_is_too_old_hands_over_to_the_newest_on_path_or_tells_what_to_install(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    newest = [script(name, "") for name in ("python3.11", "python3.12")][-1]
    monkeypatch.setenv("PATH", str(newest.parent))
    handed_over: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda path, arguments: handed_over.append(arguments))
    setup.main()
    assert handed_over[0] == [str(newest), "-m", "tools.setup"]

    monkeypatch.setenv("PATH", "")
    assert setup.main() == 1
    assert "error: this project needs Python 3.11 or later, and " in capsys.readouterr().err


def test_make_without_any_python_tells_the_remedy() -> None:
    ended = subprocess.run(
        ["make", "setup", "PYTHON=no-such-python"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: there is no Python here. Install Python 3.11 or later")


def test_make_alone_lists_every_target() -> None:
    (targets,) = re.findall(r"^\.PHONY: (.+)$", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    listing = subprocess.check_output(["make", "--no-print-directory"], cwd=CHECKOUT, text=True)
    assert [line.split()[0] for line in listing.splitlines()[1:]] == targets.split()


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (246, "4 min 6 s")]
)
def test_a_duration_is_given_in_minutes_and_seconds(seconds: float, told: str) -> None:
    assert duration(seconds) == told
