"""The behaviour of Azure that the sandbox keeps: one small named rule for each thing that Azure refuses.

Each is a row of a ``*.yaml`` file here (:mod:`rows`). They are read when the first request is put to
them, for a preview asks none.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from sandbox.azure.refusal import Refusal
from sandbox.azure.request import Operation, Request

if TYPE_CHECKING:
    from sandbox.azure.rules.rows import Rule
    from sandbox.azure.rules.subjects import Subject

_EVERY_TYPE = "*"


def refusals(request: Request) -> Iterator[Refusal]:
    """Yield what Azure would refuse in this request."""
    subjects: dict[object, list[Subject]] = {}
    for type_ in (_EVERY_TYPE, request.type.lower()):
        for rule in _by_type()[type_, request.operation]:
            if rule.subjects not in subjects:
                subjects[rule.subjects] = list(rule.subjects(request))
            yield from rule.refusals(subjects[rule.subjects])


@cache
def rules() -> tuple["Rule", ...]:
    """Return every rule, by file and in the order of its rows."""
    return tuple(import_module("sandbox.azure.rules.rows").read())


@cache
def _by_type() -> defaultdict[tuple[str, Operation], list["Rule"]]:
    found: defaultdict[tuple[str, Operation], list[Rule]] = defaultdict(list)
    for rule in rules():
        for type_ in rule.types:
            for operation in rule.operations:
                found[type_.lower(), operation].append(rule)
    return found
