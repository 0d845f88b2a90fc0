import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / ".github" / "scripts" / "preview_report.py"
preview_report = SimpleNamespace(**runpy.run_path(str(SCRIPT)))

PREVIEWED = """\
Previewing update (dev):
 +  azure-native:resources:ResourceGroup rg-platform-dev create

Resources:
    + 2 to create
    ~ 1 to update
    3 changes. 40 unchanged
"""


def test_stacks_come_in_the_order_in_which_they_are_deployed(tmp_path: Path) -> None:
    for file in ("Pulumi.prod", "Pulumi.tryout", "Pulumi.dev", "Pulumi.staging", "Pulumi"):
        (tmp_path / f"{file}.yaml").touch()
    assert preview_report.stacks(tmp_path) == ["dev", "staging", "prod", "tryout"]


@pytest.mark.parametrize(
    ("exit_code", "output", "headline"),
    [
        (0, PREVIEWED, "<details><summary><b>dev</b>: + 2 to create, ~ 1 to update</summary>"),
        (0, "Resources:\n    43 unchanged\n", "<details><summary><b>dev</b>: no changes</summary>"),
        (255, "error: no", "<details open><summary><b>dev</b>: failed</summary>"),
    ],
)
def test_a_stack_is_a_line_of_what_pulumi_counts_and_a_failed_one_is_unfolded(
    exit_code: int, output: str, headline: str
) -> None:
    assert headline in preview_report.report("Preview", {"dev": (exit_code, output)})


def test_what_pulumi_says_cannot_end_the_block_that_it_is_quoted_in() -> None:
    written = preview_report.report("Preview", {"dev": (0, "``````\n<b>not a quote</b>")})
    assert written.count("``````") == 2


def test_a_long_preview_keeps_its_start_and_its_end() -> None:
    long = "first line\n" + "x" * 100_000 + "\nlast line"
    written = preview_report.report("Preview", {"dev": (0, long), "prod": (0, long)})
    assert len(written) < preview_report.LARGEST_REPORT + 1_000
    assert written.count("first line") == written.count("last line") == 2


def test_one_failed_stack_fails_the_job_after_all_were_previewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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


def test_the_report_reaches_summary_and_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report, summary, output = tmp_path / "report.md", tmp_path / "summary", tmp_path / "output"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    assert preview_report.main(["--publish", str(report)]) == 0, "no report is no failure"
    assert not output.exists()

    report.write_text("### Preview\n")
    assert preview_report.main(["--publish", str(report)]) == 0
    assert summary.read_text() == "### Preview\n"
    first, *body, last = output.read_text().splitlines()
    assert (first, body) == (f"report<<{last}", ["### Preview"])
