"""What must hold for every workflow, including new ones."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[3]
GITHUB = CHECKOUT / ".github"
FILES = sorted([*GITHUB.glob("workflows/*.yml"), *GITHUB.glob("actions/*/action.yml")])
CONTENTS: dict[str, dict[Any, Any]] = {path.stem: yaml.safe_load(path.read_text()) for path in FILES}
WORKFLOWS = {name: content for name, content in CONTENTS.items() if "jobs" in content}
STEPS = [
    step
    for content in CONTENTS.values()
    for job in content.get("jobs", {"action": content.get("runs")}).values()
    for step in job.get("steps", [])
]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$")


def test_every_action_is_ours_or_pinned_by_one_commit_with_its_version() -> None:
    uses = {use for path in FILES for use in re.findall(r"uses: (.+)", path.read_text())}
    foreign = {use for use in uses if not use.startswith("./.github/")}
    assert [use for use in foreign if not PINNED.match(use)] == []
    assert len({use.partition("@")[0] for use in foreign}) == len(foreign)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_only_reads_the_repository_and_runs_no_fork_s_code_with_its_rights(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    # YAML 1.1 reads the key `on` as True.
    assert {"pull_request_target", "workflow_run"}.isdisjoint(WORKFLOWS[name][True])


def test_a_checkout_leaves_no_token_behind() -> None:
    checkouts = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_script_contains_an_expression() -> None:
    """What a pull request names would be run by the shell; scripts read it from their environment."""
    scripts = [step.get("run", "") + str(step.get("with", {}).get("script", "")) for step in STEPS]
    assert [script for script in scripts if "${{" in script] == []


def test_the_job_that_writes_comments_runs_nothing_of_the_pull_request() -> None:
    jobs = {name: job for content in WORKFLOWS.values() for name, job in content["jobs"].items()}
    writing = ("contents", "pull-requests")
    writers = [name for name, job in jobs.items() if "write" in map(job.get("permissions", {}).get, writing)]
    assert writers == ["comment"]
    (step,) = jobs["comment"]["steps"]
    assert step["uses"].startswith("actions/github-script@")


def test_azure_is_never_reached_for_a_fork_nor_where_it_is_not_configured() -> None:
    condition = WORKFLOWS["preview"]["jobs"]["azure"]["if"]
    assert "vars.AZURE_PREVIEW_CLIENT_ID != ''" in condition
    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition
    assert WORKFLOWS["deploy"]["jobs"]["dev"]["if"] == "${{ vars.AZURE_CLIENT_ID != '' }}"


def test_environments_are_deployed_one_after_another_and_no_update_is_cut_off() -> None:
    deployed = {
        name: (job.get("needs"), job.get("with")) for name, job in WORKFLOWS["deploy"]["jobs"].items()
    }
    assert deployed == {
        "checks": (None, None),
        "dev": ("checks", {"stack": "dev"}),
        "staging": ("dev", {"stack": "staging"}),
        "prod": ("staging", {"stack": "prod"}),
    }
    update = WORKFLOWS["up"]["jobs"]["up"]
    assert update["concurrency"] == {"group": "up-${{ inputs.stack }}", "cancel-in-progress": False}
    assert update["environment"] == "${{ inputs.stack }}"


def test_the_readme_names_every_variable_and_secret_of_the_workflows() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    wanted = {name for path in FILES for name in re.findall(r"(?:vars|secrets)\.([A-Z_]+)", path.read_text())}
    assert wanted
    assert {name for name in wanted if f"`{name}`" not in readme} == set()
