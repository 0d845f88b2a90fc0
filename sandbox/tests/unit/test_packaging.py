"""The sandbox as a separate distribution."""

from __future__ import annotations

import tomllib
from pathlib import Path

SANDBOX = Path(__file__).resolve().parents[2]
NOT_INSTALLED = {"README.md", "build", "pyproject.toml", "tests"}


def test_every_data_file_is_installed() -> None:
    setuptools = tomllib.loads((SANDBOX / "pyproject.toml").read_text())["tool"]["setuptools"]
    installed = {
        file
        for package, patterns in setuptools["package-data"].items()
        for pattern in patterns
        for file in SANDBOX.parent.joinpath(*package.split(".")).glob(pattern.replace("**", "**/*"))
    }
    data = {
        file
        for file in SANDBOX.rglob("*.*")
        if file.suffix not in {".py", ".pyc"} and file.relative_to(SANDBOX).parts[0] not in NOT_INSTALLED
    }
    assert data
    assert data - installed == set()
