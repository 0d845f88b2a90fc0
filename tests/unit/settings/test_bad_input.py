"""Every bad input is refused or warned of before anything is built, in words known to the letter.

Each case in ``bad_input/`` is a stack file's config, what its refusal ``says``, and what it ``warns`` of.
Some name the day that is ``today``.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from azure_facts import versions
from components.settings import Settings
from settings import rules
from settings.errors import SettingsError
from tests.unit.settings.stack import read, text_of


@dataclass(frozen=True)
class Case:
    topic: str
    title: str
    config: str
    says: str = ""
    warns: str = ""
    today: date = date(2026, 11, 27)


def cases(directory: str) -> list[Case]:
    """The cases in all files of ``directory``."""
    return [
        Case(path.stem, **case)
        for path in sorted((Path(__file__).parent / directory).glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


CASES = cases("bad_input")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.topic}: {case.title}")
def test_bad_input_is_told_with_its_whole_message(case: Case, tmp_path: Path) -> None:
    refusal, warnings = _told(case, tmp_path)

    assert (_problems(refusal), _problems(warnings)) == (case.says.rstrip("\n"), case.warns.rstrip("\n"))
    assert refusal or warnings


def _told(case: Case, directory: Path) -> tuple[str, str]:
    """The whole refusal of a case and all its warnings; empty where there are none."""
    warnings: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "today", lambda: case.today)
        try:
            read(text_of(case.config), directory, warn=warnings.append)
        except SettingsError as refusal:
            return str(refusal), "".join(warnings)
    return "", "".join(warnings)


def _problems(message: str) -> str:
    """What follows the heading of a message."""
    return "\n".join(message.splitlines()[2:])


def test_no_two_cases_of_a_topic_have_one_title() -> None:
    titles = [(case.topic, case.title) for case in CASES]

    assert len(set(titles)) == len(titles)


def test_every_rule_refuses_or_warns_in_one_of_the_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[rules.Rule, set[bool]] = {}
    call = rules.Rule.__call__

    def recording(self: rules.Rule, *parts: Settings) -> rules.Refusals:
        for problem in call(self, *parts):
            told.setdefault(self, set()).add(problem.warning)
            yield problem

    monkeypatch.setattr(rules.Rule, "__call__", recording)

    for case in CASES:
        _told(case, tmp_path)
    with pytest.raises(SettingsError):
        read(text_of(""), tmp_path, stack="Dev")

    assert {each.check.__name__ for each in rules.rules_of(Settings) if each not in told} == set()
    assert {each.check.__name__ for each in told if True in told[each]} == {
        each.check.__name__ for each in rules.rules_of(Settings) if each.sentence.startswith("Warns ")
    }
