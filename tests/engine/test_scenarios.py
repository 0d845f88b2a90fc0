"""The stack files in `scenarios/`, which users copy: each is built, found unchanged and destroyed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.engine.platform_project import CHECKOUT, PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.scenario]

SCENARIOS = sorted((CHECKOUT / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_a_scenario_is_built_found_unchanged_and_destroyed(file: Path, tmp_path: Path) -> None:
    project = PlatformProject(tmp_path)
    shutil.copy(file, project.directory / f"Pulumi.{file.stem}.yaml")

    def unprotected(settings: dict[str, Any]) -> None:
        settings["protect"] = False

    project.edit(file.stem, unprotected)
    built = project.up(file.stem)
    assert built.succeeded, built.output
    project.finds_nothing_to_do(file.stem)
    project.destroys_everything(file.stem)
