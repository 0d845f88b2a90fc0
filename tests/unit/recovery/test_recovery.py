"""What a user of the recovery reads where it cannot go on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recovery.__main__ import main
from recovery.arm import Arm
from recovery.errors import RecoveryError
from recovery.stack import Stack

Pulumi = Callable[[str], None]


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    """Puts a shell script on PATH in Pulumi's place."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.delenv("ARM_SUBSCRIPTION_ID", raising=False)

    def write(text: str) -> None:
        (tmp_path / "pulumi").write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "pulumi").chmod(0o755)

    return write


def test_what_pulumi_refuses_is_told(pulumi: Pulumi, capsys: pytest.CaptureFixture[str]) -> None:
    pulumi("echo \"error: no stack named 'prod' found\" >&2; exit 255")
    assert main(["--stack", "prod"]) == 1
    told = capsys.readouterr().err
    assert told == "error: `pulumi stack export` failed:\nerror: no stack named 'prod' found\n"


def test_without_pulumi_that_is_said(pulumi: Pulumi, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stack", "prod"]) == 1
    assert capsys.readouterr().err == "error: There is no `pulumi` on PATH.\n"


def test_a_subscription_that_nothing_names_is_asked_for(
    pulumi: Pulumi, capsys: pytest.CaptureFixture[str]
) -> None:
    pulumi('[ "$1" = stack ] && echo \'{"version": 3, "deployment": {}}\' || echo "{}"')
    assert main(["--stack", "prod"]) == 1
    expected = "error: Name the subscription of the stack: --subscription, or ARM_SUBSCRIPTION_ID.\n"
    assert capsys.readouterr().err == expected


def test_steps_that_change_nothing_are_left_out_of_a_plan(pulumi: Pulumi) -> None:
    steps = [{"op": op, "urn": op} for op in ("same", "create", "read", "update")]
    pulumi(f"echo 'Previewing'; echo '{json.dumps({'steps': steps})}'")
    assert [step["op"] for step in Stack("prod").planned()] == ["create", "update"]


def test_a_preview_that_fails_says_what_the_program_said(pulumi: Pulumi) -> None:
    told = {
        "steps": [],
        "diagnostics": [{"message": "error: Settings are wrong:\n"}, {"message": "  1. here\n"}],
    }
    pulumi(f"cat <<'END'\n{json.dumps(told)}\nEND\nexit 1")
    with pytest.raises(RecoveryError) as failed:
        Stack("prod").planned()
    assert str(failed.value) == "`pulumi preview` failed:\nerror: Settings are wrong:\n  1. here"


def test_the_backup_is_the_state_as_it_was(tmp_path: Path) -> None:
    state = {"version": 3, "deployment": {"resources": []}}
    first, second = (Stack("prod").back_up(state, tmp_path / "new") for _ in range(2))
    assert first != second
    assert json.loads(first.read_text()) == state


class Answer:
    def __init__(self, status_code: int, code: str) -> None:
        self.status_code = status_code
        self._code = code

    def json(self) -> dict[str, Any]:
        return {"error": {"code": self._code, "message": "no"}}

    def text(self) -> str:
        return json.dumps(self.json())


@pytest.mark.parametrize(
    ("status", "code", "is_known"),
    [
        (404, "ResourceNotFound", True),
        (404, "ResourceGroupNotFound", True),
        (404, "NotFound", True),
        (404, "SubscriptionNotFound", False),
        (404, "InvalidResourceType", False),
        (403, "AuthorizationFailed", False),
        (429, "TooManyRequests", False),
        (500, "InternalServerError", False),
    ],
)
def test_only_what_azure_says_is_not_there_counts_as_not_there(
    monkeypatch: pytest.MonkeyPatch, status: int, code: str, is_known: bool
) -> None:
    arm = Arm(lambda _: None)
    monkeypatch.setattr(arm._client, "send_request", lambda request: Answer(status, code))
    if is_known:
        assert arm.get("/subscriptions/s/resourceGroups/rg", "2024-03-01") is None
        return
    with pytest.raises(RecoveryError, match=f"answered {status} to GET /subscriptions/s/resourceGroups/rg"):
        arm.get("/subscriptions/s/resourceGroups/rg", "2024-03-01")
