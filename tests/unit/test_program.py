"""The program as Pulumi runs it, once for each stack file of the project."""

import json
import runpy
from functools import cache
from pathlib import Path
from typing import Any, Final

import pulumi
import pytest
import yaml

from settings.errors import SettingsError
from tests.unit.components.recorder import record
from tests.unit.components.recording import Recording

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = ROOT / "__main__.py"
PROJECT: Final = "aks-platform"
STACKS: Final = ("dev", "prod", "staging")
ASKED: Final = Path(__file__).parent / "stacks"
"""All that each stack asks of Pulumi: what people review when a stack changes.

`python -m tests.unit.test_program` writes them anew.
"""


def config_of(stack: str) -> dict[str, str]:
    """The config as Pulumi hands it over: all text, with the project's defaults."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    defaults = {f"{PROJECT}:{key}": entry["default"] for key, entry in declared.items() if "default" in entry}
    written = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in {**defaults, **written}.items()
    }


def run(stack: str, **around: Any) -> Recording:
    """Run the program; it has to drop the versioned aliases itself."""
    around.setdefault("config", config_of(stack))
    return record(
        lambda: runpy.run_path(str(PROGRAM), run_name="__main__") and None,
        stack=stack,
        versioned_aliases=True,
        **around,
    )


@cache
def run_as_it_is(stack: str) -> Recording:
    """The stack as its file describes it; only read, so all tests share it."""
    return run(stack)


@pytest.fixture(params=STACKS)
def program(request: pytest.FixtureRequest) -> tuple[str, Recording]:
    return request.param, run_as_it_is(request.param)


def test_each_stack_asks_for_exactly_what_is_written_down(program: tuple[str, Recording]) -> None:
    stack, recording = program
    assert recording.document == (ASKED / f"{stack}.yaml").read_text()


def test_the_outputs_of_each_stack_are_those_of_its_platform_and_the_kubeconfig_is_secret(
    program: tuple[str, Recording],
) -> None:
    _, recording = program
    outputs = recording.outputs("Stack")
    assert outputs.secret == {"kubeconfig"}
    assert outputs.values == recording.outputs("Platform").values


def test_the_program_drops_azure_natives_aliases_before_the_first_resource(
    program: tuple[str, Recording],
) -> None:
    _, recording = program
    assert max(len(resource.aliases) for resource in recording) <= 2


def test_in_the_preview_of_an_update_every_input_of_a_stack_is_known() -> None:
    preview = run("prod", preview=True)
    assert {found.name: found.unknown_inputs for found in preview if found.unknown_inputs} == {}


@pytest.mark.usefixtures("from_the_root")
def test_a_wrong_setting_ends_the_program_before_it_asks_or_makes_anything() -> None:
    nothing = Recording()
    wrong = {**config_of("dev"), f"{PROJECT}:protekt": "true"}
    with pytest.raises(SettingsError, match="protekt"):
        run("dev", config=wrong, recording=nothing)
    assert nothing.resources == []
    assert nothing.invokes == []


def test_without_a_login_the_program_ends_before_it_makes_anything() -> None:
    nothing = Recording()
    with pytest.raises(pulumi.RunError, match="Nothing was created or changed"):
        run("dev", account="Please run 'az login'.", recording=nothing)
    assert nothing.resources == []


def test_the_program_fits_on_one_screen() -> None:
    assert len(PROGRAM.read_text().splitlines()) <= 40


@pytest.fixture
def from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages name lines of the stack file, which is looked for where the program runs."""
    monkeypatch.chdir(ROOT)


if __name__ == "__main__":
    for name in STACKS:
        (ASKED / f"{name}.yaml").write_text(run(name).document)
