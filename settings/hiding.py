"""Problems of secret settings, told without what is secret."""

import re
from collections.abc import Iterator
from dataclasses import replace

from settings.errors import Mark, Problem


def hiding(secret: object, problem: Problem) -> Problem:
    """``problem`` with a mark in the place of its value and of all that its texts quote of ``secret``."""
    values = sorted(_scalars(secret), key=len, reverse=True)
    return replace(
        problem,
        value=problem.value if problem.value is Mark.MISSING else Mark.HIDDEN,
        limit=_without(values, problem.limit),
        reason=_without(values, problem.reason),
        write=_without(values, problem.write),
    )


def _scalars(value: object) -> Iterator[str]:
    """Every string and number inside ``value``, as text."""
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _scalars(member)
    elif value not in {None, ""} and not isinstance(value, bool):
        yield str(value)


def _without(values: list[str], text: str) -> str:
    for value in values:
        text = re.sub(rf"(?<![\w.]){re.escape(value)}(?![\w])", Mark.HIDDEN.value, text)
    return text
