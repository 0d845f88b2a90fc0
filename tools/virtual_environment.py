"""The virtual environment, `.venv`, with the pinned packages."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import subprocess
import sys
from pathlib import Path

from sandbox.programs.console import SetupError, alone, run, step

REQUIREMENTS = "requirements-dev.txt"
_FILES = ("requirements.txt", REQUIREMENTS, "constraints.txt")
_STAMP = "aks-platform-requirements"


def ensure(checkout: Path) -> Path:
    """Make the virtual environment of *checkout* hold what its requirement files say.

    Returns its Python.

    The stamp of the files is written last, so that an interrupted installation is taken up again.

    Raises:
        SetupError: this Python cannot make virtual environments, or the packages cannot be installed.
    """
    directory = checkout / ".venv"
    python = directory / "bin" / "python"
    stamp = directory / _STAMP
    wanted = _digest(checkout)
    if _read(stamp) == wanted and python.exists():
        return python
    with alone(checkout / ".sandbox" / "setup.lock"):
        if _read(stamp) == wanted and python.exists():
            return python
        if not _runs(python):
            _make(directory)
        with step("Installing the Python packages into .venv (once, 1 to 2 minutes)"):
            run(
                [
                    str(python), "-m", "pip", "install",
                    "--quiet", "--disable-pip-version-check", "--no-input",
                    "--requirement", str(checkout / REQUIREMENTS),
                ],
                directory=checkout,
            )  # fmt: skip
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _digest(checkout: Path) -> str:
    """A hash of the requirement files of *checkout*."""
    digest = hashlib.sha256()
    for name in _FILES:
        digest.update((checkout / name).read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _runs(python: Path) -> bool:
    """Whether the virtual environment's Python is there, works, and has pip."""
    try:
        ended = subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return ended.returncode == 0


def _make(directory: Path) -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        version = ".".join(platform.python_version_tuple()[:2])
        raise SetupError(
            f"{sys.executable} cannot make virtual environments. Install the package that adds it "
            f"(on Debian and Ubuntu: `sudo apt install python{version}-venv`)."
        )
    with step("Making the virtual environment .venv"):
        run([sys.executable, "-m", "venv", "--clear", str(directory)])
