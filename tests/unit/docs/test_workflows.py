"""What holds for every workflow, whoever adds the next."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[3]
GITHUB = CHECKOUT / ".github"
FILES = sorted([*GITHUB.glob("workflows/*.yml"), *GITHUB.glob("actions/*/action.yml")])
WORKFLOWS = [path for path in FILES if path.parent.name == "workflows"]

PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$")
LOCAL = re.compile(r"uses: \./\.github/[\w./-]+$")


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    return yaml.safe_load(path.read_text())["jobs"]


def steps() -> Iterator[dict[str, Any]]:
    for path in FILES:
        content = yaml.safe_load(path.read_text())
        for job in content.get("jobs", {"action": content.get("runs")}).values():
            yield from job.get("steps", [])


def test_there_are_workflows_to_look_at() -> None:
    assert {path.name for path in WORKFLOWS} >= {"preview.yml", "deploy.yml", "up.yml", "checks.yml"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_commit_and_names_its_version(path: Path) -> None:
    uses = [line.strip().removeprefix("- ") for line in path.read_text().splitlines() if "uses:" in line]
    assert [line for line in uses if not PINNED.match(line) and not LOCAL.match(line)] == []


def test_an_action_has_one_version() -> None:
    pins: dict[str, set[str]] = {}
    for path in FILES:
        for action, version in re.findall(r"uses: ([\w./-]+)@(\S+ # \S+)", path.read_text()):
            pins.setdefault(action, set()).add(version)
    assert {action: sorted(versions) for action, versions in pins.items() if len(versions) > 1} == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_the_repository_and_nothing_else_by_default(path: Path) -> None:
    assert yaml.safe_load(path.read_text())["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_runs_a_fork_s_code_with_the_repository_s_rights(path: Path) -> None:
    # YAML 1.1 reads the key `on` as True.
    triggers = yaml.safe_load(path.read_text())[True]
    assert {"pull_request_target", "workflow_run"}.isdisjoint(triggers)


def test_a_checkout_leaves_no_token_behind() -> None:
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_script_contains_an_expression() -> None:
    """What a pull request names would be run by the shell; scripts read it from their environment."""
    assert [step["run"] for step in steps() if "${{" in step.get("run", "")] == []
    assert [step for step in steps() if "${{" in str(step.get("with", {}).get("script", ""))] == []


def test_the_job_that_writes_comments_runs_nothing_of_the_pull_request() -> None:
    writers = {
        name: job
        for path in WORKFLOWS
        for name, job in jobs(path).items()
        if "write" in {job.get("permissions", {}).get(scope) for scope in ("contents", "pull-requests")}
    }
    assert list(writers) == ["comment"]
    assert [step.get("run") or step["uses"].split("@")[0] for step in writers["comment"]["steps"]] == [
        "actions/github-script"
    ]


def test_azure_is_never_reached_for_a_fork_nor_where_it_is_not_configured() -> None:
    condition = jobs(GITHUB / "workflows" / "preview.yml")["azure"]["if"]
    assert "vars.AZURE_PREVIEW_CLIENT_ID != ''" in condition
    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition
    assert jobs(GITHUB / "workflows" / "deploy.yml")["dev"]["if"] == "${{ vars.AZURE_CLIENT_ID != '' }}"


def test_environments_are_deployed_one_after_another() -> None:
    deployed = jobs(GITHUB / "workflows" / "deploy.yml")
    assert {name: job.get("needs") for name, job in deployed.items()} == {
        "checks": None,
        "dev": "checks",
        "staging": "dev",
        "prod": "staging",
    }
    assert [deployed[name]["with"] for name in ("dev", "staging", "prod")] == [
        {"stack": "dev"},
        {"stack": "staging"},
        {"stack": "prod"},
    ]


def test_a_running_update_is_never_cut_off() -> None:
    update = jobs(GITHUB / "workflows" / "up.yml")["up"]
    assert update["concurrency"] == {"group": "up-${{ inputs.stack }}", "cancel-in-progress": False}
    assert update["environment"] == "${{ inputs.stack }}"


def test_an_update_sends_the_counts_that_the_autoscaler_has_set() -> None:
    (commands,) = [step["run"] for step in steps() if "pulumi up" in step.get("run", "")]
    refresh, update = commands.splitlines()
    assert refresh.startswith("pulumi refresh --yes ")
    assert update.startswith("pulumi up ")
    (target,) = re.findall("--target '[^']+'", refresh)
    assert f"pulumi refresh -s prod {target}" in (CHECKOUT / "docs" / "operations.md").read_text()
