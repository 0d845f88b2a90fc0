"""What a behaviour rule is, what it sees, and the list of all rules.

A rule is a row of a ``*.yaml`` file (:mod:`rows`) or one small function that reads a :class:`Request`
and yields a :class:`Refusal` for each thing that Azure would refuse. It changes nothing and asks nobody
but the :class:`CloudView`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sandbox.azure.refusal import Refusal

Operation = Literal["create", "update", "delete"]

EVERY_TYPE = "*"
"""The type under which a rule is asked about every resource."""


class ResourceView(Protocol):
    """One resource as the simulated cloud holds it; ``properties`` are its azure-native outputs."""

    @property
    def id(self) -> str:
        """Full ARM id."""
        ...

    @property
    def type(self) -> str:
        """ARM type."""
        ...

    @property
    def name(self) -> str:
        """Last segment of the id."""
        ...

    @property
    def location(self) -> str | None:
        """Azure location, ``None`` for what has none."""
        ...

    @property
    def properties(self) -> Mapping[str, Any]:
        """Outputs, flat and in camelCase."""
        ...


class CloudView(Protocol):
    """The reading half of the simulated cloud; ids and types compare without regard to case, as in ARM."""

    def get(self, resource_id: str, /) -> ResourceView | None:
        """Return the resource with this id."""
        ...

    def children(self, resource_id: str, /) -> Sequence[ResourceView]:
        """Return the resources directly below this id."""
        ...

    def of_type(self, arm_type: str, /) -> Sequence[ResourceView]:
        """Return the resources of one ARM type."""
        ...

    def referencing(self, resource_id: str, /) -> Sequence[ResourceView]:
        """Return the resources whose properties name this id."""
        ...


@dataclass(frozen=True)
class Request:
    """One write that Azure Resource Manager is asked for.

    ``properties`` are the azure-native inputs, flat and in camelCase, empty for a delete; ``current`` is what
    the cloud holds (azure-native outputs), ``None`` for a create.
    """

    operation: Operation
    type: str
    id: str
    properties: Mapping[str, Any]
    current: Mapping[str, Any] | None
    cloud: CloudView
    subscription_id: str


Check = Callable[[Request], Iterator[Refusal]]


@dataclass(frozen=True)
class RuleInfo:
    """One rule as ``python -m sandbox rules`` and ``docs/sandbox.md`` list it."""

    name: str
    types: tuple[str, ...]
    operations: tuple[Operation, ...]
    sentence: str
    source: str
    check: Check
    topic: str


_rules: list[RuleInfo] = []
_rules_by_type: defaultdict[tuple[str, Operation], list[Check]] = defaultdict(list)


def rule(
    *types: str, on: Sequence[Operation] = ("create", "update"), source: str
) -> Callable[[Check], Check]:
    """Enter a function as the rule for these ARM types and operations.

    ``source`` is the page that says what Azure does. The function's docstring is the one sentence that the
    table of rules shows; a function without one, or a rule without types, raises ``TypeError``.
    """

    def enter(check: Check) -> Check:
        sentence = " ".join((check.__doc__ or "").split())
        if not sentence or not types:
            raise TypeError(f"rule {check.__name__} needs a docstring and at least one type")
        topic = (sys.modules[check.__module__].__doc__ or "").strip().partition("\n")[0].rstrip(".")
        add(RuleInfo(check.__name__, types, tuple(on), sentence, source, check, topic))
        return check

    return enter


def add(info: RuleInfo) -> None:
    """Enter a rule."""
    _rules.append(info)
    for operation in info.operations:
        for type_ in info.types:
            _rules_by_type[type_.lower(), operation].append(info.check)


def checks_of(arm_type: str, operation: Operation) -> list[Check]:
    """Return the rules that a write is put to: first those of every type, then those of its own."""
    types = (EVERY_TYPE, arm_type.lower())
    return [check for type_ in types for check in _rules_by_type.get((type_, operation), ())]


def table() -> list[RuleInfo]:
    """Return every rule, in the order in which the topics and their files state them."""
    return list(_rules)
