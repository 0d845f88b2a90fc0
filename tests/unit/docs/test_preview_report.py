import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / ".github" / "scripts" / "preview_report.py"

PREVIEWED = """\
Previewing update (dev):
 +  azure-native:resources:ResourceGroup rg-platform-dev create

Resources:
    + 2 to create
    ~ 1 to update
    3 changes. 40 unchanged
"""


@pytest.fixture(scope="module")
def preview_report() -> ModuleType:
    spec = importlib.util.spec_from_file_location("preview_report", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_stacks_come_in_the_order_in_which_they_are_deployed(
    preview_report: ModuleType, tmp_path: Path
) -> None:
    for stack in ("prod", "tryout", "dev", "staging"):
        (tmp_path / f"Pulumi.{stack}.yaml").touch()
    (tmp_path / "Pulumi.yaml").touch()
    assert preview_report.stacks(tmp_path) == ["dev", "staging", "prod", "tryout"]


def test_a_stack_is_summed_up_by_what_pulumi_counts(preview_report: ModuleType) -> None:
    written = preview_report.report("Preview", {"dev": (0, PREVIEWED)})
    assert "<summary><b>dev</b>: + 2 to create, ~ 1 to update</summary>" in written
    assert "<details>" in written


def test_a_stack_without_changes_says_so(preview_report: ModuleType) -> None:
    written = preview_report.report("Preview", {"dev": (0, "Resources:\n    43 unchanged\n")})
    assert "<summary><b>dev</b>: no changes</summary>" in written


def test_a_failed_stack_is_unfolded(preview_report: ModuleType) -> None:
    written = preview_report.report("Preview", {"dev": (255, "error: no"), "prod": (0, PREVIEWED)})
    assert "<details open><summary><b>dev</b>: failed</summary>" in written
    assert "<details><summary><b>prod</b>" in written


def test_what_pulumi_says_cannot_end_the_block_that_it_is_quoted_in(preview_report: ModuleType) -> None:
    written = preview_report.report("Preview", {"dev": (0, "``````\n<b>not a quote</b>")})
    assert written.count("``````") == 2


def test_a_long_preview_keeps_its_start_and_its_end(preview_report: ModuleType) -> None:
    long = "first line\n" + "x" * 100_000 + "\nlast line"
    written = preview_report.report("Preview", {"dev": (0, long), "prod": (0, long)})
    assert len(written) < preview_report.LARGEST_REPORT + 1_000
    assert written.count("first line") == 2
    assert written.count("last line") == 2


def test_one_failed_stack_fails_the_job_after_all_were_previewed(
    preview_report: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for stack in ("dev", "prod"):
        Path(f"Pulumi.{stack}.yaml").touch()
    program = "import sys; print('previewed', sys.argv[1]); sys.exit(sys.argv[1] == 'dev')"
    command = ["--to", "report.md", "--", sys.executable, "-c", program, "{stack}"]
    assert preview_report.main(command) == 1
    written = Path("report.md").read_text()
    assert "<b>dev</b>: failed" in written
    assert "previewed prod" in written


def test_the_report_reaches_summary_and_output(
    preview_report: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, summary, output = tmp_path / "report.md", tmp_path / "summary", tmp_path / "output"
    report.write_text("### Preview\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    assert preview_report.main(["--publish", str(report)]) == 0
    assert summary.read_text() == "### Preview\n"
    first, *body, last = output.read_text().splitlines()
    assert first.startswith("report<<")
    assert body == ["### Preview"]
    assert last == first.removeprefix("report<<")


def test_without_a_report_nothing_is_published(preview_report: ModuleType, tmp_path: Path) -> None:
    assert preview_report.main(["--publish", str(tmp_path / "report.md")]) == 0
