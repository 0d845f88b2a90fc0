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


@pytest.fixture
def only_that_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "rules_of", lambda _: [a_stack_is_protected])


WARNING = """\
Pulumi.dev.yaml: 1 warning.

  1. aks-platform:protect (line 4) = false
     advice  true in production
     reason  anyone may delete platform
     write   protect: true"""


@pytest.mark.usefixtures("only_that_rule")
def test_a_warning_is_told_whole_and_the_stack_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = read(text_of("aks-platform:protect: false"), tmp_path)

    assert stack.protect is False
    assert capsys.readouterr().err == f"warning: {WARNING}\n", "without an engine, Pulumi logs to stderr"


@pytest.mark.usefixtures("only_that_rule")
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


@pytest.mark.usefixtures("only_that_rule")
def test_a_warning_shows_no_secret(tmp_path: Path) -> None:
    warnings: list[str] = []

    read(
        text_of("aks-platform:protect: false\naks-platform:workload: platform"),
        tmp_path,
        secret={f"{PROJECT}:protect"},
        warn=warnings.append,
    )

    assert "aks-platform:protect (line 4) = [secret]" in warnings[0]


@pytest.mark.usefixtures("only_that_rule")
def test_what_is_as_it_should_be_is_not_warned_of(tmp_path: Path) -> None:
    warnings: list[str] = []

    read(text_of(""), tmp_path, warn=warnings.append)

    assert warnings == []


def test_what_stands_beside_the_config_is_warned_of(tmp_path: Path) -> None:
    warnings: list[str] = []
    beside = "\nconfg:\n  aks-platform:workload: shop\ndefaults: &defaults {}\n---\nconfig: {}\n"

    read(text_of("aks-platform:protect: true") + beside, tmp_path, warn=warnings.append)

    assert warnings == [
        """\
Pulumi.dev.yaml: 2 warnings.

  1. confg: (line 5) = [...]
     advice  config:
     reason  nothing reads it, so what is in it has no effect
     write   config: <the same>

  2. --- (line 8) = [...]
     advice  one document
     reason  Pulumi reads only the first one, so this has no effect
     write   nothing: move its keys into the first document"""
    ]


def test_a_secret_credential_is_no_warning_and_no_slip_shows_one(tmp_path: Path) -> None:
    warnings: list[str] = []
    text = text_of("other:token: not-a-real-token\naks-plattform:workload: not-a-real-secret")

    read(text, tmp_path, secret={"other:token", "aks-plattform:workload"}, warn=warnings.append)

    assert len(warnings) == 1
    assert "aks-plattform:workload (line 5) = [secret]" in warnings[0]
    assert 'write   aks-platform:workload: "[secret]"' in warnings[0]
    assert "not-a-real" not in warnings[0]


@pytest.mark.parametrize(
    "config",
    [
        "azure-native-v2:location: westus",
        "kubernetes:namespace: web",
        "pulumi:tags: {team: web}",
        "azure-native:useOidc: true",
        "azure-native:tenantId: 00000000-0000-0000-0000-000000000001",
        "aks-platform:tags: {secret: of the house, commit: 0123456789abcdef0123456789abcdef01234567}",
        f"aks-platform:ingress: {{imageDigest: 'sha256:{'0123456789abcdef' * 4}'}}",
        "github:tokens: {expire-after: 90 days}",
        "other:password: short",
    ],
)
def test_ordinary_values_are_not_warned_of(config: str, tmp_path: Path) -> None:
    warnings: list[str] = []

    read(text_of(config), tmp_path, warn=warnings.append)

    assert warnings == []
