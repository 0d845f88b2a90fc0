"""What Azure can be told to get wrong: errors that pass and errors that stay, delays, and things half made.

Faults are kept in the cloud file, so that a plugin that runs already sees them at its next request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from sandbox.azure.clock import Clock
from sandbox.azure.cloud import Cloud
from sandbox.azure.refusal import Refusal
from sandbox.engine.engine_error import EngineError
from sandbox.programs.console import duration

Effect = Literal["refuse", "fail", "delay", "hide"]
"""`refuse` answers with an error, `fail` begins the operation and ends it with an error, `delay` lets it take
longer, `hide` does not see role assignments that were made after the fault was added."""

_FILE: Final = Path(__file__).with_name("faults.yaml")
_WRITES: Final = ("create", "update", "delete")
_SIZE: Final = re.compile(r"(?:Standard_)?([A-Z]+?)(\d+)[\d-]*([a-z]*)(?:_[A-Z]\w*?)?(_v\d+)?", re.ASCII)


class FaultError(EngineError):
    """A fault cannot be added or cleared as it was asked for."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What Azure is asked for, as far as faults look at it. `vm_sizes` are those of its virtual machines."""

    operation: str
    type: str
    id: str
    location: str = ""
    vm_sizes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of fault, known by Azure's error code; a row of `faults.yaml`.

    Attributes:
        effect: what it does to a request.
        status: HTTP status of the answer.
        message: Azure's sentence, with the request's values in braces.
        seconds: the `Retry-After` of the answer, or how much longer the operation takes.
        for_vms: whether it meets only requests for virtual machines.
        source: where Azure's answer, or its behaviour, is from.
    """

    effect: Effect
    status: int = 200
    message: str = ""
    seconds: float = 0
    for_vms: bool = False
    source: str

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that it meets where a fault names none."""
        return _WRITES[:2] if self.for_vms or self.effect in ("fail", "hide") else _WRITES


@cache
def kinds() -> dict[str, Kind]:
    """What Azure can be told to do, by its code."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {code: Kind(**row) for code, row in rows.items()}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What Azure was told to do, and to which requests. A pattern may hold `*` and `?`; case does not matter.

    Attributes:
        kind: Azure's code, a key of :func:`kinds`.
        type: pattern of the Azure Resource Manager type, or of its last segment.
        name: pattern of the resource's name.
        operation: `create`, `update`, `delete` or `read`; those of the kind where it is empty.
        location: pattern of the location, which a request may leave out.
        vm_size: pattern of a virtual machine size.
        count: how many requests it meets; None for any number.
        until: the simulated time in seconds at which it ends; None for never.
        seconds: instead of the kind's.
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
    added: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="microseconds"))

    @property
    def effect(self) -> Effect:
        """What it does to a request that it meets."""
        return kinds()[self.kind].effect

    @property
    def delay(self) -> float:
        """`Retry-After` of its answer, or how much longer an operation takes, in seconds."""
        return kinds()[self.kind].seconds if self.seconds is None else self.seconds

    def meets(self, request: Request) -> bool:
        """Whether it is for this request."""
        kind = kinds()[self.kind]
        sizes = request.vm_sizes if kind.for_vms or self.vm_size != "*" else ("",)
        return (
            request.operation in ((self.operation,) if self.operation else kind.operations)
            and any(_matches(self.type, type_) for type_ in (request.type, request.type.rpartition("/")[2]))
            and _matches(self.name, request.id.rpartition("/")[2])
            and _matches(self.location, request.location)
            and any(_matches(self.vm_size, size) for size in sizes)
        )

    def described(self, now: float) -> str:
        """What it is and what it meets, for people; *now* is the simulated time."""
        meets = {
            "operation": self.operation or "/".join(kinds()[self.kind].operations),
            "type": self.type,
            "name": self.name,
            "location": self.location,
            "VM size": self.vm_size,
        }
        parts = [f"{name} {pattern}" for name, pattern in meets.items() if pattern != "*"]
        parts.append("every request" if self.count is None else f"{self.count} more")
        if self.until is not None:
            parts.append(f"for {duration(self.until - now)} yet")
        return ", ".join([self.kind, *parts])

    def refusal(self, request: Request) -> Refusal:
        """Azure's answer to a request that it meets."""
        kind = kinds()[self.kind]
        size = next((size for size in request.vm_sizes if _matches(self.vm_size, size)), "")
        cpus, family = _cpus_and_family(size)
        message = kind.message.format(
            subscription=f"{request.id}//".split("/")[2],
            method={"read": "GET", "delete": "DELETE"}.get(request.operation, "PUT"),
            type=request.type.upper(),
            namespace=request.type.partition("/")[0],
            name=request.id.rpartition("/")[2],
            location=request.location,
            seconds=f"{self.delay:g}",
            size=size,
            cpus=cpus,
            family=family,
        )
        return Refusal(kind.status, self.kind, message)


