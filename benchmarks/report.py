"""Shows what was measured, and which aims it reaches."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any, Final

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.comparison import Comparison, SandboxShare
from benchmarks.measurement import Measurement
from benchmarks.projects import FLAT, FLAT_WITHOUT_ALIASES, OURS
from sandbox.programs.pulumi_cli import VERSION

OURS_TO_FLAT_WITHOUT_ALIASES: Final = 1.15
FLAT_TO_OURS: Final = 3.0
FLAT_TO_OURS_RESOURCES: Final = 200
SANDBOX_MILLISECONDS: Final = 5.0
UNIT_SUITE_SECONDS: Final = 30.0

_DISTRIBUTIONS: Final = ("pulumi", "pulumi-azure-native", "pulumi-kubernetes", "grpcio", "protobuf")
_MEBIBYTE: Final = 1024**2

_TIMES: Final[Mapping[str, Callable[[Measurement], float]]] = {
    "wall": lambda measured: measured.wall_seconds,
    "CPU": lambda measured: measured.cpu_seconds,
}
_COSTS: Final[Mapping[str, Callable[[Measurement], float]]] = {
    "wall, s": _TIMES["wall"],
    "CPU, s": _TIMES["CPU"],
    "peak memory, MiB": lambda measured: measured.peak_memory_bytes / _MEBIBYTE,
}


@dataclass(frozen=True, kw_only=True)
class Aim:
    """One aim and what was reached of it.

    Attributes:
        text: what is asked for, and of which case.
        reached: the figure.
        passed: whether it is good enough.
    """

    text: str
    reached: float
    passed: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole run.

    Attributes:
        started: when it began.
        machine: what it ran on.
        versions: of what it ran.
        rounds: how often each program was measured.
        comparisons: one for each case.
        unit_suite_seconds: wall time of the mocked unit tests of the components; None where they did not run.
    """

    started: datetime
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    rounds: int
    comparisons: Sequence[Comparison]
    unit_suite_seconds: float | None

    def aims(self) -> Iterator[Aim]:
        """The aims that these cases can tell of."""
        for case in self.comparisons:
            for name, cost in _TIMES.items():
                slower = case.ratio(OURS, FLAT_WITHOUT_ALIASES, cost)
                yield Aim(
                    text=f"{case.name}: {OURS} / {FLAT_WITHOUT_ALIASES}, {name}, "
                    f"at most {OURS_TO_FLAT_WITHOUT_ALIASES}",
                    reached=slower,
                    passed=slower <= OURS_TO_FLAT_WITHOUT_ALIASES,
                )
                if case.resources >= FLAT_TO_OURS_RESOURCES:
                    faster = case.ratio(FLAT, OURS, cost)
                    yield Aim(
                        text=f"{case.name}: {FLAT} / {OURS}, {name}, at least {FLAT_TO_OURS}",
                        reached=faster,
                        passed=faster >= FLAT_TO_OURS,
                    )
            for command in ("preview", "up"):
                share = case.share(command, lambda share: share.cpu_milliseconds_per_resource)
                yield Aim(
                    text=f"{case.name}: sandbox in {command}, "
                    f"at most {SANDBOX_MILLISECONDS} ms CPU a resource",
                    reached=share,
                    passed=share <= SANDBOX_MILLISECONDS,
                )
        if self.unit_suite_seconds is not None:
            yield Aim(
                text=f"mocked unit suite of the components, at most {UNIT_SUITE_SECONDS} s",
                reached=self.unit_suite_seconds,
                passed=self.unit_suite_seconds <= UNIT_SUITE_SECONDS,
            )

    def show(self, console: Console) -> None:
        """Print the tables."""
        console.print(
            f"{_line(self.machine)}\n{_line(self.versions)}\n{self.rounds} rounds, medians (min-max)"
        )
        if self.machine["load_average"] > self.machine["processors"]:
            console.print("The computer had other work to do: wall times say little here, go by CPU.")
        console.print(self._previews())
        console.print(self._sandbox())
        table = Table("aim", "reached", "", title="Aims")
        for aim in self.aims():
            table.add_row(aim.text, f"{aim.reached:.2f}", "pass" if aim.passed else "miss")
        console.print(table)

    def _previews(self) -> Table:
        table = Table(
            "case", "resources", "program", *_COSTS, *(f"{name} / ours" for name in _TIMES), title="Previews"
        )
        for case in self.comparisons:
            for program, measured in case.measurements.items():
                table.add_row(
                    case.name,
                    str(case.resources),
                    program,
                    *(_spread([cost(each) for each in measured]) for cost in _COSTS.values()),
                    *(f"{case.ratio(program, OURS, cost):.2f}" for cost in _TIMES.values()),
                )
            table.add_section()
        return table

    def _sandbox(self) -> Table:
        table = Table(
            "case",
            "command",
            "resources",
            "CPU, ms a resource",
            "busy, ms a resource",
            title="Inside the sandbox",
        )
        for case in self.comparisons:
            for command in ("preview", "up"):
                shares: list[SandboxShare] = [share for share in case.shares if share.command == command]
                table.add_row(
                    case.name,
                    command,
                    str(shares[0].resources),
                    _spread([share.cpu_milliseconds_per_resource for share in shares]),
                    _spread([share.busy_milliseconds_per_resource for share in shares]),
                )
        return table

    def write(self, directory: Path) -> Path:
        """Write everything measured to a JSON file in *directory*, and return its path."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{self.started:%Y%m%dT%H%M%SZ}.json"
        content = dataclasses.asdict(self) | {"aims": [dataclasses.asdict(aim) for aim in self.aims()]}
        path.write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")
        return path


def report(
    comparisons: Sequence[Comparison], *, started: datetime, rounds: int, unit_suite_seconds: float | None
) -> Report:
    """The report on *comparisons*, made on this computer."""
    return Report(
        started=started.astimezone(UTC),
        machine={
            "system": f"{platform.system()} {platform.machine()}",
            "processors": os.cpu_count(),
            "memory_gib": round(psutil.virtual_memory().total / 1024**3),
            "load_average": os.getloadavg()[0],
        },
        versions={"python": platform.python_version(), "pulumi CLI": VERSION}
        | {name: metadata.version(name) for name in _DISTRIBUTIONS},
        rounds=rounds,
        comparisons=comparisons,
        unit_suite_seconds=unit_suite_seconds,
    )


def _spread(values: Sequence[float]) -> str:
    middle = f"{median(values):.2f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.2f}-{max(values):.2f})"


def _line(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())
