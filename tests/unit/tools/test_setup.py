from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.programs import pulumi_cli
from sandbox.programs.console import SetupError, duration
from sandbox.tests.unit.programs.conftest import write_script
from tools import setup, virtual_environment

CHECKOUT = Path(__file__).resolve().parents[3]


def test_the_environment_is_made_before_the_cli(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, Path]] = []
    monkeypatch.setattr(virtual_environment, "ensure", lambda checkout: made.append(("venv", checkout)))
    monkeypatch.setattr(pulumi_cli, "ensure", lambda checkout: made.append(("cli", checkout)))
    assert setup.main() == 0
    assert made == [("venv", CHECKOUT), ("cli", CHECKOUT)]


def test_what_the_set_up_cannot_do_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(checkout: Path) -> None:
        raise SetupError("There is no Go. Install it.")

    monkeypatch.setattr(virtual_environment, "ensure", fail)
    assert setup.main() == 1
    assert capsys.readouterr().err == "error: There is no Go. Install it.\n"


def test_an_interruption_says_that_the_next_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(checkout: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(virtual_environment, "ensure", interrupt)
    assert setup.main() == 130
    assert capsys.readouterr().err == "\nInterrupted. Run it again to go on from here.\n"


def test_a_python_that_is_too_old_hands_over_to_the_newest_on_path(
    bin_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("python3.11", "python3.12"):
        write_script(bin_directory / name, "")
    handed_over: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda path, arguments: handed_over.append(arguments))
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    monkeypatch.setenv("PATH", str(bin_directory))
    setup.main()
    assert handed_over[0] == [f"{bin_directory}/python3.12", "-m", "tools.setup"]


def test_a_python_that_is_too_old_and_alone_is_told_what_to_install(
    bin_directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    monkeypatch.setenv("PATH", str(bin_directory))
    assert setup.main() == 1
    assert capsys.readouterr().err.startswith("error: this project needs Python 3.11 or later, and ")


def test_make_without_any_python_tells_the_remedy() -> None:
    ended = subprocess.run(
        ["make", "setup", "PYTHON=no-such-python"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: there is no Python here. Install Python 3.11 or later")


def test_make_alone_lists_every_target() -> None:
    listing = subprocess.check_output(["make", "--no-print-directory"], cwd=CHECKOUT, text=True)
    listed = listing.splitlines()[1:]
    assert [line.split()[0] for line in listed] == [
        "help", "setup", "preview", "up", "refresh", "destroy", "outputs", "kubectl", "charts", "test",
        "scenarios", "coverage", "check", "format", "docs", "bench", "states", "clean",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (246, "4 min 6 s")]
)
def test_a_duration_is_told_in_minutes_and_seconds(seconds: float, told: str) -> None:
    assert duration(seconds) == told
