"""Examples of what rules refuse and accept, as they stand beside the rows and in ``examples.yaml``.

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
from pathlib import Path
from typing import Any

import yaml

import sandbox.azure.rules
from sandbox.azure.cloud import Cloud
from sandbox.azure.rules import Request, RuleInfo, table
from sandbox.tests.unit.azure.rules import world
from sandbox.tests.unit.azure.rules.world import BASES, PLATFORM, changed, put, request

RULES = {info.name: info for info in table()}
_SUBJECTS = {"node pool": "agentPools", "security rule": "networkSecurityGroups", "*": "publicIPAddresses"}
_WRAPPED = (
    "The value of parameter {} is invalid. Error details: {} "
    "Please see https://aka.ms/aks-naming-rules for more details."
)


@dataclass(frozen=True)
class Example:
    """One request that a rule refuses, its answer, and a near-identical one that it accepts."""

    rule: RuleInfo
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
    for file in sorted(Path(sandbox.azure.rules.__file__).parent.glob("*.yaml")):
        content = _read(file)
        for name, row in content["rules"].items():
            about = row.get("about") or content["about"]
            first = about[0] if isinstance(about, list) else about
            for one in (row, *row.get("more", ())):
                yield _example(name, one, _SUBJECTS.get(first) or first, _answer(row, one.get("says", ())))
    for name, ones in _read(Path(__file__).parent / "examples.yaml").items():
        first = RULES[name].types[0]
        for one in ones:
            yield _example(
                name, one, _SUBJECTS.get(first) or first, (one["status"], one["code"], one["message"])
            )


def _example(name: str, one: Mapping[str, Any], type_: str, answer: tuple[int, str, str]) -> Example:
    base = f"{RULES[name].operations[0]} {type_.rpartition('/')[2]}"
    return Example(RULES[name], one["refused"], answer, one["accepted"], base)


def _answer(row: Mapping[str, Any], says: list[Any]) -> tuple[int, str, str]:
    message = row["message"]
    if "parameter" in row:
        message = _WRAPPED.format(row["parameter"], message)
    words = iter(says)
    message = re.sub(r"\{[^{}]+\}", lambda _: str(next(words)), message)
    assert next(words, None) is None
    return row.get("status", 400), row.get("code", "InvalidParameter"), message


def _read(file: Path) -> Any:
    return _expanded(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def _expanded(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"<([A-Z_]+)>", lambda match: getattr(world, match[1]), value)
    if isinstance(value, list):
        return [_expanded(item) for item in value]
    if isinstance(value, dict) and "times" in value:
        return [_numbered(_expanded(value["item"]), number) for number in range(value["times"])]
    if isinstance(value, dict):
        return {_expanded(key): _expanded(item) for key, item in value.items()}
    return value


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {key: _numbered(item, number) for key, item in value.items()}
    return value.replace("#", str(number))
