"""Examples of what rules refuse and accept, as they stand beside the rows.

An example is a base of :data:`world.BASES` with changes by dotted path, ``null`` taking away. ``as``
names another base than that of the rule's first operation and type, ``id`` another id, and ``given``
what the cloud holds besides: changes of the platform's resources, new ones (``like`` another), or
``null`` for what it lacks. ``<NAME>`` stands for a constant of ``world.py``, ``{times: 3, item: a#}``
for a list of that length. ``says`` are the texts that fill the placeholders of the row's message, in
order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.azure.cloud import Cloud
from sandbox.azure.request import Request
from sandbox.azure.rules.rows import Rule, read
from sandbox.tests.unit.azure.rules import world
from sandbox.tests.unit.azure.rules.world import BASES, PLATFORM, changed, put, request

_OF_EVERY_TYPE = "publicIPAddresses"
_WRAPPED = (
    "The value of parameter {} is invalid. Error details: {} "
    "Please see https://aka.ms/aks-naming-rules for more details."
)


@dataclass(frozen=True)
class Example:
    """One request that a rule refuses, its answer, and a near-identical one that it accepts."""

    rule: Rule
    refused: Mapping[str, Any]
    answer: tuple[int, str, str]
    accepted: Mapping[str, Any]
    base: str

    def asked(self, example: Mapping[str, Any], cloud: Cloud) -> Request:
        """Prepare the cloud for one of the two requests, and return it."""
        base = example.get("as", self.base)
        default_id, properties = BASES[base]
        for resource_id, changes in example.get("given", {}).items():
            if changes is None:
                cloud.delete(resource_id)
            else:
                rest = {key: value for key, value in changes.items() if key != "like"}
                put(cloud, resource_id, changed(PLATFORM.get(changes.get("like", resource_id), {}), rest))
        changes = {key: value for key, value in example.items() if key not in ("as", "id", "given")}
        operation = base.split()[0]
        resource_id = example.get("id", default_id)
        return request(operation, resource_id, changed(properties, changes), cloud)


def examples() -> Iterator[Example]:
    """Yield the examples of all rules."""
    for rule in read():
        row = _expanded(rule.content)
        type_ = _OF_EVERY_TYPE if rule.types[0] == "*" else rule.types[0].rpartition("/")[2]
        for one in (row, *row.get("more", ())):
            answer = _answer(row, one.get("says", ()))
            yield Example(rule, one["refused"], answer, one["accepted"], f"{rule.operations[0]} {type_}")


def _answer(row: Mapping[str, Any], says: list[Any]) -> tuple[int, str, str]:
    message = row["message"]
    if "parameter" in row:
        message = _WRAPPED.format(row["parameter"], message)
    words = iter(says)
    message = re.sub(r"\{[^{}]+\}", lambda _: str(next(words)), message)
    assert next(words, None) is None
    return row.get("status", 400), row.get("code", "InvalidParameter"), message


def _expanded(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"<([A-Z_]+)>", lambda match: getattr(world, match[1]), value)
    if isinstance(value, list):
        return [_expanded(item) for item in value]
    if isinstance(value, Mapping) and "times" in value:
        return [_numbered(_expanded(value["item"]), number) for number in range(value["times"])]
    if isinstance(value, Mapping):
        return {_expanded(key): _expanded(item) for key, item in value.items()}
    return value


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, Mapping):
        return {key: _numbered(item, number) for key, item in value.items()}
    return value.replace("#", str(number))
