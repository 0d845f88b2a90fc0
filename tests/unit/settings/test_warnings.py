"""A rule may warn: the stack is built, and what is probably not meant is told as a problem is."""

from pathlib import Path

import pytest

from components.settings import Settings
from settings import rules
from settings.errors import SettingsError
from settings.rules import Refusals, rule, warn
from tests.unit.settings.stack import PROJECT, read, text_of


@rule
def a_stack_is_protected(stack: Settings) -> Refusals:
    """Warns of a stack that is not protected."""
    if not stack.protect:
        yield warn("protect", "true in production", f"anyone may delete {stack.workload}", "protect: true")


@pytest.fixture(autouse=True)
def only_that_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "rules_of", lambda _: [a_stack_is_protected])


WARNING = """\
Pulumi.dev.yaml: 1 warning.

  1. aks-platform:protect (line 4) = false
     advice  true in production
     reason  anyone may delete platform
     write   protect: true"""


def test_a_warning_is_told_whole_and_the_stack_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = read(text_of("aks-platform:protect: false"), tmp_path)

    assert stack.protect is False
    assert capsys.readouterr().err == f"warning: {WARNING}\n", "without an engine, Pulumi logs to stderr"


def test_warnings_are_told_beside_a_refusal_that_does_not_repeat_them(tmp_path: Path) -> None:
    warnings: list[str] = []

    with pytest.raises(SettingsError) as refusal:
        read(
            text_of("aks-platform:protect: false\naks-platform:tags: []"),
            tmp_path,
            warn=warnings.append,
        )

    assert warnings == [WARNING]
    assert [problem.path for problem in refusal.value.problems] == [("tags",)]


def test_a_warning_shows_no_secret(tmp_path: Path) -> None:
    warnings: list[str] = []

    read(
        text_of("aks-platform:protect: false\naks-platform:workload: platform"),
        tmp_path,
        secret={f"{PROJECT}:protect"},
        warn=warnings.append,
    )

    assert "aks-platform:protect (line 4) = [secret]" in warnings[0]


def test_what_is_as_it_should_be_is_not_warned_of(tmp_path: Path) -> None:
    warnings: list[str] = []

    read(text_of(""), tmp_path, warn=warnings.append)

    assert warnings == []
