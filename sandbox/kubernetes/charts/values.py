"""A chart's values: which keys there are and of which type, and what Helm says about others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sandbox.kubernetes.kinds import Json

# A mapping lists the keys beneath; a tuple lists the allowed words; a string names a type.
Known = Mapping[str, Any] | tuple[str, ...] | str

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "object": (dict,),
    "array": (list,),
}


def problems(known: Known, values: Json) -> list[str]:
    """What a values schema of this content refuses, each line as Helm writes it."""
    return sorted(f"- at '{path}': {reason}" for path, reason in _problems("", known, values))


def _problems(path: str, known: Known, value: Json) -> Iterator[tuple[str, str]]:
    if value is None or known == "any":
        return
    if isinstance(known, tuple):
        if value not in known:
            words = ", ".join(f"'{word}'" for word in known)
            yield path, f"value must be one of {words}"
    elif isinstance(known, str):
        if not _is(value, known):
            yield path, f"got {type_name(value)}, want {known}"
    elif not isinstance(value, dict):
        yield path, f"got {type_name(value)}, want object"
    else:
        for key, item in value.items():
            if key in known:
                yield from _problems(f"{path}/{key}", known[key], item)


def unknown(known: Known, values: Json, path: str = "") -> list[str]:
    """Dotted paths of the values that the chart does not have."""
    if not isinstance(known, Mapping) or not isinstance(values, dict):
        return []
    found = []
    for key, item in values.items():
        here = f"{path}.{key}" if path else key
        found += unknown(known[key], item, here) if key in known else [here]
    return found


def _is(value: Json, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name])


def type_name(value: Json) -> str:
    """The JSON schema type of a value."""
    for name, types in _TYPES.items():
        if _is(value, name) and isinstance(value, types):
            return name
    return "null"