class Faults:
    """The faults of a simulated cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._clock = Clock(cloud)

    def add(self, fault: Fault, lasting: float | None = None) -> int:
        """Let a fault meet requests from now on, and return its number.

        Args:
            fault: what Azure is told to do.
            lasting: the simulated seconds after which it ends; never by default.

        Raises:
            FaultError: there is no such kind, or a number is not one that it takes.
        """
        kind = next((code for code in kinds() if code.lower() == fault.kind.lower()), None)
        if kind is None:
            raise FaultError(f"There is no fault {fault.kind!r}. Write one of: {', '.join(kinds())}.")
        for name, value, least in (
            ("count", fault.count, 1),
            ("for", lasting, 0),
            ("seconds", fault.seconds, 0),
        ):
            if value is not None and value < least:
                raise FaultError(f"{name}: {value:g} is too small for a fault. Write {least} or more.")
        until = fault.until if lasting is None else self._clock.now() + lasting
        known = json.dumps(asdict(replace(fault, kind=kind, until=until)))
        ((number,),) = self._cloud.execute("INSERT INTO faults (fault) VALUES (?) RETURNING number", known)
        return number

    def all(self) -> dict[int, Fault]:
        """The faults that can still meet a request, by number."""
        now = self._clock.now()
        rows = self._cloud.execute("SELECT number, fault FROM faults ORDER BY number")
        faults = {number: Fault(**json.loads(fault)) for number, fault in rows}
        return {number: fault for number, fault in faults.items() if fault.until is None or now < fault.until}

    def clear(self, *numbers: int) -> None:
        """End faults; all of them where no number is given.

        Raises:
            FaultError: there is no fault of a number.
        """
        unknown = sorted(set(numbers) - self.all().keys())
        if unknown:
            raise FaultError(f"There is no fault {unknown[0]}. `faults list` shows those that there are.")
        for number in numbers or self.all():
            self._cloud.execute("DELETE FROM faults WHERE number = ?", number)

    def meet(self, request: Request) -> list[Fault]:
        """The faults that a request meets, which count it; nothing comes after one that refuses it."""
        if not self._cloud.execute("SELECT 1 FROM faults LIMIT 1"):
            return []
        with self._cloud.transaction():
            return list(self._met(request))

    def _met(self, request: Request) -> Iterator[Fault]:
        for number, fault in self.all().items():
            if not fault.meets(request):
                continue
            if fault.count == 1:
                self._cloud.execute("DELETE FROM faults WHERE number = ?", number)
            elif fault.count is not None:
                left = json.dumps(asdict(replace(fault, count=fault.count - 1)))
                self._cloud.execute("UPDATE faults SET fault = ? WHERE number = ?", left, number)
            yield fault
            if fault.effect == "refuse":
                return


def vm_sizes(inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """The virtual machine sizes that a cluster or an agent pool asks for."""
    pools = (inputs, *(inputs.get("agentPoolProfiles") or ()))
    return tuple(str(pool["vmSize"]) for pool in pools if pool.get("vmSize"))


def _matches(pattern: str, value: str) -> bool:
    return fnmatchcase(value.lower(), pattern.lower())


def _cpus_and_family(size: str) -> tuple[str, str]:
    """How many cores a size has and which family it counts to, as the size's name tells."""
    found = _SIZE.fullmatch(size)
    if found is None:
        return "0", size
    letters, cpus, features, version = found.groups(default="")
    return cpus, f"standard{letters}{features.upper()}{version.lstrip('_')}Family"
