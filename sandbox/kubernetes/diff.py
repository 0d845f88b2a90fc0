"""Differences between what is there and what a program wants, in the engine's terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from sandbox.engine.plugin import UNKNOWN
from sandbox.kubernetes.kinds import Json

Path = tuple[str | int, ...]
Change = Literal["add", "delete", "update"]
_MISSING: Final = object()


@dataclass(frozen=True)
class Difference:
    """One property that changes."""

    path: Path
    change: Change
    replaces: bool

    @property
    def text(self) -> str:
        """The property path as the engine writes it: ``spec.containers[0].image``."""
        return path_text(self.path)


@dataclass(frozen=True)
class Diff:
    """What an update would do to a resource.

    Attributes:
        differences: the properties that change.
        replaces: those of which a change replaces the resource, in the engine's notation.
        delete_before_replace: whether the old one has to go first.
    """

    differences: tuple[Difference, ...]
    replaces: tuple[str, ...]
    delete_before_replace: bool = False


def path_text(path: Path) -> str:
    """A property path in the engine's notation."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif any(character in part for character in '."[]'):
            escaped = part.replace('"', '\\"')
            text += f'["{escaped}"]'
        else:
            text += f".{part}" if text else part
    return text


def differences(
    old: Json, new: Json, replaced: Iterable[str], ignored: Iterable[str] = ()
) -> list[Difference]:
    """The properties that change from the old object to the new one, leaf by leaf.

    Args:
        old: what is there, in the shape of the old inputs.
        new: what the program wants; unknown values count as changed.
        replaced: dotted paths of which a change replaces the resource; ``*`` stands for any list item.
        ignored: property paths of the resource option ``ignore_changes``.
    """
    patterns = [tuple(path.split(".")) for path in replaced]
    skipped = [_parts(path) for path in ignored]
    found = []
    for path, change, value in _changes((), old, new):
        if any(_begins(path, prefix) for prefix in skipped):
            continue
        found.append(Difference(path, change, any(_touches(path, value, pattern) for pattern in patterns)))
    return sorted(found, key=lambda difference: difference.text)


def _changes(path: Path, old: Json, new: Json) -> Iterator[tuple[Path, Change, Any]]:
    if new is _MISSING:
        yield path, "delete", None
    elif old is _MISSING:
        yield path, "add", new
    elif new is UNKNOWN:
        yield path, "update", new
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _changes((*path, key), old.get(key, _MISSING), new.get(key, _MISSING))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else _MISSING
            after = new[index] if index < len(new) else _MISSING
            yield from _changes((*path, index), before, after)
    elif not _same(old, new):
        yield path, "update", new


def _same(old: Json, new: Json) -> bool:
    if isinstance(old, bool) != isinstance(new, bool):
        return False
    return old == new


def _touches(path: Path, value: Json, pattern: tuple[str, ...]) -> bool:
    if _begins(path, pattern):
        return True
    beyond = pattern[len(path) :]
    if not beyond or not _begins(pattern, path):
        return False
    # The change is above the pattern: it counts where what comes in has something there.
    return _holds(value, beyond)


def _begins(path: tuple[Any, ...], prefix: tuple[Any, ...]) -> bool:
    if len(prefix) > len(path):
        return False
    return all(
        part == expected or "*" in (part, expected) for part, expected in zip(path, prefix, strict=False)
    )


def _holds(value: Json, path: tuple[str, ...]) -> bool:
    if not path:
        return True
    if value is UNKNOWN:
        return True
    if isinstance(value, list):
        rest = path[1:] if path[0] == "*" else path
        return any(_holds(item, rest) for item in value)
    return isinstance(value, dict) and path[0] in value and _holds(value[path[0]], path[1:])


def _parts(path: str) -> Path:
    parts: list[str | int] = []
    for piece in path.replace("]", "").replace("[", ".").split("."):
        clean = piece.strip('"')
        if clean:
            parts.append(int(clean) if clean.isdigit() else clean)
    return tuple(parts)
