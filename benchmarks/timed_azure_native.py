"""The sandbox's azure-native plugin, which writes down how long it works on each request of the engine.

It is served as always; only its servicer is wrapped. What is measured is processor time inside the request
handlers, without gRPC's transport and message parsing and without the start of the process.
"""

from __future__ import annotations

import dataclasses
import os
import runpy
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from sandbox.engine import plugin, plugin_installation
from sandbox.engine.directory import ROOT_VARIABLE
from sandbox.engine.plugin_installation import Plugin

_LOG: Final = "requests-of-azure-native.txt"
_TIMED: Final = plugin_installation.PLUGINS["azure-native"]
_OURS: Final = dataclasses.replace(
    _TIMED, module="benchmarks.timed_azure_native", path=Path(__file__).resolve().parent.parent
)

PLUGINS: Final[Mapping[str, Plugin]] = {**plugin_installation.PLUGINS, "azure-native": _OURS}
"""The sandbox's plugins, that of azure-native with its requests timed, for `Engine(plugins=...)`."""


class _Timed:
    """A servicer that appends method and seconds to a file for each request: a killed one loses nothing."""

    def __init__(self, servicer: ResourceProviderServicer, log: Path) -> None:
        self._servicer = servicer
        self._log = log.open("a", encoding="utf-8", buffering=1)

    def __getattr__(self, name: str) -> Callable[[Any, Any], Any]:
        answer = getattr(self._servicer, name)

        def timed(request: object, context: object) -> object:
            start = time.thread_time()
            try:
                return answer(request, context)
            finally:
                self._log.write(f"{name} {time.thread_time() - start}\n")

        return timed


def serve() -> None:
    """Serve the plugin, timed."""
    plain = plugin.serve
    log = Path(os.environ[ROOT_VARIABLE]) / _LOG
    # gRPC asks a servicer for its methods by name, and for nothing else.
    plugin.serve = lambda factory: plain(lambda: _Timed(factory(), log))  # type: ignore[return-value]
    runpy.run_module(_TIMED.module, run_name="__main__")


def take_milliseconds_per_resource(root: Path) -> float:
    """Processor time of the requests in the sandbox at *root* since this was last called, by `Create`."""
    log = root / _LOG
    requests = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
    log.unlink()
    created = sum(method == "Create" for method, _ in requests)
    return sum(float(seconds) for _, seconds in requests) * 1000 / created


if __name__ == "__main__":
    serve()
