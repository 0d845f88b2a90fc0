"""The Azure CLI is signed in once, and told at each run where Azure Resource Manager is."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.azure.azure_cli import az
from sandbox.engine.beside import Beside
from sandbox.engine.engine_error import EngineError

_AZ = """#!/bin/sh
echo "$@" >> "$AZURE_CONFIG_DIR/calls"
[ "$1" = cloud ] && touch "$AZURE_CONFIG_DIR/clouds.config"
[ "$1" = "$AZ_FAILS_AT" ] && echo "no $1 today" >&2 && exit 1
exit 0
"""


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    (tmp_path / "az").write_text(_AZ)
    (tmp_path / "az").chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "AZURE_CONFIG_DIR": str(tmp_path),
        "ARM_ENDPOINT": "https://127.0.0.1:1",
    }
    return Beside(environment=environment, directory=tmp_path, stack=None)


def test_it_signs_in_once_and_runs_what_it_is_given(beside: Beside, tmp_path: Path) -> None:
    for _ in range(2):
        assert az(beside, ["aks", "list"]).succeeded
    calls = [call.split(" --endpoint")[0] for call in (tmp_path / "calls").read_text().splitlines()]
    assert calls == [
        "cloud register --name Sandbox",
        "cloud set --name Sandbox",
        "login --identity",
        "aks list",
        "cloud update --name Sandbox",
        "aks list",
    ]
    assert "--endpoint-resource-manager=https://127.0.0.1:1" in (tmp_path / "calls").read_text()


def test_what_keeps_it_from_signing_in_is_told(beside: Beside) -> None:
    failing = Beside(
        environment={**beside.environment, "AZ_FAILS_AT": "login"}, directory=beside.directory, stack=None
    )
    with pytest.raises(EngineError, match="`az login --identity` fails: no login today"):
        az(failing, ["aks", "list"])


def test_without_the_azure_cli_that_is_said(beside: Beside, tmp_path: Path) -> None:
    (tmp_path / "az").unlink()
    with pytest.raises(EngineError, match="There is no program 'az' on PATH"):
        az(beside, ["aks", "list"])
