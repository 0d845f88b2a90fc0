"""Pydantic's errors in the words of a problem: limit, reason, remedy."""

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from settings.errors import Mark, Path, Problem
from settings.model import REFUSED, Required, SettingsModel, key_of

_KINDS: Final = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "a map of keys",
    type(None): "null",
}

_EXPECTED: Final = {
    "string_type": "a string",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a map of keys",
    "model_type": "a map of keys",
    "model_attributes_type": "a map of keys",
}


@dataclass(frozen=True)
class Words:
    """What a problem says beside place and value."""

    limit: str
    reason: str
    remedy: str


def problem_of(error: ErrorDetails, model: type[BaseModel], place: Path) -> Problem:
    """The problem that ``error`` tells of the value at ``place``, which was read as ``model``."""
    location = error["loc"]
    if location and location[-1] == "[key]":
        location = location[:-1]
    path = (*place, *location)
    key = str(path[-1]) if isinstance(path[-1], str) else ""
    value: object = error["input"]
    match error["type"]:
        case "missing":
            value, words = Mark.MISSING, _missing(model, location, key)
        case "extra_forbidden":
            owner = _model_at(model, location[:-1])
            words = _never(key, owner) or unknown_key(key, keys_of(owner), error["input"])
        case "literal_error":
            words = one_of(key, re.findall(r"'([^']*)'", _context(error)["expected"]), value)
        case "too_short":
            words = _missing(model, location, key)
        case kind if kind == REFUSED:
            words = Words(**_context(error))
            if error["loc"][-1] != "[key]":
                words = Words(words.limit, words.reason, _entry(key, words.remedy))
        case kind if kind in _EXPECTED:
            words = wrong_type(key, _EXPECTED[kind], value)
        case _:
            words = Words(error["msg"], "it is not that", _entry(key, "<another value>"))
    return Problem(path=path, value=value, limit=words.limit, reason=words.reason, remedy=words.remedy)


def unknown_key(key: str, known: Iterable[str], value: object) -> Words:
    """What is said of a key that no setting has."""
    known = sorted(known)
    close = nearest(key, known)
    limit = f"one of {', '.join(known)}" if known else "no key"
    reason = "no setting has this name, and what it says would have no effect"
    if close is None:
        return Words(limit, reason, f"nothing: remove {key}")
    text = "<the same>" if isinstance(value, dict | list) else json.dumps(value)
    return Words(limit, f"no setting has this name; did you mean {close}?", f"{close}: {text}")


def one_of(key: str, allowed: list[str], value: object) -> Words:
    """What is said of a value that is none of those ``allowed``."""
    limit = _either(allowed)
    if value is None and "None" in allowed:
        return Words(limit, "null is no value; the word None is one", _entry(key, "None"))
    if value is None:
        return _null(key, limit)
    if not isinstance(value, str):
        text = str(value)
        reason = f"it is {kind_of(value)}; Azure takes a string"
        return Words(limit, reason, _entry(key, json.dumps(text if text in allowed else allowed[0])))
    close = nearest(value, allowed)
    reason = "there is no such value"
    if close is not None and close.casefold() == value.casefold():
        reason = "capitals count"
    return Words(limit, reason, _entry(key, close or _either(allowed)))


def wrong_type(key: str, expected: str, value: object) -> Words:
    """What is said of a value of another type than ``expected``."""
    if value is None:
        return _null(key, expected)
    reason = f"it is {kind_of(value)}, and a value is never turned into one of another type"
    if expected == "a string" and isinstance(value, int | float) and not isinstance(value, bool):
        reason = "without quotes YAML reads it as a number, which loses zeros at the end"
    return Words(expected, reason, _retyped(key, expected, value))


def kind_of(value: object) -> str:
    """The type of a config value in words."""
    return _KINDS.get(type(value), "a value")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``word`` is probably meant to be."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def keys_of(model: type[BaseModel] | None) -> list[str]:
    """The keys that a model's part of the stack file may have."""
    return [] if model is None else [key_of(field) for field in model.model_fields]


def _never(key: str, model: type[BaseModel] | None) -> Words | None:
    if model is None or not issubclass(model, SettingsModel) or key not in model.never:
        return None
    return Words(f"no {key} here", model.never[key], f"nothing: remove {key}")


def _missing(model: type[BaseModel], location: Path, key: str) -> Words:
    parent = _model_at(model, location[:-1])
    fields = {} if parent is None else {key_of(name): field for name, field in parent.model_fields.items()}
    marks = [mark for mark in fields[key].metadata if isinstance(mark, Required)] if key in fields else []
    required = marks[0] if marks else Required("it has no default", "<value>")
    return Words("required", required.reason, f"{key}: {required.example}")


def _null(key: str, limit: str) -> Words:
    return Words(limit, "null is not a value here", f"nothing: remove {key or 'it'} to have the default")


def _retyped(key: str, expected: str, value: object) -> str:
    text = str(value)
    if expected == "a whole number" and re.fullmatch(r"-?\d+(\.0)?", text):
        return _entry(key, text.removesuffix(".0"))
    if expected == "a string" and not isinstance(value, dict | list):
        return _entry(key, json.dumps(text.lower() if isinstance(value, bool) else text))
    if expected == "true or false" and text.casefold() in {"true", "yes", "on", "1"}:
        return _entry(key, "true")
    if expected == "true or false" and text.casefold() in {"false", "no", "off", "0"}:
        return _entry(key, "false")
    if expected == "a list" and not isinstance(value, dict):
        return _entry(key, json.dumps([value]))
    return _entry(key, f"<{expected}>")


def _entry(key: str, value: str) -> str:
    """What to write: the key and its value, or the value alone in a list."""
    return f"{key}: {value}" if key else value


def _context(error: ErrorDetails) -> dict[str, Any]:
    return error.get("ctx", {})


def _either(allowed: list[str]) -> str:
    return allowed[0] if len(allowed) == 1 else f"{', '.join(allowed[:-1])} or {allowed[-1]}"


def _model_at(model: type[BaseModel], location: Path) -> type[BaseModel] | None:
    """The model that reads the value at ``location`` inside ``model``'s value."""
    found: object = model
    for part in location:
        if not (isinstance(found, type) and issubclass(found, BaseModel)):
            return None
        fields = {key_of(name): field.annotation for name, field in found.model_fields.items()}
        found = fields.get(str(part))
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None
