"""What a user is told of a stack file arrives whole through the real CLI: one of each kind of message.

`make messages` previews all stack files of the tests of settings.
"""

from __future__ import annotations

from typing import Final

import pytest

from tests.messages.files import FILES, File
from tests.messages.previewed import Previewed
from tests.unit.settings.test_bad_input import CASES, Case
from tests.unit.settings.test_good_input import GOOD

pytestmark = [pytest.mark.engine, pytest.mark.scenario]

KINDS: Final = {
    "a key that does not exist": "an unknown key",
    "a key that is missing": "an access section without administrators",
    "a value of another type": "a number in quotes",
    "a value that YAML changes": "a tag whose value is a date",
    "a section that is null": "null for a section",
    "a value that is none of several": "a value in the wrong case",
    "a value outside its limits": "a number below its limit",
    "a value without its form": "a size with its letters swapped",
    "two keys of one section": "a minimum above the maximum",
    "two sections": "a public ingress behind a firewall",
    "a list": "too many ranges that may reach the API server",
    "several at once": "a way out that is none, with everything that needs one",
    "a day": "a version whose support has ended",
    "a warning": "Premium without long-term support",
    "a slip": "a namespace that is one letter off",
    "a credential": "a credential by the name of its key",
    "letters of another script": "digits of another script",
    "no message": "the most of a pool",
}
"""The title of a case by what it is an example of."""

SAMPLE: Final = [case for case in (*CASES, *GOOD) if case.title in KINDS.values()]


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> Previewed:
    return Previewed(tmp_path_factory.mktemp("messages"))


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case.title)
def test_a_message_is_told_whole(previewed: Previewed, case: Case) -> None:
    assert previewed.case(case) == []


@pytest.mark.parametrize("file", FILES[:3], ids=lambda file: file.title)
def test_a_file_that_is_not_read_ends_in_an_ordinary_refusal(previewed: Previewed, file: File) -> None:
    assert previewed.file(file) == []


def test_every_kind_of_message_has_its_case() -> None:
    assert {*KINDS.values()} - {case.title for case in SAMPLE} == set()
