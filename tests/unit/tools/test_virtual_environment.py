from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.programs.console import SetupError
from tests.unit.tools.conftest import Script
from tools import virtual_environment
from tools.virtual_environment import ensure

CHECKOUT = Path(__file__).resolve().parents[3]
FILES = ("requirements.txt", "requirements-dev.txt", "constraints.txt")
QUIETLY = "--quiet --disable-pip-version-check --no-input"


@pytest.fixture
def checkout(tmp_path: Path, script: Script) -> Path:
    """A checkout without packages to install, whose virtual environment logs what it is asked for."""
    for name in FILES:
        (tmp_path / name).write_text("# nothing\n", encoding="utf-8")
    script("python", f'echo "$*" >> {tmp_path}/log')
    (tmp_path / ".venv").mkdir()
    (tmp_path / "bin").rename(tmp_path / ".venv" / "bin")
    return tmp_path


def _log(checkout: Path) -> list[str]:
    return (checkout / "log").read_text().splitlines()


def test_a_missing_environment_is_made_and_the_requirements_installed(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    python = ensure(checkout)
    assert python == checkout / ".venv" / "bin" / "python"
    prefix = subprocess.check_output([python, "-c", "import sys; print(sys.prefix)"], text=True)
    assert prefix == f"{checkout}/.venv\n"


def test_the_requirements_for_development_are_installed_once_into_an_environment_that_is_there(
    checkout: Path,
) -> None:
    ensure(checkout)
    ensure(checkout)
    assert _log(checkout) == [
        "-m pip --version",
        f"-m pip install {QUIETLY} --requirement {checkout}/requirements-dev.txt",
    ]


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_any_requirement_file_installs_again(checkout: Path, name: str) -> None:
    ensure(checkout)
    (checkout / name).write_text("# something\n", encoding="utf-8")
    ensure(checkout)
    assert len(_log(checkout)) == 4


def test_a_failed_installation_is_reported_and_resumed(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    logging = python.read_text()
    python.write_text(
        '#!/bin/sh\n[ "$3" = --version ] && exit 0; echo "ERROR: no matching distribution"; exit 1\n'
    )
    with pytest.raises(SetupError, match="no matching distribution"):
        ensure(checkout)
    python.write_text(logging)
    ensure(checkout)
    assert len(_log(checkout)) == 2


def test_a_broken_environment_is_recreated(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(virtual_environment, "run", lambda command, **_: ran.append(command))
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/no/such/python")
    ensure(checkout)
    assert ran[0] == [sys.executable, "-m", "venv", "--clear", str(checkout / ".venv")]
    assert ran[1][:4] == [str(python), "-m", "pip", "install"]


def test_a_python_without_venv_is_reported_with_the_package_that_adds_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(checkout / ".venv")
    monkeypatch.setattr(virtual_environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        SetupError, match=r"cannot make virtual environments\. .*apt install python3\.\d+-venv"
    ):
        ensure(checkout)


def _pins(name: str) -> dict[str, str]:
    """The version that a requirement file pins each package to; empty where it pins none."""
    lines = [line.partition("#")[0].strip() for line in (CHECKOUT / name).read_text().splitlines()]
    pins = [line.partition("==") for line in lines if line and not line.startswith("-")]
    return {name.partition("[")[0].lower().replace("_", "-"): version for name, _, version in pins}


def test_every_requirement_and_all_that_it_brings_along_is_pinned_exactly() -> None:
    constraints = _pins("constraints.txt")
    direct = _pins("requirements.txt") | _pins("requirements-dev.txt")
    assert [name for name, version in (constraints | direct).items() if not version] == []
    assert {name: constraints.get(name) for name in direct} == direct
