"""A provider stand-in that writes down how long it works on each request of the engine.

The stand-in is served as always; only its servicer is wrapped. What is measured is the time inside the
request handlers, without gRPC's transport and message parsing and without the start of the process.
"""

from __future__ import annotations

import json
import os
import runpy
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from sandbox.engine import plugin
from sandbox.engine.directory import ROOT_VARIABLE
from sandbox.engine.plugin_installation import PLUGINS, Plugin

_DIRECTORY: Final = "requests"

TIMED_PLUGINS: Final[Mapping[str, Plugin]] = {
    name: Plugin(distribution=known.distribution, module=f"benchmarks.timed_{name.replace('-', '_')}")
    for name, known in PLUGINS.items()
}
"""The sandbox's plugins with their requests timed, for `Engine(plugins=...)`."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request that a stand-in answered.

    Attributes:
        method: of the resource provider protocol, such as `Check`.
        start: on the clock that all processes of the computer share, in seconds.
        end: when the answer was ready, likewise.
        cpu_seconds: processor time of the thread that answered.
    """

    method: str
    start: float
    end: float
    cpu_seconds: float


def serve(module: str) -> None:
    """Serve the stand-in that `python -m module` serves, timed."""
    plain = plugin.serve
    log = Path(os.environ[ROOT_VARIABLE]) / _DIRECTORY / f"{module}-{os.getpid()}.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)

    def timed(servicer_factory: Callable[[], ResourceProviderServicer]) -> None:
        # gRPC asks a servicer for its methods by name, and for nothing else.
        plain(lambda: _Timed(servicer_factory(), log))  # type: ignore[return-value]

    plugin.serve = timed
    runpy.run_module(module, run_name="__main__")


class _Timed:
    """A servicer that appends a line to a file for each request: nothing is lost when it is killed."""

    def __init__(self, servicer: ResourceProviderServicer, log: Path) -> None:
        self._servicer = servicer
        self._log = log.open("a", encoding="utf-8", buffering=1)

    def __getattr__(self, name: str) -> Callable[[Any, Any], Any]:
        answer = getattr(self._servicer, name)

        def timed(request: object, context: object) -> object:
            start, cpu = time.monotonic(), time.thread_time()
            try:
                return answer(request, context)
            finally:
                cpu = time.thread_time() - cpu
                line = {"method": name, "start": start, "end": time.monotonic(), "cpu_seconds": cpu}
                self._log.write(json.dumps(line) + "\n")

        return timed


def take_requests(root: Path) -> tuple[Request, ...]:
    """The requests that the stand-ins of the sandbox in *root* answered since this was last called."""
    taken: list[Request] = []
    for log in sorted((root / _DIRECTORY).glob("*.jsonl")):
        taken += [Request(**json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]
        log.unlink()
    return tuple(taken)


def busy_seconds(requests: Sequence[Request]) -> float:
    """How long at least one of *requests* was being worked on."""
    total = 0.0
    until = 0.0
    for request in sorted(requests, key=lambda each: each.start):
        total += max(0.0, request.end - max(request.start, until))
        until = max(until, request.end)
    return total


def cpu_seconds(requests: Iterable[Request]) -> float:
    """Processor time of *requests* together."""
    return sum(request.cpu_seconds for request in requests)
