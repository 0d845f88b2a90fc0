import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.comparison import Comparison
from benchmarks.measurement import Measurement
from benchmarks.projects import FLAT, FLAT_WITHOUT_ALIASES, OURS
from benchmarks.report import Report
from benchmarks.single_commands import SingleCommand


def measured(*walls: float) -> Sequence[Measurement]:
    return [Measurement(wall_seconds=wall, cpu_seconds=wall / 2, peak_memory_bytes=2**20) for wall in walls]


def report(
    *,
    ours: Sequence[float] = (1,),
    flat: Sequence[float] = (3,),
    without: Sequence[float] = (1,),
    resources: int = 100,
    sandbox: float = 4.0,
    load: float = 1.0,
    plan: float = 3.0,
) -> Report:
    compared = Comparison(
        resources=resources,
        measurements={
            OURS: measured(*ours),
            FLAT: measured(*flat),
            FLAT_WITHOUT_ALIASES: measured(*without),
        },
        sandbox_milliseconds=[sandbox],
    )
    return Report(
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        rounds=3,
        comparisons=[compared],
        singles=[
            SingleCommand(command="plan of prod", measurements=measured(plan)),
            SingleCommand(command="preview of firewall", measurements=measured(99)),
        ],
        machine={"processors": 2, "load_average": load},
    )


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    (case,) = report(ours=[1, 2, 8], flat=[2, 8, 8], without=[1, 1, 1]).comparisons
    assert case.ratio(FLAT, OURS, lambda each: each.wall_seconds) == 2


@pytest.mark.parametrize(
    ("ours", "flat", "sandbox", "plan", "passed"),
    [(1.15, 3.45, 5.0, 3.0, [True, True, True, True]), (1.16, 3.47, 5.1, 3.1, [False, False, False, False])],
)
def test_programs_sandbox_and_plan_are_held_against_their_aims(
    ours: float, flat: float, sandbox: float, plan: float, passed: list[bool]
) -> None:
    measured_ = report(ours=[ours], flat=[flat], sandbox=sandbox, plan=plan)
    found = {aim.text: aim.passed for aim in measured_.aims()}
    assert found == {
        "100 resources: ours / flat, aliases dropped, wall, at most 1.15": passed[0],
        "100 resources: flat / ours, wall, at least 3.0": passed[1],
        "100 resources: ours / flat, aliases dropped, CPU, at most 1.15": passed[0],
        "100 resources: flat / ours, CPU, at least 3.0": passed[1],
        "100 resources: simulated Azure, ms CPU each, at most 5.0": passed[2],
        "plan of prod: CPU, s, at most 1.5": passed[3],
    }


def test_three_times_faster_is_asked_of_a_hundred_resources_only() -> None:
    assert not [aim for aim in report(flat=[1], resources=99).aims() if "at least" in aim.text]


def test_the_file_holds_machine_versions_date_figures_and_aims(tmp_path: Path) -> None:
    path = report(ours=[1, 2], flat=[3, 6], without=[1, 2]).write(tmp_path / "bench")
    assert path == tmp_path / "bench" / "20260102T030405Z.json"
    content = json.loads(path.read_text())
    assert content["started"] == "2026-01-02 03:04:05+00:00"
    assert content["versions"].keys() >= {"python", "pulumi CLI", "pulumi", "pulumi-azure-native"}
    assert content["comparisons"][0]["measurements"]["flat"][1]["wall_seconds"] == 6
    assert [aim["passed"] for aim in content["aims"]] == [True] * 6


@pytest.mark.parametrize(("load", "busy"), [(2.0, False), (2.1, True)])
def test_the_tables_show_every_program_and_aim_and_a_busy_computer(load: float, busy: bool) -> None:
    console = Console(record=True, width=160, file=io.StringIO())
    report(ours=[1, 2, 3], flat=[3, 6, 9], without=[1, 2, 3], load=load).show(console)
    text = console.export_text()
    assert "2.00 (1.00-3.00)" in text
    assert "6.00 (3.00-9.00)" in text
    assert text.count("pass") == 6
    assert "99.00" in text
    assert ("go by CPU" in text) is busy
