"""Rules as rows: the ``*.yaml`` files beside this one.

A row says what must hold of a subject (:mod:`subjects`) and what Azure answers where it does not::

    nat_gateway_idle_timeout_is_in_range:
      sentence: A NAT gateway's idle timeout lies between 4 and 120 minutes.
      source: nat                       # a name from the file's `sources`, or an address
      when: {sku.name: Standard}        # optional: only where all of these hold
      must: {idleTimeoutInMinutes: {range: [4, 120]}}
      code: BadRequest
      message: NatGateway {$id} has idleTimeoutInMinutes {$value}.
      refused: {idleTimeoutInMinutes: 121}
      accepted: {idleTimeoutInMinutes: 120}

``when`` and ``must`` map paths to tests. A test is a value (letters compare without regard to case;
``null`` means absent), a list of tests of which one holds, one of the words in ``_WORDS``, or operators
with their arguments (``_OPERATORS``), which all hold. Operators hold of what is absent: ``given`` says
that it must not be. Each path in ``must`` that fails is a refusal of its own, in which ``$path``,
``$property`` (its last step) and ``$value`` may be named. Instead of ``must``, a row has one of
``_CONDITIONS``, or ``calls`` a function of the module beside the file. ``each`` names a list whose items
are asked about one by one. ``parameter`` stands in place of ``code`` and wraps the message as AKS does
for a value it does not take.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.azure.facts import facts
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.reading import (
    differs,
    network_of,
    networks,
    normalised_location,
    users_of,
)
from sandbox.azure.rules.request import Operation, Request
from sandbox.azure.rules.subjects import Failures, Subject, subjects, types_of

# Ten times as fast where PyYAML was built with libyaml.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DIRECTORY: Final = Path(__file__).parent
_PLACEHOLDER: Final = re.compile(r"\{([^{}|]+)(?:\|([^{}]*))?\}")
_CALLS: Final = "calls"
_NEEDED: Final = {"sentence", "source", "message"}
_ANSWERS: Final = {"code", "parameter"}
_NOT_TAKEN: Final = (
    "The value of parameter {} is invalid. Error details: {} "
    "Please see https://aka.ms/aks-naming-rules for more details."
)


@dataclass(frozen=True)
class Rule:
    """One row: ``condition`` yields what fails of a subject, ``content`` is the row as written."""

    name: str
    topic: str
    source: str
    types: tuple[str, ...]
    operations: tuple[Operation, ...]
    subjects: Callable[[Request], Iterator[Subject]]
    condition: Callable[[Subject], Failures]
    content: Mapping[str, Any]

    @property
    def sentence(self) -> str:
        """What holds where the rule refuses nothing."""
        return self.content["sentence"]

    def refusals(self, subjects: Iterable[Subject]) -> Iterator[Refusal]:
        """Yield what the rule refuses of the subjects of a request, the same words only once."""
        said: set[str] = set()
        each, when = self.content.get("each"), self.content.get("when", {})
        for whole in subjects:
            for subject in whole.items(each) if each else (whole,):
                for failure in self.condition(subject) if _all_hold(subject, when) else ():
                    known = {**subject.known, **failure}
                    refusal = _refusal(self.content, replace(subject, known=known))
                    if refusal.message not in said:
                        said.add(refusal.message)
                        yield refusal


def read() -> Iterator[Rule]:
    """Yield the rules of all files, by the files' names."""
    for file in sorted(_DIRECTORY.glob("*.yaml")):
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a safe one
        for name, row in content["rules"].items():
            yield rule_of(name, row, content, file.stem)


def rule_of(name: str, row: Mapping[str, Any], file: Mapping[str, Any], module: str = "") -> Rule:
    """Return the rule that a row of a file says; ``module`` has the functions that the row calls.

    Raises ``ValueError`` where the row lacks something.
    """
    conditions = row.keys() & {*_CONDITIONS, _CALLS}
    if len(conditions) != 1 or not row.keys() >= _NEEDED or len(row.keys() & _ANSWERS) != 1:
        raise ValueError(f"{name} is not a row of a rules file; see rows.py")
    about = row.get("about") or file["about"]
    abouts = about if isinstance(about, list) else [about]
    source, anchor, section = row["source"].partition("#")
    (condition,) = conditions
    return Rule(
        name=name,
        topic=file["topic"],
        source=file.get("sources", {}).get(source, source) + anchor + section,
        types=tuple(type_ for one in abouts for type_ in types_of(one)),
        operations=tuple(row.get("at", ("create", "update"))),
        subjects=subjects(abouts[0]),
        condition=_condition(condition, row[condition], module),
        content=row,
    )


def _condition(name: str, argument: Any, module: str) -> Callable[[Subject], Failures]:  # noqa: ANN401  YAML
    if name in _CONDITIONS:
        return partial(_CONDITIONS[name], argument)
    name, *arguments = [argument] if isinstance(argument, str) else argument
    function = getattr(import_module(f"sandbox.azure.rules.{module}"), name)
    return lambda subject: function(subject, *arguments)


def _refusal(content: Mapping[str, Any], subject: Subject) -> Refusal:
    message = _filled(content["message"], subject)
    if "parameter" in content:
        parameter = _filled(content["parameter"], subject)
        return Refusal(400, "InvalidParameter", _NOT_TAKEN.format(parameter, message))
    return Refusal(content.get("status", 400), content["code"], message)


def _filled(template: str, subject: Subject) -> str:
    def fill(match: re.Match[str]) -> str:
        value = subject.value(match[1])
        return match[2] if value is None and match[2] is not None else _text(value)

    return _PLACEHOLDER.sub(fill, template)


