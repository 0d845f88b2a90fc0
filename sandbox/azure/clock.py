"""Simulated time, kept in the cloud file: nobody waits for it."""

from __future__ import annotations

from sandbox.azure.cloud import Cloud


class Clock:
    """Seconds of simulated time since the cloud was made.

    Each operation advances it by its duration, even if Azure would run several at once: it decides when
    faults end, not how long an update takes.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def now(self) -> float:
        """The simulated time in seconds."""
        ((seconds,),) = self._cloud.execute("SELECT seconds FROM clock")
        return seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._cloud.execute("UPDATE clock SET seconds = seconds + ?", seconds)
