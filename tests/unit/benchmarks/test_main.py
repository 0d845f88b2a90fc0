import json
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.comparison import Comparison, ComparisonError, SandboxShare
from benchmarks.measurement import Measurement
from benchmarks.projects import PROGRAMS, Case

# What it measures is run for real by `.ci/run`; here it is told.
MEASUREMENT = Measurement(wall_seconds=2.0, cpu_seconds=1.5, peak_memory_bytes=2**20)


class Asked:
    """What the command asks to have measured."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cases: list[tuple[str, int | None]] = []
        self.rounds: list[tuple[int, bool]] = []
        monkeypatch.setattr(command, "case", self.case)
        monkeypatch.setattr(command, "compare", self.compare)
        monkeypatch.setattr(command, "_unit_suite_seconds", lambda console: 3.0)

    def case(self, place: Path, stack: str, *, resources: int | None) -> Case:
        self.cases.append((stack, resources))
        return Case(name=stack, stack=stack, directories={}, registrations=())

    def compare(self, prepared: Case, place: Path, *, rounds: int, warm_up: bool) -> Comparison:
        self.rounds.append((rounds, warm_up))
        shares = [
            SandboxShare(command=command, resources=48, cpu_seconds=0.1, busy_seconds=0.2)
            for command in ("preview", "up")
        ]
        return Comparison(
            name=prepared.name,
            resources=48,
            measurements={program: [MEASUREMENT] * rounds for program in PROGRAMS},
            shares=shares,
        )


def test_a_quick_run_is_one_round_of_dev_and_is_written_down(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(monkeypatch)
    assert command.main(["--quick", "--output", str(tmp_path)]) == 0
    assert (asked.cases, asked.rounds) == ([("dev", None)], [(1, False)])
    (written,) = tmp_path.glob("*.json")
    content = json.loads(written.read_text())
    (compared,) = content["comparisons"]
    assert (compared["name"], content["rounds"], content["unit_suite_seconds"]) == ("dev", 1, None)
    assert list(compared["measurements"]) == list(PROGRAMS)


def test_without_a_wish_every_stack_and_every_size_is_measured_five_times(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(monkeypatch)
    assert command.main(["--output", str(tmp_path)]) == 0
    grown = [("prod", size) for size in (50, 100, 200)]
    assert asked.cases == [("dev", None), ("staging", None), ("prod", None), *grown]
    assert set(asked.rounds) == {(5, True)}


def test_a_program_that_did_not_do_what_it_was_measured_for_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Asked(monkeypatch)

    def fail(*arguments: object, **more: object) -> Comparison:
        raise ComparisonError("ours: error: no such stack")

    monkeypatch.setattr(command, "compare", fail)
    assert command.main(["--quick", "--output", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "error: ours: error: no such stack\n"
    assert asked.cases == [("dev", None)]
    assert list(tmp_path.iterdir()) == []
