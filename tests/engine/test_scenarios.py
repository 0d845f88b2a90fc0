"""The stack files in `scenarios/`, which users copy: each is built, refreshed, changed and destroyed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.platform_project import CHECKOUT, PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.scenario]

SCENARIOS = sorted((CHECKOUT / "scenarios").glob("*.yaml"))
LIVES = yaml.safe_load(Path(__file__).with_name("scenarios.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_a_scenario_is_built_found_unchanged_changed_and_destroyed(file: Path, tmp_path: Path) -> None:
    life = LIVES.get(file.stem, {})
    project = PlatformProject(tmp_path)
    project.given(life.get("given", {}))
    shutil.copy(file, project.directory / f"Pulumi.{file.stem}.yaml")

    def unprotected(settings: dict[str, Any]) -> None:
        settings["protect"] = False

    project.edit(file.stem, unprotected)
    built = project.up(file.stem)
    assert built.succeeded, built.output
    project.finds_nothing_to_do(file.stem)
    if "change" in life:
        project.edit(file.stem, lambda settings: settings.update(life["change"]))
        noise = project.noise(file.stem)
        shown = {
            name: " ".join(word for word in what.split() if word != noise.get(name))
            for name, what in project.differences(file.stem).items()
        }
        assert {name: what for name, what in shown.items() if what} == life["shows"]
        changed = project.up(file.stem)
        assert changed.succeeded, changed.output
        project.previews_no_change(file.stem)
    project.destroys_everything(file.stem)


def test_every_life_is_that_of_a_scenario() -> None:
    assert {*LIVES} <= {file.stem for file in SCENARIOS}