def _text(value: object) -> str:
    """Return a value as a message shows it; numbers come as floats from the engine."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ",".join(map(_text, value)) if isinstance(value, list | tuple) else str(value)


def _all_hold(subject: Subject, tests: Mapping[str, Any]) -> bool:
    return all(_holds(subject, subject.value(path), test) for path, test in tests.items())


def _holds(subject: Subject, value: Any, test: Any) -> bool:  # noqa: ANN401  JSON
    if isinstance(test, list):
        return any(_holds(subject, value, one) for one in test)
    if isinstance(test, Mapping):
        return all(
            (value is None and name not in _ASKED_OF_ABSENT) or _OPERATORS[name](subject, value, argument)
            for name, argument in test.items()
        )
    if isinstance(test, str) and test in _WORDS:
        return _WORDS[test](subject, value)
    return _is(value, test)


def _is(left: object, right: object) -> bool:
    if right is None:
        return _is_empty(left)
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _is_empty(value: object) -> bool:
    """Say whether a value says nothing; 0 does."""
    return value is None or value is False or (isinstance(value, str | list | tuple | Mapping) and not value)


def _is_same(left: object, right: object) -> bool:
    return _is(left, right) or (_is_empty(left) and _is_empty(right))


def _not(subject: Subject, value: Any, test: Any) -> bool:  # noqa: ANN401  JSON
    return (value is None and isinstance(test, Mapping)) or not _holds(subject, value, test)


def _same_region(subject: Subject, value: Any) -> bool:  # noqa: ANN401  JSON
    named = subject.request.cloud.get(value) if value else None
    return named is None or subject.known["location"] in (None, normalised_location(named.location))


def _apart_from(_: Subject, value: Any, ranges: str) -> bool:  # noqa: ANN401  JSON
    network = network_of(value)
    return network is None or not any(network.overlaps(one) for one in networks(facts("networks")[ranges]))


def _has_prefix_length(_: Subject, value: Any, limits: list[int]) -> bool:  # noqa: ANN401  JSON
    network = network_of(value)
    return network is None or limits[0] <= network.prefixlen <= limits[1]


_WORDS: Final[Mapping[str, Callable[[Subject, Any], bool]]] = {
    "given": lambda _, value: not _is_empty(value),
    "absent": lambda _, value: _is_empty(value),
    "cidr": lambda _, value: value is None or network_of(value) is not None,
    "same_region": _same_region,
}
"""Tests without arguments: of an IPv4 prefix, and of the id of a resource in the subject's region."""

_OPERATORS: Final[Mapping[str, Callable[[Subject, Any, Any], bool]]] = {
    "not": _not,
    "matches": lambda _, value, pattern: re.fullmatch(pattern, value) is not None,
    "range": lambda _, value, limits: limits[0] <= value <= limits[1],
    "length": lambda _, value, limits: limits[0] <= len(value) <= limits[1],
    "at_least": lambda subject, value, path: value >= (subject.value(path) or 0),
    "at_most": lambda subject, value, path: value <= (subject.value(path) or 0),
    "same_as": lambda subject, value, path: _is_same(value, subject.value(path)),
    "among": lambda subject, value, path: any(_is(value, item) for item in subject.value(path) or ()),
    "includes": lambda subject, value, test: any(_holds(subject, item, test) for item in value or ()),
    "has": lambda subject, value, tests: _all_hold(Subject(subject.request, value, subject.known), tests),
    "prefix_length": _has_prefix_length,
    "apart_from": _apart_from,
}
_ASKED_OF_ABSENT: Final = ("not", "same_as", "includes")


def _failing_paths(tests: Mapping[str, Any], subject: Subject) -> Failures:
    for path, test in tests.items():
        value = subject.value(path)
        if not _holds(subject, value, test):
            length = len(value) if isinstance(value, list | str) else None
            yield {"path": path, "property": path.rpartition(".")[2], "value": value, "length": length}


def _wrong_number(is_right: Callable[[int], bool], paths: list[str], subject: Subject) -> Failures:
    given = [path for path in paths if not _is_empty(subject.value(path))]
    if not is_right(len(given)):
        yield {"given": " and ".join(given) or "none"}


def _changed(
    paths: list[str], subject: Subject, *, needs_asked: bool = False, needs_current: bool = False
) -> Failures:
    for path in paths if subject.known["current"] else ():
        asked, current = subject.value(path), subject.value(f"$current.{path}")
        if (needs_asked and asked is None) or (needs_current and current is None):
            continue
        if differs(asked, current):
            yield {"path": path, "value": asked}


def _turned_off(tests: Mapping[str, Any], subject: Subject) -> Failures:
    for path, test in tests.items():
        if _holds(subject, subject.value(f"$current.{path}"), test):
            yield from _failing_paths({path: test}, subject)


def _used(types: list[str], subject: Subject) -> Failures:
    users = [user.id for user in users_of(subject.request.cloud, subject.known["id"], types)]
    if users:
        yield {"user": users[0], "users": ", ".join(users)}


_CONDITIONS: Final[Mapping[str, Callable[..., Failures]]] = {
    "must": _failing_paths,
    "exactly_one_of": partial(_wrong_number, lambda number: number == 1),
    "at_least_one_of": partial(_wrong_number, lambda number: number >= 1),
    "none_of": partial(_wrong_number, lambda number: number == 0),
    "immutable": _changed,
    "immutable_where_asked": partial(_changed, needs_asked=True),
    "immutable_once_set": partial(_changed, needs_asked=True, needs_current=True),
    "one_way": _turned_off,
    "unused_by": _used,
}
"""What a row may ask.

``must`` as above; ``exactly_one_of``, ``at_least_one_of`` and ``none_of`` count the paths that are given
(``$given``); the three ``immutable`` compare with ``$current``; ``one_way`` tests may not fail once they
hold; ``unused_by`` refuses where a resource of these types names the request's id (``$user``,
``$users``).
"""
