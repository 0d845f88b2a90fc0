"""Faults of the simulated Azure: transient and lasting errors, delays, and half-made resources.

They are kept in the cloud file, so a running plugin sees them at its next request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from sandbox.azure.cloud import Cloud, now
from sandbox.azure.facts.vm_sizes import vm_size
from sandbox.azure.refusal import Refusal
from sandbox.azure.request import Request
from sandbox.azure.rules.reading import location_of
from sandbox.engine.engine_error import EngineError
from sandbox.programs.console import duration

Effect = Literal["refuse", "fail", "delay", "hide", "order", "outside"]
"""`refuse` answers with an error; `fail` starts the operation, which ends in the state Failed; `delay` makes
it take longer; `hide` hides resources of one type that were made after the fault was added; `order` lists the
pools of a cluster in another order than that of their creation; `outside` keeps the caller outside of virtual
networks, where no private name resolves."""

BY_NAME: Final = "AgentPoolsByName"

_FILE: Final = Path(__file__).with_name("faults.yaml")
_WRITES: Final = ("create", "update", "delete")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of fault, known by Azure's error code; a row of `faults.yaml`.

    Attributes:
        effect: what it does to a request.
        status: HTTP status of the answer.
        message: Azure's message; names in braces stand for values of the request.
        seconds: the `Retry-After` of the answer, or how much longer the operation takes.
        for_vms: whether it applies only to requests that ask for virtual machines.
        hides: Azure Resource Manager type of the resources that `hide` hides.
        for_pools_with: the property of a node pool that it applies to alone; empty for every request.
        source: where Azure's answer or behaviour was seen.
    """

    effect: Effect
    status: int = 200
    message: str = ""
    seconds: float = 0
    for_vms: bool = False
    hides: str = ""
    for_pools_with: str = ""
    source: str

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that it applies to by default."""
        if self.effect == "order":
            return ("create", "update", "read")
        if self.effect == "outside":
            return ("read",)
        return _WRITES[:2] if self.for_vms or self.effect in ("fail", "hide") else _WRITES


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by their code."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {code: Kind(**row) for code, row in rows.items()}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A kind of fault and the requests that it applies to. Patterns take `*` and `?` and ignore case.

    Attributes:
        kind: Azure's code, a key of :func:`kinds`.
        type: pattern of the Azure Resource Manager type, or of its last segment.
        name: pattern of the resource's name.
        operation: `create`, `update`, `delete` or `read`; empty for the defaults of the kind.
        location: pattern of the location.
        vm_size: pattern of a virtual machine size.
        count: how many more requests it applies to; None for no limit.
        until: the simulated time in seconds at which it ends; None for never.
        seconds: replaces the figure of the kind.
        added: when it was added.
    """

    kind: str
    type: str = "*"
    name: str = "*"
    operation: str = ""
    location: str = "*"
    vm_size: str = "*"
    count: int | None = None
    until: float | None = None
    seconds: float | None = None
    added: str = field(default_factory=now)

    @property
    def effect(self) -> Effect:
        """What it does to a request."""
        return kinds()[self.kind].effect

    @property
    def hides(self) -> str:
        """The type of the resources that it hides; empty where it hides none."""
        return kinds()[self.kind].hides

    @property
    def delay(self) -> float:
        """`Retry-After` of its answer, or how much longer an operation takes, in seconds."""
        return kinds()[self.kind].seconds if self.seconds is None else self.seconds

    def applies_to(self, request: Request) -> bool:
        """Whether it applies to a request."""
        kind = kinds()[self.kind]
        sizes = _vm_sizes(request) if kind.for_vms or self.vm_size != "*" else [""]
        return (
            request.operation in ((self.operation,) if self.operation else kind.operations)
            and any(_matches(self.type, type_) for type_ in (request.type, request.type.rpartition("/")[2]))
            and _matches(self.name, request.name)
            and (self.location == "*" or _matches(self.location, location_of(request) or ""))
            and (not kind.for_pools_with or any(pool.get(kind.for_pools_with) for pool in _pools(request)))
            and any(_matches(self.vm_size, size) for size in sizes)
        )

    def described(self, now: float) -> str:
        """The fault in one line for people; *now* is the simulated time."""
        operations = self.operation or "/".join(kinds()[self.kind].operations)
        patterns = {"type": self.type, "name": self.name, "location": self.location, "VM size": self.vm_size}
        parts = [self.kind, f"operation {operations}"]
        parts += [f"{name} {pattern}" for name, pattern in patterns.items() if pattern != "*"]
        if self.count is not None:
            parts.append(f"requests left: {self.count}")
        if self.until is not None:
            parts.append(f"{duration(self.until - now)} left")
        return ", ".join(parts)

    def refusal(self, request: Request) -> Refusal:
        """Azure's answer to a request that it applies to."""
        kind = kinds()[self.kind]
        size = next((size for size in _vm_sizes(request) if _matches(self.vm_size, size)), "")
        known = vm_size(size)
        message = kind.message.format(
            subscription=request.subscription_id,
            method={"read": "GET", "delete": "DELETE"}.get(request.operation, "PUT"),
            type=request.type.upper(),
            namespace=request.type.partition("/")[0],
            name=request.name,
            location=location_of(request) or "",
            seconds=f"{self.delay:g}",
            size=size,
            cpus=known.vcpus if known else 0,
            family=known.quota_family if known else size,
        )
        return Refusal(kind.status, self.kind, message)


