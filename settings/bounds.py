"""How large a config may be, so that it is read, and all its mistakes are told, in under two seconds."""

import json
from collections.abc import Mapping
from typing import Final

from settings.errors import Mark, Problem

DEEPEST: Final = 20
"""Levels of maps and lists."""

_MOST: Final = 3000


def decoded(text: str) -> object:
    """What ``text`` stands for: a map, a list, a boolean or null as JSON, otherwise itself.

    ``Mark.UNREAD`` where it is nested so deep that no parser follows.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        return Mark.UNREAD
    except ValueError:
        return text
    return value if value is None or isinstance(value, dict | list | bool) else text


def excess(data: Mapping[str, object]) -> Problem | None:
    """The problem of a config that is nested too deep, or has too many values, to be checked further."""
    sizes = {key: _size(value) for key, value in data.items()}
    for key, size in sizes.items():
        if size is None:
            reason = "no setting is nested that deep"
            return _refusal(key, f"at most {DEEPEST} levels of maps and lists", reason)
    if (total := sum(size or 0 for size in sizes.values())) > _MOST:
        largest = max(sizes, key=lambda key: sizes[key] or 0)
        reason = f"the stack file has {total:,}, most of them here"
        return _refusal(largest, f"at most {_MOST:,} values in a stack file", reason)
    return None


def _refusal(key: str, limit: str, reason: str) -> Problem:
    return Problem((key,), limit, reason, f"nothing: remove {key}, or most of it", value=Mark.UNREAD)


def _size(value: object) -> int | None:
    """How many values are in ``value``, itself included; None where it is nested too deep."""
    level, size = [value], 0
    for _ in range(DEEPEST + 1):
        size += len(level)
        level = [member for each in level if isinstance(each, dict | list) for member in _members(each)]
        if not level:
            return None if value is Mark.UNREAD else size
    return None


def _members(value: dict[str, object] | list[object]) -> list[object]:
    return list(value.values()) if isinstance(value, dict) else value
