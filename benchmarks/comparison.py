"""Runs the programs of a case side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.measurement import Measurement, measure
from benchmarks.projects import FLAT, FLAT_WITHOUT_ALIASES, OURS, STACK, projects
from benchmarks.timed_azure_native import PLUGINS, take_milliseconds_per_resource
from sandbox.engine.cli import Run
from sandbox.engine.engine import Engine

_TO_CREATE: Final = re.compile(r"^\s*\+ (\d+) to create", re.MULTILINE)


class ComparisonError(Exception):
    """A program did not do what it was measured for; the message holds what the engine said."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the rounds of one case gave.

    Attributes:
        resources: resources that a flat program declares; ours adds components.
        measurements: a preview for each round, by program.
        sandbox_milliseconds: processor time of the simulated Azure in each of our previews, for each of the
            resources that it was asked for.
    """

    resources: int
    measurements: Mapping[str, Sequence[Measurement]]
    sandbox_milliseconds: Sequence[float]

    def ratio(self, program: str, to: str, of: Callable[[Measurement], float]) -> float:
        """The median of the ratios, round by round, of *program* *to* another."""
        pairs = zip(self.measurements[program], self.measurements[to], strict=True)
        return median(of(measured) / of(other) for measured, other in pairs)


def compare(directory: Path, *, pools: int, rounds: int, warm_up: bool) -> Comparison:
    """Preview prod by each program in turn, *rounds* times.

    Args:
        directory: where projects and sandboxes are made.
        pools: node pools beside those that prod has.
        rounds: how often each program is measured.
        warm_up: whether a round that does not count goes before.

    Raises:
        ComparisonError: a program failed, or the flat ones declare different numbers of resources.
    """
    engines = {
        program: Engine(directory / f"sandbox-{project.name}", project, plugins=PLUGINS)
        for program, project in projects(directory, pools=pools).items()
    }
    measurements: dict[str, list[Measurement]] = {program: [] for program in engines}
    created: dict[str, int] = {}
    shares: list[float] = []
    for number in range(-1 if warm_up else 0, rounds):
        for program, engine in engines.items():
            run, measured = measure(lambda engine=engine: engine.preview(STACK, capture=True))
            created[program] = created_in(run, program)
            share = take_milliseconds_per_resource(engine.root)
            if number >= 0:
                measurements[program].append(measured)
                shares += [share] if program == OURS else []
    if not created[FLAT] == created[FLAT_WITHOUT_ALIASES] < created[OURS]:
        raise ComparisonError(f"The programs do not declare the same resources: {created}.")
    return Comparison(
        # The stack itself is no resource of the program's.
        resources=created[FLAT] - 1,
        measurements=measurements,
        sandbox_milliseconds=shares,
    )


def created_in(run: Run, program: str) -> int:
    """How many resources a preview would create.

    Raises:
        ComparisonError: the preview failed.
    """
    found = _TO_CREATE.search(run.output)
    if not run.succeeded or " errored" in run.output or found is None:
        raise ComparisonError(f"The preview of {STACK} ({program}) failed:\n{run.output}")
    return int(found[1])
