from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.programs.console import SetupError
from sandbox.tests.unit.programs.conftest import write_script
from tools import virtual_environment
from tools.virtual_environment import ensure

CHECKOUT = Path(__file__).resolve().parents[3]
QUIETLY = "--quiet --disable-pip-version-check --no-input"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without packages to install, whose virtual environment logs what it is asked for."""
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        (tmp_path / name).write_text("# nothing\n", encoding="utf-8")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    write_script(tmp_path / ".venv" / "bin" / "python", f'echo "$*" >> {tmp_path}/log')
    return tmp_path


def _log(checkout: Path) -> list[str]:
    return (checkout / "log").read_text().splitlines()


def test_a_missing_environment_is_made_and_the_requirements_installed(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    python = ensure(checkout)
    assert python == checkout / ".venv" / "bin" / "python"
    prefix = subprocess.check_output([python, "-c", "import sys; print(sys.prefix)"], text=True)
    assert prefix == f"{checkout}/.venv\n"


def test_an_environment_that_is_current_is_not_touched(checkout: Path) -> None:
    ensure(checkout)
    before = _log(checkout)
    ensure(checkout)
    assert _log(checkout) == before


def test_the_requirements_for_development_are_installed_into_an_environment_that_is_there(
    checkout: Path,
) -> None:
    ensure(checkout)
    assert _log(checkout) == [
        "-m pip --version",
        f"-m pip install {QUIETLY} --requirement {checkout}/requirements-dev.txt",
    ]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "constraints.txt"])
def test_a_change_of_any_requirement_file_installs_again(checkout: Path, name: str) -> None:
    ensure(checkout)
    (checkout / name).write_text("# something\n", encoding="utf-8")
    ensure(checkout)
    assert len(_log(checkout)) == 4


def test_an_installation_that_fails_is_told_and_taken_up_again(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    write_script(python, '[ "$3" = --version ] && exit 0; echo "ERROR: no matching distribution"; exit 1')
    with pytest.raises(SetupError, match="no matching distribution"):
        ensure(checkout)
    write_script(python, f'echo "$*" >> {checkout}/log')
    ensure(checkout)
    assert len(_log(checkout)) == 2


def test_a_broken_environment_is_made_anew(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(virtual_environment, "run", lambda command, **_: ran.append(command))
    (checkout / ".venv" / "bin" / "python").unlink()
    (checkout / ".venv" / "bin" / "python").symlink_to("/no/such/python")
    ensure(checkout)
    assert ran[0] == [sys.executable, "-m", "venv", "--clear", str(checkout / ".venv")]
    assert ran[1][:4] == [str(checkout / ".venv" / "bin" / "python"), "-m", "pip", "install"]


def test_a_python_without_venv_is_told_with_the_package_that_adds_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(checkout / ".venv")
    monkeypatch.setattr(virtual_environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        SetupError, match=r"cannot make virtual environments\. .*apt install python3\.\d+-venv"
    ):
        ensure(checkout)


def test_every_requirement_and_all_that_it_brings_along_is_pinned_exactly() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        for line in (CHECKOUT / name).read_text().splitlines():
            requirement = line.partition("#")[0].strip()
            if requirement and not requirement.startswith("-"):
                assert requirement.count("==") == 1, line


def test_the_constraints_repeat_each_direct_requirement() -> None:
    constraints = _pins("constraints.txt")
    direct = _pins("requirements.txt") | _pins("requirements-dev.txt")
    assert {name: constraints.get(name) for name in direct} == direct


def _pins(name: str) -> dict[str, str]:
    pins = {}
    for line in (CHECKOUT / name).read_text().splitlines():
        requirement, _, version = line.partition("#")[0].strip().partition("==")
        if version:
            pins[requirement.partition("[")[0].lower().replace("_", "-")] = version
    return pins
