"""Pydantic's errors in the words of a problem: limit, reason, remedy."""

import json
import re
from typing import Any, Final

from pydantic_core import ErrorDetails

from settings.errors import Problem
from settings.model import REFUSED, Required, SettingsModel, keys_of
from settings.shape import Step, steps
from settings.spelling import nearest
from settings.stack_file import StackFile

_TYPES: Final = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "a map of keys",
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


Words = tuple[str, str, str]
"""What a problem says: limit, reason, and what to write."""


def problem_of(error: ErrorDetails, model: type[SettingsModel], file: StackFile) -> Problem:
    """The problem that ``error`` reports about a value of ``file`` read as ``model``."""
    way = steps(model, error["loc"])
    path = tuple(step.part for step in way)
    key = path[-1] if isinstance(path[-1], str) else ""
    value: object = error["input"]
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "missing" | "too_short":
            words = _missing(way[-1], key)
        case "extra_forbidden":
            words = _unknown_key(way[-1], key, value)
        case "union_tag_invalid":
            path = (*path, "kind")
            words = _one_of(
                "kind", re.findall(r"'([^']*)'", context["expected_tags"]), error["input"]["kind"]
            )
        case "literal_error":
            words = _one_of(key, re.findall(r"'([^']*)'", context["expected"]), value)
        case kind if kind == REFUSED:
            of_key = error["loc"][-1] == "[key]"
            words = (context["limit"], context["reason"], _entry("" if of_key else key, context["write"]))
        case kind if kind in _EXPECTED:
            words = _wrong_type(key, _EXPECTED[kind], value, file.unquoted(path, value))
        case _:
            words = (error["msg"], "this is something else", _entry(key, "<another value>"))
    return Problem(path, *words)


def as_written(value: object) -> str:
    """``value`` as a remedy repeats it under another key."""
    return "<the same>" if isinstance(value, dict | list) else json.dumps(value, ensure_ascii=False)


def _unknown_key(step: Step, key: str, value: object) -> Words:
    """The words for a key that does not exist in this place."""
    owner: type[SettingsModel] = step.owner
    if key in owner.never:
        never = owner.never[key]
        return (f"no {key} here", never.reason, never.instead or f"nothing: remove {key}")
    others = [kind for kind, model in step.kinds.items() if key in keys_of(model)]
    if others:
        kind = owner.model_fields["kind"].default
        reason = f"kind {kind} has no such setting"
        return (f"kind {' or '.join(others)}", reason, f"kind: {others[0]}, or remove {key}")
    known = sorted(key for key in keys_of(owner) if ":" not in key)
    limit, close = f"one of {', '.join(known)}", nearest(key, known)
    if close is None:
        return (limit, "there is no such setting, so it would have no effect", f"nothing: remove {key}")
    return (limit, f"there is no such setting; did you mean {close}?", f"{close}: {as_written(value)}")


def _one_of(key: str, allowed: list[str], value: object) -> Words:
    """The words for a value that is none of those ``allowed``."""
    *others, last = allowed
    limit = f"{', '.join(others)} or {last}" if others else last
    if value is None and "None" in allowed:
        return (limit, "null is not a value here; the word None is", _entry(key, "None"))
    if value is None:
        return _null(key, limit)
    if not isinstance(value, str):
        text = str(value) if str(value) in allowed else allowed[0]
        return (limit, f"it is {_type_of(value)}; Azure expects a string", _entry(key, json.dumps(text)))
    close = nearest(value, allowed)
    same = close is not None and close.casefold() == value.casefold()
    reason = "case matters" if same else "this program does not offer it"
    return (limit, reason, _entry(key, close or limit))


def _wrong_type(key: str, expected: str, value: object, unquoted: str | None) -> Words:
    """The words for a value whose type is not ``expected``, and which the file may have ``unquoted``."""
    if value is None:
        return _null(key, expected)
    if value == "":
        return (expected, "it is empty", f"nothing: remove {key or 'it'} to use the default")
    reason = f"it is {_type_of(value)}, and values are never converted"
    if expected == "a string" and isinstance(value, int | float) and not isinstance(value, bool):
        reason = "without quotes YAML reads it as a number, and trailing zeros are lost"
    return (expected, reason, _entry(key, _retyped(expected, value, unquoted)))


def _type_of(value: object) -> str:
    return _TYPES.get(type(value), "a value")


def _missing(step: Step, key: str) -> Words:
    field = step.owner.model_fields[keys_of(step.owner)[key]]
    marks = [mark for mark in field.metadata if isinstance(mark, Required)]
    required = marks[0] if marks else Required("it has no default", "<value>")
    return ("required", required.reason, f"{key}: {required.example}")


def _null(key: str, limit: str) -> Words:
    return (limit, "null is not allowed here", f"nothing: remove {key or 'it'} to use the default")


def _retyped(expected: str, value: object, unquoted: str | None) -> str:
    """What ``value`` would be as ``expected``, where that is plain."""
    text = str(value)
    match expected:
        case "a whole number" if re.fullmatch(r"-?\d+(\.0)?", text):
            return text.removesuffix(".0")
        case "a string" if not isinstance(value, dict | list):
            return json.dumps(unquoted or (text.lower() if isinstance(value, bool) else text))
        case "true or false" if text.casefold() in {"true", "yes", "on", "1"}:
            return "true"
        case "true or false" if text.casefold() in {"false", "no", "off", "0"}:
            return "false"
        case "a list" if not isinstance(value, dict):
            return json.dumps([value])
    return f"<{expected}>"


def _entry(key: str, value: str) -> str:
    """What to write: the key and its value, or the value alone in a list."""
    return f"{key}: {value}" if key else value
