"""Every bad input is refused before anything is built, with a message that is known to the letter.

Each case in ``bad_input/`` is a stack file's config and the problems that it has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from components.settings import Settings
from settings import rules
from settings.errors import SettingsError
from tests.unit.settings.stack import read, text_of


@dataclass(frozen=True)
class Case:
    topic: str
    title: str
    config: str
    says: str


def _cases() -> Iterator[Case]:
    for path in sorted((Path(__file__).parent / "bad_input").glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Case(path.stem, **case)


CASES = list(_cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.topic}: {case.title}")
def test_bad_input_is_refused_with_its_whole_message(case: Case, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(text_of(case.config), tmp_path)

    assert "\n".join(str(refusal.value).splitlines()[2:]) == case.says.rstrip("\n")


def test_no_two_cases_of_a_topic_have_one_title() -> None:
    titles = [(case.topic, case.title) for case in CASES]

    assert len(set(titles)) == len(titles)


def test_every_rule_refuses_one_of_the_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing: set[rules.Rule] = set()
    call = rules.Rule.__call__

    def recording(self: rules.Rule, *parts: Settings) -> rules.Refusals:
        for refusal in call(self, *parts):
            refusing.add(self)
            yield refusal

    monkeypatch.setattr(rules.Rule, "__call__", recording)

    for case in CASES:
        with pytest.raises(SettingsError):
            read(text_of(case.config), tmp_path)
    with pytest.raises(SettingsError):
        read(text_of(""), tmp_path, stack="Dev")

    assert {each.check.__name__ for each in {*rules.rules_of(Settings)} - refusing} == set()
