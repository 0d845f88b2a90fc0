"""Each rule refuses what Azure refuses, in its words, and accepts what is almost the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules import Request, refusals, rule, table
from sandbox.tests.unit.azure.rules.examples import RULES, Example, examples

EXAMPLES = list(examples())
for_every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule.name)


@for_every_example
def test_a_rule_refuses_with_code_and_message(cloud: Cloud, example: Example) -> None:
    request = example.asked(example.refused, cloud)
    assert _answers(example.rule.check(request)) == [example.answer]
    assert example.answer in _answers(refusals(request))


@for_every_example
def test_every_rule_accepts_what_is_almost_the_same(cloud: Cloud, example: Example) -> None:
    assert _answers(refusals(example.asked(example.accepted, cloud))) == []


def test_every_example_compares_two_requests() -> None:
    assert [example.rule.name for example in EXAMPLES if example.accepted == example.refused] == []


def test_every_rule_has_an_example() -> None:
    assert {example.rule.name for example in EXAMPLES} == set(RULES)


def test_rule_names_are_unique() -> None:
    assert len(RULES) == len(table())


def test_every_rule_says_in_one_sentence_what_holds() -> None:
    assert [info.name for info in table() if not re.fullmatch(r"[A-Z0-9][^\n]*[^.]\.", info.sentence)] == []


def test_every_rule_names_the_page_it_comes_from() -> None:
    page = r"https://(learn\.microsoft\.com|github\.com|registry\.terraform\.io)/\S+"
    assert [info.name for info in table() if not re.fullmatch(page, info.source)] == []


def test_every_rule_is_for_types_and_operations() -> None:
    for info in table():
        assert all(re.fullmatch(r"\*|Microsoft\.[A-Za-z]+(/[A-Za-z]+)+", type_) for type_ in info.types)
        assert info.operations
        assert set(info.operations) <= {"create", "update", "delete"}


def test_a_function_without_a_sentence_cannot_be_entered() -> None:
    def silent(request: Request) -> Iterator[Refusal]:
        yield from ()

    with pytest.raises(TypeError, match="rule silent needs a docstring and at least one type"):
        rule("Microsoft.Network/virtualNetworks", source="https://learn.microsoft.com/")(silent)
    assert "silent" not in {info.name for info in table()}


def _answers(found: Iterator[Refusal]) -> list[tuple[int, str, str]]:
    return [(refusal.status, refusal.code, refusal.message) for refusal in found]
