"""What a command costs: wall time, processor time and memory of all its processes together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import psutil

_SAMPLING_SECONDS: Final = 0.05

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What one command cost.

    Attributes:
        wall_seconds: from its start to its end.
        cpu_seconds: user and system time of all its processes, as of each one's last sample: a twentieth of a
            second at most is missed of each.
        peak_memory_bytes: largest sum of the resident memory of the processes that ran at the same time;
            pages that several share are counted for each.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_memory_bytes: int


def measure(command: Callable[[], T]) -> tuple[T, Measurement]:
    """Run *command*, and measure the processes that this process gets by it."""
    sampler = _Sampler()
    start = time.perf_counter()
    sampler.start()
    try:
        result = command()
    finally:
        wall = time.perf_counter() - start
        sampler.stop()
    return result, Measurement(
        wall_seconds=wall, cpu_seconds=sum(sampler.cpu_seconds.values()), peak_memory_bytes=sampler.peak
    )


class _Sampler:
    """Looks at this process's descendants every twentieth of a second, but for those that it had before."""

    def __init__(self) -> None:
        self.cpu_seconds: dict[int, float] = {}
        self.peak = 0
        self._process = psutil.Process()
        self._earlier = frozenset(self._process.children(recursive=True))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._sample()
            self._ended.wait(_SAMPLING_SECONDS)

    def _sample(self) -> None:
        resident = 0
        for process in set(self._process.children(recursive=True)) - self._earlier:
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    resident += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
            self.cpu_seconds[process.pid] = times.user + times.system
        self.peak = max(self.peak, resident)