class Faults:
    """The faults of a simulated cloud, and the simulated time that ends them.

    The time is in seconds since the cloud was made, and passes without waiting. Each operation advances it by
    its duration, even if Azure would run several at once, so it does not show how long an update takes.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def now(self) -> float:
        """The simulated time."""
        ((seconds,),) = self._cloud.execute("SELECT seconds FROM clock")
        return seconds

    def wait(self, seconds: float) -> None:
        """Let simulated time pass."""
        self._cloud.execute("UPDATE clock SET seconds = seconds + ?", seconds)

    def add(self, fault: Fault, lasting: float | None = None) -> int:
        """Add a fault and return its number.

        Args:
            fault: the fault.
            lasting: the simulated seconds after which it ends; by default it does not.

        Raises:
            EngineError: the kind is unknown, or a number is too small.
        """
        kind = next((code for code in kinds() if code.lower() == fault.kind.lower()), None)
        if kind is None:
            raise EngineError(f"Unknown fault {fault.kind!r}. Write one of: {', '.join(kinds())}.")
        limits = ("count", fault.count, 1), ("for", lasting, 0), ("seconds", fault.seconds, 0)
        for name, value, least in limits:
            if value is not None and value < least:
                raise EngineError(f"{name}: {value:g} is too small. Write {least} or more.")
        until = fault.until if lasting is None else self.now() + lasting
        known = json.dumps(asdict(replace(fault, kind=kind, until=until)))
        ((number,),) = self._cloud.execute("INSERT INTO faults (fault) VALUES (?) RETURNING number", known)
        return number

    def all(self) -> dict[int, Fault]:
        """The faults that have not ended, by number."""
        now = self.now()
        rows = self._cloud.execute("SELECT number, fault FROM faults ORDER BY number")
        faults = {number: Fault(**json.loads(fault)) for number, fault in rows}
        return {number: fault for number, fault in faults.items() if fault.until is None or now < fault.until}

    def clear(self, *numbers: int) -> None:
        """Remove the faults of these numbers, or all.

        Raises:
            EngineError: there is no fault with one of the numbers.
        """
        unknown = sorted(set(numbers) - self.all().keys())
        if unknown:
            raise EngineError(f"There is no fault {unknown[0]}. See `faults list`.")
        for number in numbers or self.all():
            self._cloud.execute("DELETE FROM faults WHERE number = ?", number)

    def strike(self, request: Request) -> list[Fault]:
        """The faults that apply to a request, up to the first that refuses it. Each counts the request."""
        if not self._cloud.execute("SELECT 1 FROM faults LIMIT 1"):
            return []
        with self._cloud.transaction():
            return list(self._striking(request))

    def _striking(self, request: Request) -> Iterator[Fault]:
        for number, fault in self.all().items():
            if not fault.applies_to(request):
                continue
            if fault.count == 1:
                self._cloud.execute("DELETE FROM faults WHERE number = ?", number)
            elif fault.count is not None:
                count = "UPDATE faults SET fault = json_set(fault, '$.count', ?) WHERE number = ?"
                self._cloud.execute(count, fault.count - 1, number)
            yield fault
            if fault.effect == "refuse":
                return


def _vm_sizes(request: Request) -> list[str]:
    """The virtual machine sizes that a cluster or an agent pool asks for."""
    return [str(pool["vmSize"]) for pool in _pools(request) if pool.get("vmSize")]


def _pools(request: Request) -> tuple[Mapping[str, Any], ...]:
    """What a cluster or an agent pool asks for, pool by pool."""
    properties = request.properties or request.current
    return (properties, *(properties.get("agentPoolProfiles") or ()))


def _matches(pattern: str, value: str) -> bool:
    return fnmatchcase(value.lower(), pattern.lower())
