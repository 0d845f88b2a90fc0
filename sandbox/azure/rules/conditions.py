"""What rows ask: tests of what paths lead to, and conditions made of them.

A test is a value (letters compare without regard to case, ``null`` means absent), a list of tests of
which one holds, one of the words in ``_WORDS``, or operators with their arguments (``_OPERATORS``),
which all hold. Operators hold of what is absent; ``given`` says that it must not be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from sandbox.azure.cloud import normalized_location
from sandbox.azure.facts import facts
from sandbox.azure.rules.reading import differs, network_of, networks, users_of
from sandbox.azure.rules.subjects import Failures, Subject


def all_hold(subject: Subject, tests: Mapping[str, Any]) -> bool:
    """Say whether what the paths lead to passes their tests."""
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
    return named is None or subject.known["location"] in (None, normalized_location(named.location))


def _apart_from(_: Subject, value: Any, ranges: str) -> bool:  # noqa: ANN401  JSON
    network = network_of(value)
    return network is None or not any(network.overlaps(one) for one in networks(facts("networks")[ranges]))


def _within(_: Subject, value: Any, ranges: str) -> bool:  # noqa: ANN401  JSON
    network = network_of(value)
    return network is None or any(network.subnet_of(one) for one in networks(facts("networks")[ranges]))


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
    "has": lambda subject, value, tests: all_hold(Subject(subject.request, value, subject.known), tests),
    "prefix_length": _has_prefix_length,
    "apart_from": _apart_from,
    "within": _within,
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


CONDITIONS: Final[Mapping[str, Callable[..., Failures]]] = {
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
"""What a row may ask of a subject: each yields what fails.

``must`` maps paths to tests; each path that fails is a separate refusal, which may name ``$path``,
``$property`` (its last step), ``$value`` and ``$length``. ``exactly_one_of``, ``at_least_one_of`` and
``none_of`` count the paths that are given (``$given``). The three ``immutable`` compare with ``$current``.
``one_way`` tests may not fail once they hold. ``unused_by`` refuses where a resource of these types names
the request's id (``$user``, ``$users``).
"""
