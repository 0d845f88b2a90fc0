import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.projects import PROGRAMS

pytestmark = pytest.mark.engine


def test_a_quick_run_measures_the_three_programs_and_the_sandbox(tmp_path: Path) -> None:
    assert main(["--quick", "--output", str(tmp_path)]) == 0

    (written,) = tmp_path.glob("*.json")
    content = json.loads(written.read_text())
    (compared,) = content["comparisons"]
    assert (compared["name"], content["rounds"], content["unit_suite_seconds"]) == ("dev", 1, None)
    assert list(compared["measurements"]) == list(PROGRAMS)
    for measured in compared["measurements"].values():
        (once,) = measured
        assert once["wall_seconds"] > 0
        assert once["cpu_seconds"] > 0
        assert once["peak_memory_bytes"] > 0
    assert [share["command"] for share in compared["shares"]] == ["preview", "up"]
    assert all(share["resources"] > 0 and share["cpu_seconds"] > 0 for share in compared["shares"])
