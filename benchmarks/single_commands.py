"""Commands that are measured by themselves, because nothing does the same in another way."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.comparison import ComparisonError, created_in
from benchmarks.measurement import Measurement, measure
from benchmarks.projects import CHECKOUT, STACK, scenario_project
from benchmarks.timed_azure_native import PLUGINS
from sandbox.engine.engine import Engine

LARGEST_SCENARIO: Final = "dns-resolver"
"""The scenario with the most resources; a test counts them."""

PLAN: Final = "plan of"
"""How the names of plans begin."""


@dataclass(frozen=True, kw_only=True)
class SingleCommand:
    """What a command cost in each round."""

    command: str
    measurements: Sequence[Measurement]


def measure_single_commands(directory: Path, *, rounds: int, warm_up: bool) -> list[SingleCommand]:
    """Plan prod and the largest scenario, and preview that scenario.

    Args:
        directory: where projects and sandboxes are made.
        rounds: how often each command is measured.
        warm_up: whether a round that does not count goes before.

    Raises:
        ComparisonError: a command failed.
    """
    project = scenario_project(directory, LARGEST_SCENARIO)
    engine = Engine(directory / "sandbox-scenario", project, plugins=PLUGINS)
    scenario = CHECKOUT / "scenarios" / f"{LARGEST_SCENARIO}.yaml"
    commands: Mapping[str, Callable[[], object]] = {
        f"{PLAN} {STACK}": lambda: _plan(directory, CHECKOUT / f"Pulumi.{STACK}.yaml"),
        f"{PLAN} {LARGEST_SCENARIO}": lambda: _plan(directory, scenario),
        f"preview of {LARGEST_SCENARIO}": lambda: created_in(
            engine.preview(STACK, capture=True), LARGEST_SCENARIO
        ),
    }
    found = []
    for name, command in commands.items():
        if warm_up:
            command()
        found.append(SingleCommand(command=name, measurements=[measure(command)[1] for _ in range(rounds)]))
    return found


def _plan(directory: Path, file: Path) -> None:
    line = [CHECKOUT / ".venv/bin/python", "-m", "plan", "--stack", STACK, "--file", file]
    picture = ["--picture", directory / "plan.svg"]
    ended = subprocess.run([*line, *picture], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise ComparisonError(f"The plan of {file.name} failed:\n{ended.stderr}")
