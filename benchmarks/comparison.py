"""Runs the programs of a case side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.measurement import Measurement, measure
from benchmarks.projects import OURS, PROGRAMS, Case
from benchmarks.timed_plugin import TIMED_PLUGINS, Request, busy_seconds, cpu_seconds, take_requests
from sandbox.clusters.control_plane import remove_all
from sandbox.engine.cli import Run
from sandbox.engine.engine import Engine

_TO_CREATE: Final = re.compile(r"^\s*\+ (\d+) to create", re.MULTILINE)
_STACK: Final = 1


class ComparisonError(Exception):
    """A program did not do what it was measured for; the message holds what the engine said."""


@dataclass(frozen=True, kw_only=True)
class SandboxShare:
    """What the stand-ins did for one command.

    Attributes:
        command: `preview` or `up`.
        resources: how many resources they were asked to create.
        cpu_seconds: processor time inside their request handlers.
        busy_seconds: how long at least one handler ran; on a busy computer it holds waiting for a processor.
    """

    command: str
    resources: int
    cpu_seconds: float
    busy_seconds: float

    @property
    def cpu_milliseconds_per_resource(self) -> float:
        """Processor time of the handlers for each resource, in milliseconds."""
        return self.cpu_seconds * 1000 / self.resources

    @property
    def busy_milliseconds_per_resource(self) -> float:
        """Busy time of the handlers for each resource, in milliseconds."""
        return self.busy_seconds * 1000 / self.resources


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the rounds of one case gave.

    Attributes:
        name: the case's name.
        resources: leaf resources that each program declares.
        measurements: a preview for each round, by program.
        shares: the stand-ins' part in each preview and each `up` of our program.
    """

    name: str
    resources: int
    measurements: Mapping[str, Sequence[Measurement]]
    shares: Sequence[SandboxShare]

    def ratio(self, program: str, to: str, of: Callable[[Measurement], float]) -> float:
        """The median of the ratios, round by round, of *program* *to* another."""
        pairs = zip(self.measurements[program], self.measurements[to], strict=True)
        return median(of(measured) / of(other) for measured, other in pairs)

    def share(self, command: str, of: Callable[[SandboxShare], float]) -> float:
        """The median of the stand-ins' part in *command*."""
        return median(of(share) for share in self.shares if share.command == command)


def compare(case: Case, directory: Path, *, rounds: int, warm_up: bool) -> Comparison:
    """Preview each program of *case* in turn, *rounds* times, then build ours as often, each time anew.

    Args:
        case: the programs.
        directory: where the sandboxes are made.
        rounds: how often each program is measured.
        warm_up: whether a round that does not count goes before.

    Raises:
        ComparisonError: a program failed or declares another number of resources.
    """
    engines = {program: _engine(directory / f"sandbox-{program}", case, program) for program in PROGRAMS}
    measurements: dict[str, list[Measurement]] = {program: [] for program in PROGRAMS}
    shares: list[SandboxShare] = []
    for number in range(-1 if warm_up else 0, rounds):
        for program, engine in engines.items():
            run, measured = measure(lambda engine=engine: engine.preview(case.stack, capture=True))
            _check(run, case, program)
            share = _share("preview", take_requests(engine.root))
            if number < 0:
                continue
            measurements[program].append(measured)
            if program == OURS:
                shares.append(share)
    for number in range(rounds):
        engine = _engine(directory / f"sandbox-up-{number}", case, OURS)
        run = engine.up(case.stack, "--skip-preview", capture=True)
        remove_all(engine.root)
        if not run.succeeded:
            raise ComparisonError(f"`up` of {case.name} failed:\n{run.output}")
        shares.append(_share("up", take_requests(engine.root)))
    return Comparison(
        name=case.name, resources=case.resources, measurements=measurements, shares=tuple(shares)
    )


def _engine(root: Path, case: Case, program: str) -> Engine:
    return Engine(root, case.directories[program], plugins=TIMED_PLUGINS)


def _share(command: str, requests: Sequence[Request]) -> SandboxShare:
    return SandboxShare(
        command=command,
        resources=sum(request.method == "Create" for request in requests),
        cpu_seconds=cpu_seconds(requests),
        busy_seconds=busy_seconds(requests),
    )


def _check(run: Run, case: Case, program: str) -> None:
    found = _TO_CREATE.search(run.output)
    created = int(found[1]) - _STACK if found else 0
    expected = created >= case.resources if program == OURS else created == case.resources
    if not run.succeeded or " errored" in run.output or not expected:
        raise ComparisonError(f"The preview of {case.name} ({program}) failed:\n{run.output}")
