"""Problems of secret settings, told without what is secret."""

import re
from collections.abc import Iterator
from dataclasses import replace

from settings.errors import Mark, Problem


class Secret:
    """A secret value: a string, or a map or list of which every string and number is secret."""

    def __init__(self, value: object) -> None:
        self._values = set(_scalars(value))
        self._lengths = sorted({len(value) for value in self._values}, reverse=True)

    def hidden_in(self, problem: Problem) -> Problem:
        """``problem`` with a mark in the place of its value and of all that its texts quote of the secret."""
        return replace(
            problem,
            value=problem.value if problem.value is Mark.MISSING else Mark.HIDDEN,
            limit=self._hidden(problem.limit),
            reason=self._hidden(problem.reason),
            write=self._hidden(problem.write),
        )

    def _hidden(self, text: str) -> str:
        """``text`` with a mark for each value in it that is no part of a longer word."""
        shown, end = "", 0
        for start in (match.start() for match in re.finditer(r"(?<![\w.])(?=.)", text, re.DOTALL)):
            if start >= end and (length := self._length_at(text, start)):
                shown, end = shown + text[end:start] + Mark.HIDDEN.value, start + length
        return shown + text[end:]

    def _length_at(self, text: str, start: int) -> int:
        """The length of the longest value that stands there; 0 where none does."""
        ends = (start + length for length in self._lengths)
        found = (
            end for end in ends if text[start:end] in self._values and not re.match(r"\w", text[end:][:1])
        )
        return next(found, start) - start


def _scalars(value: object) -> Iterator[str]:
    """Every string and number inside ``value``, as text."""
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _scalars(member)
    elif value not in {None, ""} and not isinstance(value, bool):
        yield str(value)
