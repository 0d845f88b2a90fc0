import dataclasses
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.comparison import Comparison, SandboxShare
from benchmarks.measurement import Measurement
from benchmarks.projects import FLAT, FLAT_WITHOUT_ALIASES, OURS
from benchmarks.report import Report, report


def measured(*walls: float) -> Sequence[Measurement]:
    return [Measurement(wall_seconds=wall, cpu_seconds=wall / 2, peak_memory_bytes=2**20) for wall in walls]


def comparison(
    *, ours: Sequence[float], flat: Sequence[float], without: Sequence[float], resources: int = 200
) -> Comparison:
    return Comparison(
        name=f"prod, {resources} resources",
        resources=resources,
        measurements={
            OURS: measured(*ours),
            FLAT: measured(*flat),
            FLAT_WITHOUT_ALIASES: measured(*without),
        },
        shares=[
            SandboxShare(command="preview", resources=100, cpu_seconds=0.4, busy_seconds=0.8),
            SandboxShare(command="up", resources=200, cpu_seconds=1.2, busy_seconds=2.0),
        ],
    )


def of(*comparisons: Comparison, unit_suite_seconds: float | None = None) -> Report:
    return report(
        comparisons,
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        rounds=3,
        unit_suite_seconds=unit_suite_seconds,
    )


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    made = comparison(ours=[1, 2, 8], flat=[2, 8, 8], without=[1, 1, 1])
    assert made.ratio(FLAT, OURS, lambda each: each.wall_seconds) == 2


@pytest.mark.parametrize(
    ("ours", "flat", "without", "passed"),
    [
        (1.15, 3.45, 1.0, [True, True]),
        (1.16, 3.47, 1.0, [False, False]),
        (1.0, 3.01, 1.0, [True, True]),
    ],
)
def test_programs_are_held_against_their_aims(
    ours: float, flat: float, without: float, passed: list[bool]
) -> None:
    made = of(comparison(ours=[ours], flat=[flat], without=[without]))
    found = {aim.text: aim.passed for aim in made.aims()}
    for time in ("wall", "CPU"):
        assert found[f"prod, 200 resources: ours / flat, aliases dropped, {time}, at most 1.15"] is passed[0]
        assert found[f"prod, 200 resources: flat / ours, {time}, at least 3.0"] is passed[1]


def test_three_times_faster_is_asked_of_two_hundred_resources_only() -> None:
    made = of(comparison(ours=[1], flat=[1], without=[1], resources=199))
    assert not [aim for aim in made.aims() if "at least" in aim.text]


def test_the_sandboxs_share_is_told_for_preview_and_up() -> None:
    made = of(comparison(ours=[1], flat=[3], without=[1]))
    found = {aim.text: (aim.reached, aim.passed) for aim in made.aims() if "sandbox" in aim.text}
    assert found == {
        "prod, 200 resources: sandbox in preview, at most 5.0 ms CPU a resource": (4.0, True),
        "prod, 200 resources: sandbox in up, at most 5.0 ms CPU a resource": (6.0, False),
    }


@pytest.mark.parametrize(("seconds", "passed"), [(30.0, True), (30.1, False)])
def test_the_unit_suite_is_held_against_half_a_minute(seconds: float, passed: bool) -> None:
    (aim,) = of(unit_suite_seconds=seconds).aims()
    assert (aim.reached, aim.passed) == (seconds, passed)


def test_the_file_holds_machine_versions_date_figures_and_aims(tmp_path: Path) -> None:
    made = of(comparison(ours=[1, 2], flat=[3, 6], without=[1, 2]))
    path = made.write(tmp_path / "bench")
    assert path == tmp_path / "bench" / "20260102T030405Z.json"
    content = json.loads(path.read_text())
    assert content["started"] == "2026-01-02 03:04:05+00:00"
    assert content["machine"].keys() == {"system", "processors", "memory_gib", "load_average"}
    assert content["versions"].keys() >= {"python", "pulumi CLI", "pulumi", "pulumi-azure-native"}
    assert content["comparisons"][0]["measurements"]["flat"][1] == {
        "wall_seconds": 6,
        "cpu_seconds": 3,
        "peak_memory_bytes": 1048576,
    }
    assert [aim["passed"] for aim in content["aims"]] == [True, True, True, True, True, False]


def test_the_tables_show_each_program_and_each_aim() -> None:
    console = Console(record=True, width=160, file=io.StringIO())
    of(comparison(ours=[1, 2, 3], flat=[3, 6, 9], without=[1, 2, 3])).show(console)
    text = console.export_text()
    assert "2.00 (1.00-3.00)" in text
    assert "6.00 (3.00-9.00)" in text
    assert text.count("pass") == 5
    assert text.count("miss") == 1


@pytest.mark.parametrize(("load", "told"), [(2.0, False), (2.1, True)])
def test_a_busy_computer_is_told_of(load: float, told: bool) -> None:
    console = Console(record=True, width=160, file=io.StringIO())
    made = of(comparison(ours=[1], flat=[3], without=[1]))
    busy = dataclasses.replace(made, machine={"processors": 2, "load_average": load})
    busy.show(console)
    assert ("go by CPU" in console.export_text()) is told
