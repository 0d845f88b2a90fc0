import json
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.comparison import Comparison, ComparisonError
from benchmarks.measurement import Measurement
from benchmarks.projects import PROGRAMS
from benchmarks.single_commands import SingleCommand

# `.ci/run` measures for real; here the figures are given.
MEASUREMENT = Measurement(wall_seconds=2.0, cpu_seconds=1.5, peak_memory_bytes=2**20)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, bool]]:
    """What the command asks to have measured: pools, rounds, and whether to warm up."""
    asked = []

    def compare(directory: Path, *, pools: int, rounds: int, warm_up: bool) -> Comparison:
        asked.append((pools, rounds, warm_up))
        if pools < 0:
            raise ComparisonError("no such program")
        measurements = {program: [MEASUREMENT] * rounds for program in PROGRAMS}
        return Comparison(resources=36, measurements=measurements, sandbox_milliseconds=[2.0])

    def measure_single_commands(directory: Path, *, rounds: int, warm_up: bool) -> list[SingleCommand]:
        return [SingleCommand(command=f"a plan, {warm_up=}", measurements=[MEASUREMENT] * rounds)]

    monkeypatch.setattr(command, "compare", compare)
    monkeypatch.setattr(command, "measure_single_commands", measure_single_commands)
    return asked


def test_a_quick_run_is_one_round_of_prod_as_it_is_and_is_written_down(
    asked: list[tuple[int, int, bool]], tmp_path: Path
) -> None:
    assert command.main(["--quick", "--output", str(tmp_path)]) == 0
    assert asked == [(0, 1, False)]
    (written,) = tmp_path.glob("*.json")
    content = json.loads(written.read_text())
    assert (content["comparisons"][0]["resources"], content["rounds"]) == (36, 1)
    (single,) = content["singles"]
    assert (single["command"], len(single["measurements"])) == ("a plan, warm_up=False", 1)


def test_by_default_every_size_is_measured_five_times(
    asked: list[tuple[int, int, bool]], tmp_path: Path
) -> None:
    assert command.main(["--output", str(tmp_path)]) == 0
    assert asked == [(pools, 5, True) for pools in (0, 14, 64)]


def test_a_program_that_did_not_do_what_it_was_measured_for_fails_the_command(
    asked: list[tuple[int, int, bool]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--pools", "-1", "--output", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "error: no such program\n"
    assert list(tmp_path.iterdir()) == []
