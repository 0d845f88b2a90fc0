"""Rules as rows: the ``*.yaml`` files beside this one.

A row says what must hold of a subject (:mod:`subjects`) and what Azure answers where it does not::

    nat_gateway_idle_timeout_is_in_range:
      sentence: A NAT gateway's idle timeout lies between 4 and 120 minutes.
      source: nat                       # a name from the file's `sources`, or an address
      when: {sku.name: Standard}        # optional: only where all of these hold
      must: {idleTimeoutInMinutes: {range: [4, 120]}}
      code: BadRequest
      message: NatGateway {$id} has idleTimeoutInMinutes {$value}.
      refused: {idleTimeoutInMinutes: 121}
      accepted: {idleTimeoutInMinutes: 120}

A row has one condition of :mod:`conditions`, such as ``must``, or ``calls`` a function of the module
beside the file, by its name or as a list with arguments. ``when`` says where it is asked at all, ``at``
at which operations (create and update unless told otherwise), ``each`` names a list whose items are
asked about one by one. ``parameter`` stands in place of ``code`` and wraps the message as AKS does for a
value it does not take.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.azure.refusal import Refusal
from sandbox.azure.request import Operation, Request
from sandbox.azure.rules.conditions import CONDITIONS, all_hold
from sandbox.azure.rules.subjects import Failures, Subject, subjects_of

# Ten times as fast where PyYAML was built with libyaml.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DIRECTORY: Final = Path(__file__).parent
_PLACEHOLDER: Final = re.compile(r"\{([^{}|]+)(?:\|([^{}]*))?\}")
_CALLS: Final = "calls"
_ASKED: Final = {*CONDITIONS, _CALLS}
_NEEDED: Final = {"sentence", "source", "message", "refused", "accepted"}
_ANSWERS: Final = {"code", "parameter"}
_OTHERS: Final = {"about", "at", "when", "each", "status", "says", "more"}
_NOT_TAKEN: Final = (
    "The value of parameter {} is invalid. Error details: {} "
    "Please see https://aka.ms/aks-naming-rules for more details."
)


@dataclass(frozen=True)
class Rule:
    """One row: ``condition`` yields what fails of a subject, ``content`` is the row as written."""

    name: str
    topic: str
    source: str
    types: tuple[str, ...]
    operations: tuple[Operation, ...]
    subjects: Callable[[Request], Iterator[Subject]]
    condition: Callable[[Subject], Failures]
    content: Mapping[str, Any]

    @property
    def sentence(self) -> str:
        """What holds where the rule refuses nothing."""
        return self.content["sentence"]

    def refusals(self, subjects: Iterable[Subject]) -> Iterator[Refusal]:
        """Yield what the rule refuses of the subjects of a request, the same words only once."""
        said: set[str] = set()
        each, when = self.content.get("each"), self.content.get("when", {})
        for whole in subjects:
            for subject in whole.items(each) if each else (whole,):
                for failure in self.condition(subject) if all_hold(subject, when) else ():
                    known = {**subject.known, **failure}
                    refusal = _refusal(self.content, replace(subject, known=known))
                    if refusal.message not in said:
                        said.add(refusal.message)
                        yield refusal


def read() -> Iterator[Rule]:
    """Yield the rules of all files, by the files' names."""
    for file in sorted(_DIRECTORY.glob("*.yaml")):
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a safe one
        for name, row in content["rules"].items():
            yield rule_of(name, row, content, file.stem)


def rule_of(name: str, row: Mapping[str, Any], file: Mapping[str, Any], module: str = "") -> Rule:
    """Return the rule that a row of a file says; ``module`` has the functions that the row calls.

    Raises ``ValueError`` where the row lacks something or has what no row has.
    """
    conditions, known = row.keys() & _ASKED, _ASKED | _NEEDED | _ANSWERS | _OTHERS
    is_whole = len(conditions) == 1 and row.keys() >= _NEEDED and len(row.keys() & _ANSWERS) == 1
    if not is_whole or row.keys() - known:
        raise ValueError(f"{name} is not a row of a rules file; see rows.py")
    about = row.get("about") or file["about"]
    found = [subjects_of(one) for one in (about if isinstance(about, list) else [about])]
    source, anchor, section = row["source"].partition("#")
    (condition,) = conditions
    return Rule(
        name=name,
        topic=file["topic"],
        source=file.get("sources", {}).get(source, source) + anchor + section,
        types=tuple(type_ for types, _ in found for type_ in types),
        operations=tuple(row.get("at", ("create", "update"))),
        subjects=found[0][1],
        condition=_condition(condition, row[condition], module),
        content=row,
    )


def _condition(name: str, argument: Any, module: str) -> Callable[[Subject], Failures]:  # noqa: ANN401  YAML
    if name in CONDITIONS:
        return partial(CONDITIONS[name], argument)
    name, *arguments = [argument] if isinstance(argument, str) else argument
    function = getattr(import_module(f"sandbox.azure.rules.{module}"), name)
    return lambda subject: function(subject, *arguments)


def _refusal(content: Mapping[str, Any], subject: Subject) -> Refusal:
    message = _filled(content["message"], subject)
    if "parameter" in content:
        parameter = _filled(content["parameter"], subject)
        return Refusal(400, "InvalidParameter", _NOT_TAKEN.format(parameter, message))
    return Refusal(content.get("status", 400), content["code"], message)


def _filled(template: str, subject: Subject) -> str:
    def fill(match: re.Match[str]) -> str:
        value = subject.value(match[1])
        return match[2] if value is None and match[2] is not None else _text(value)

    return _PLACEHOLDER.sub(fill, template)


def _text(value: object) -> str:
    """Return a value as a message shows it; numbers come as floats from the engine."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ",".join(map(_text, value)) if isinstance(value, list | tuple) else str(value)
