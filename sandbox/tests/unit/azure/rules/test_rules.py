"""Each rule refuses what Azure refuses, in its words, and accepts what is almost the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules import Request, refusals, rule, table
from sandbox.azure.rules.reading import type_of
from sandbox.tests.unit.azure.rules import (
    cases_agent_pool,
    cases_managed_cluster,
    cases_network,
    cases_resource_groups,
    cases_services,
)
from sandbox.tests.unit.azure.rules.world import Case

CASES = [
    case
    for module in (
        cases_resource_groups,
        cases_network,
        cases_managed_cluster,
        cases_agent_pool,
        cases_services,
    )
    for case in module.CASES
]
RULES = {info.name: info for info in table()}
for_every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)


@for_every_case
def test_a_rule_refuses_with_code_and_message(cloud: Cloud, case: Case) -> None:
    request = case.refused.request(cloud)
    answers = [(refusal.status, refusal.code, refusal.message) for refusal in RULES[case.rule].check(request)]
    assert answers == [(case.status, case.code, case.message)]


@for_every_case
def test_a_rule_is_asked_when_azure_is(cloud: Cloud, case: Case) -> None:
    request = case.refused.request(cloud)
    answers = [(refusal.status, refusal.code, refusal.message) for refusal in refusals(request)]
    assert (case.status, case.code, case.message) in answers


@for_every_case
def test_every_rule_accepts_what_is_almost_the_same(cloud: Cloud, case: Case) -> None:
    assert list(map(str, refusals(case.accepted.request(cloud)))) == []


def test_every_case_compares_requests_of_one_kind() -> None:
    for case in CASES:
        assert case.accepted.operation == case.refused.operation
        assert type_of(case.accepted.id) == type_of(case.refused.id)
        assert case.accepted != case.refused


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(RULES)


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


def test_a_rule_without_a_sentence_cannot_be_entered() -> None:
    def silent(request: Request) -> Iterator[Refusal]:
        yield from ()

    with pytest.raises(TypeError, match="rule silent needs a docstring and at least one type"):
        rule("Microsoft.Network/virtualNetworks", source="https://learn.microsoft.com/")(silent)
    assert "silent" not in {info.name for info in table()}
