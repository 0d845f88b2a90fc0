"""Each rule refuses what Azure refuses, in its words, and accepts what is almost the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules import refusals, rules
from sandbox.azure.rules.rows import rule_of
from sandbox.tests.unit.azure.rules.examples import Example, examples

EXAMPLES = list(examples())
for_every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule.name)


@for_every_example
def test_a_rule_refuses_with_code_and_message(cloud: Cloud, example: Example) -> None:
    request = example.asked(example.refused, cloud)
    assert _answers(example.rule.refusals(example.rule.subjects(request))) == [example.answer]
    assert example.answer in _answers(refusals(request))


@for_every_example
def test_every_rule_accepts_what_is_almost_the_same(cloud: Cloud, example: Example) -> None:
    assert _answers(refusals(example.asked(example.accepted, cloud))) == []


def test_every_example_compares_two_requests() -> None:
    assert [example.rule.name for example in EXAMPLES if example.accepted == example.refused] == []


def test_every_rule_has_an_example() -> None:
    assert {example.rule.name for example in EXAMPLES} == {rule.name for rule in rules()}


def test_rule_names_are_unique() -> None:
    assert len({rule.name for rule in rules()}) == len(rules())


def test_every_rule_says_in_one_sentence_what_holds() -> None:
    assert [rule.name for rule in rules() if not re.fullmatch(r"[A-Z0-9][^\n]*[^.]\.", rule.sentence)] == []


def test_every_rule_names_the_page_it_comes_from() -> None:
    page = r"https://(learn\.microsoft\.com|github\.com|registry\.terraform\.io)/\S+"
    assert [rule.name for rule in rules() if not re.fullmatch(page, rule.source)] == []


def test_every_rule_is_for_types_and_operations() -> None:
    for rule in rules():
        assert all(re.fullmatch(r"\*|Microsoft\.[A-Za-z]+(/[A-Za-z]+)+", type_) for type_ in rule.types)
        assert rule.operations
        assert set(rule.operations) <= {"create", "update", "delete"}


@pytest.mark.parametrize("key", ["sentence", "source", "message", "must", "code"])
def test_a_row_that_lacks_something_is_refused(key: str) -> None:
    row = dict.fromkeys(["sentence", "source", "message", "must", "code"], "")
    del row[key]
    with pytest.raises(ValueError, match="short is not a row of a rules file"):
        rule_of("short", row, {"about": "Microsoft.Network/natGateways", "topic": "Networks"})


def _answers(found: Iterator[Refusal]) -> list[tuple[int, str, str]]:
    return [(refusal.status, refusal.code, refusal.message) for refusal in found]
