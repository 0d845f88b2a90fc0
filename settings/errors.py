"""Problems in a stack's settings, and how they are reported."""

import json
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

import pulumi

Path = tuple[str | int, ...]
"""Where a value stands: the config key, then the keys and list positions inside it."""

DOCUMENT: Final = "---"
"""The place of a further document in a stack file."""

_LONGEST_VALUE: Final = 80
_LONGEST_TEXT: Final = 1000
_WIDTH: Final = 110
_MOST_TOLD: Final = 50


class Mark(Enum):
    """What is shown instead of a value that is missing, hidden or not read."""

    MISSING = "missing"
    HIDDEN = "[secret]"
    UNREAD = "[...]"


@dataclass(frozen=True)
class Problem:
    """One setting that cannot be used, or is probably not meant, and what to do about it."""

    path: Path
    limit: str
    """What is allowed there."""
    reason: str
    """Why not this."""
    write: str
    """What to write instead."""
    value: object = Mark.MISSING
    """The value as the stack file has it, or a ``Mark``; the loader looks it up."""
    line: int | None = None
    """Line of the stack file, counted from 1, where it is known."""
    default: bool = False
    """Whether the stack file leaves it out, so that ``value`` is the default."""
    warning: bool = False
    """Whether the stack is built all the same; ``limit`` then holds advice."""

    @property
    def title(self) -> str:
        """The place and the value, on one line."""
        where = "" if self.line is None else f" (line {self.line})"
        if self.value is Mark.MISSING:
            return f"{dotted(self.path)}{where} is missing"
        default = ", the default" if self.default else ""
        return f"{dotted(self.path)}{where} = {_shown(self.value)}{default}"


class SettingsError(pulumi.RunError, ValueError):
    """The settings of a stack cannot be used; the message holds all that is wrong with them.

    As a RunError it ends a Pulumi program with its message and no traceback.
    """

    def __init__(self, problems: Sequence[Problem], *, source: str, project: str) -> None:
        """Tell ``problems`` of ``source``, a stack file's name, with config keys of ``project``."""
        self.problems = tuple(problems)
        super().__init__(render(self.problems, source=source, project=project))


class RefusedError(pulumi.RunError):
    """Something in Azure does not suit: ends a Pulumi program with its message and no traceback.

    It is here for what may not know Pulumi, because it is called once a value is known.
    """


def render(
    problems: Sequence[Problem],
    *,
    source: str,
    project: str,
    outcome: str = "Nothing was created or changed.",
) -> str:
    """The first ``problems`` as text for people: all are warnings, or none is and ``outcome`` follows."""
    warnings = any(problem.warning for problem in problems)
    count = f"{len(problems)} {'warning' if warnings else 'problem'}{'' if len(problems) == 1 else 's'}"
    blocks = [f"{source}: {count}." + ("" if warnings else f" {outcome}")]
    for number, problem in enumerate(problems[:_MOST_TOLD], start=1):
        named = replace(problem, path=_with_namespace(problem.path, project))
        lines = [_cut(f"  {number}. {named.title}", _LONGEST_TEXT)]
        first = "advice" if problem.warning else "limit"
        for word, text in ((first, problem.limit), ("reason", problem.reason), ("write", problem.write)):
            lines += _wrapped(f"     {word:<8}", _cut(text, _LONGEST_TEXT))
        blocks.append("\n".join(lines))
    if (more := len(problems) - _MOST_TOLD) > 0:
        blocks.append(f"  ... and {more} more, shown once these are fixed.")
    return "\n\n".join(blocks)


def whole_key(key: str, project: str) -> str:
    """A config key as Pulumi has it: those of the project with its namespace, others as they are."""
    return key if ":" in key else f"{project}:{key}"


def dotted(path: Path) -> str:
    """A path as Pulumi writes it: ``nodePools.t4.nodeTaints[0]``, ``tags["cost/center"]``."""
    first, *rest = path
    return str(first) + "".join(_step(part) for part in rest)


def _step(part: str | int) -> str:
    plain = isinstance(part, str) and re.fullmatch(r"[A-Za-z0-9_-]+", part)
    return f".{part}" if plain else f"[{json.dumps(part, ensure_ascii=False)}]"


def _wrapped(head: str, text: str) -> list[str]:
    indent = " " * len(head)
    wrapper = textwrap.TextWrapper(_WIDTH, initial_indent=head, subsequent_indent=indent)
    wrapper.break_long_words = wrapper.break_on_hyphens = False
    return wrapper.wrap(text)


def _with_namespace(path: Path, project: str) -> Path:
    first, *rest = path
    return path if first == DOCUMENT else (whole_key(str(first), project), *rest)


def _shown(value: object) -> str:
    if isinstance(value, Mark):
        return value.value
    text = json.dumps(value, ensure_ascii=False, default=str)
    return _cut(text, _LONGEST_VALUE)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
