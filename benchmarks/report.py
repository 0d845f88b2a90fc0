"""Shows what was measured, and which aims it reaches."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.comparison import Comparison
from benchmarks.measurement import Measurement
from benchmarks.projects import FLAT, FLAT_WITHOUT_ALIASES, OURS
from benchmarks.single_commands import PLAN, SingleCommand
from sandbox.programs.pulumi_cli import VERSION

OURS_TO_FLAT_WITHOUT_ALIASES: Final = 1.15
FLAT_TO_OURS: Final = 3.0
FLAT_TO_OURS_RESOURCES: Final = 100
SANDBOX_MILLISECONDS: Final = 5.0
PLAN_SECONDS: Final = 1.5

_DISTRIBUTIONS: Final = ("pulumi", "pulumi-azure-native", "pulumi-kubernetes", "grpcio", "protobuf")
_COSTS: Final[Mapping[str, Callable[[Measurement], float]]] = {
    "wall, s": lambda measured: measured.wall_seconds,
    "CPU, s": lambda measured: measured.cpu_seconds,
    "peak memory, MiB": lambda measured: measured.peak_memory_bytes / 1024**2,
}


class Aim(NamedTuple):
    """One aim: what is asked for and of which case, the figure that was reached, and whether that will do."""

    text: str
    reached: float
    passed: bool


def _machine() -> dict[str, Any]:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 1024**3),
        "load_average": os.getloadavg()[0],
    }


def _versions() -> dict[str, str]:
    packages = {name: metadata.version(name) for name in _DISTRIBUTIONS}
    return {"python": platform.python_version(), "pulumi CLI": VERSION, **packages}


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole run: when it began, how often each program was measured, what it gave, and on what it ran."""

    started: datetime
    rounds: int
    comparisons: Sequence[Comparison]
    singles: Sequence[SingleCommand] = ()
    machine: Mapping[str, Any] = field(default_factory=_machine)
    versions: Mapping[str, str] = field(default_factory=_versions)

    def aims(self) -> Iterator[Aim]:
        """The aims that these cases can show."""
        for case in self.comparisons:
            of = f"{case.resources} resources"
            for name in ("wall", "CPU"):
                slower = case.ratio(OURS, FLAT_WITHOUT_ALIASES, _COSTS[f"{name}, s"])
                limit = OURS_TO_FLAT_WITHOUT_ALIASES
                text = f"{of}: {OURS} / {FLAT_WITHOUT_ALIASES}, {name}, at most {limit}"
                yield Aim(text, slower, slower <= limit)
                if case.resources >= FLAT_TO_OURS_RESOURCES:
                    faster = case.ratio(FLAT, OURS, _COSTS[f"{name}, s"])
                    text = f"{of}: {FLAT} / {OURS}, {name}, at least {FLAT_TO_OURS}"
                    yield Aim(text, faster, faster >= FLAT_TO_OURS)
            share = median(case.sandbox_milliseconds)
            text = f"{of}: simulated Azure, ms CPU each, at most {SANDBOX_MILLISECONDS}"
            yield Aim(text, share, share <= SANDBOX_MILLISECONDS)

        for each in self.singles:
            if each.command.startswith(PLAN):
                seconds = median(measured.cpu_seconds for measured in each.measurements)
                text = f"{each.command}: CPU, s, at most {PLAN_SECONDS}"
                yield Aim(text, seconds, seconds <= PLAN_SECONDS)

    def show(self, console: Console) -> None:
        """Print the tables."""
        for facts in (self.machine, self.versions):
            console.print(", ".join(f"{name} {value}" for name, value in facts.items()))
        if self.machine["load_average"] > self.machine["processors"]:
            console.print("The computer had other work to do: wall times say little here, go by CPU.")
        ratios = [f"{name.split(',')[0]} / ours" for name in _COSTS]
        title = f"Previews of prod: {self.rounds} rounds, medians (min-max)"
        previews = Table("resources", "program", *_COSTS, *ratios, title=title)
        for case in self.comparisons:
            for program, measured in case.measurements.items():
                costs = [_spread([cost(each) for each in measured]) for cost in _COSTS.values()]
                to_ours = [f"{case.ratio(program, OURS, cost):.2f}" for cost in _COSTS.values()]
                previews.add_row(str(case.resources), program, *costs, *to_ours)
            previews.add_section()
        singles = Table("command", *_COSTS, title="Commands by themselves")
        for each in self.singles:
            costs = [_spread([cost(one) for one in each.measurements]) for cost in _COSTS.values()]
            singles.add_row(each.command, *costs)
        aims = Table("aim", "reached", "", title="Aims")
        for aim in self.aims():
            aims.add_row(aim.text, f"{aim.reached:.2f}", "pass" if aim.passed else "miss")
        console.print(previews, singles, aims)

    def write(self, directory: Path) -> Path:
        """Write everything measured to a JSON file in *directory*, and return its path."""
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{self.started.astimezone(UTC):%Y%m%dT%H%M%SZ}.json"
        content = dataclasses.asdict(self) | {"aims": [aim._asdict() for aim in self.aims()]}
        path.write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")
        return path


def _spread(values: Sequence[float]) -> str:
    middle = f"{median(values):.2f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.2f}-{max(values):.2f})"
