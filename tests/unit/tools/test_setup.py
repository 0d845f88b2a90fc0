from __future__ import annotations

import ast
import os
import re
import shutil
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
        (
            PermissionError(13, "Permission denied", ".venv"),
            1,
            "error: [Errno 13] Permission denied: '.venv'\n",
        ),
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
    tried: list[list[str]] = []

    def find_none(name: str, arguments: list[str]) -> None:
        tried.append(arguments)
        raise FileNotFoundError

    monkeypatch.setattr(os, "execvp", find_none)
    assert setup.main() == 1
    assert tried == [[f"python3.{minor}", "-m", "tools.setup"] for minor in (14, 13, 12, 11)]
    assert "error: this project needs Python 3.11 or later, and " in capsys.readouterr().err


# No test computer has them all, so the oldest grammar that the file may use is looked up in its tree.
_TOO_NEW = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.AsyncFunctionDef, ast.Starred)


def test_pythons_as_old_as_2_7_can_read_the_set_up() -> None:
    source = Path(setup.__file__).read_text(encoding="ascii")
    tree = ast.walk(ast.parse(source))
    for node in tree:
        assert not isinstance(node, _TOO_NEW), ast.dump(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not any(argument.annotation for argument in node.args.args)
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            assert [name.name for name in node.names] == ["print_function"]
    for name in ("python2.7", "python3.6"):
        old = shutil.which(name)
        if old and subprocess.run([old, "-V"], capture_output=True, check=False).returncode == 0:
            command = [old, "-B", "-m", "tools.setup"]
            ended = subprocess.run(
                command, cwd=CHECKOUT, env={"PATH": ""}, capture_output=True, text=True, check=False
            )
            assert ended.returncode == 1
            assert ended.stderr.startswith("error: this project needs Python 3.11 or later, and ")


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
