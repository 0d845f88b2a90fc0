"""Simulated time: nobody waits for it, and it is kept in the cloud file."""

from __future__ import annotations

from sandbox.azure.cloud import Cloud


class Clock:
    """The seconds that Azure would have been at work since the cloud was made.

    Operations advance it one after the other by what each takes, also those that Azure does at the same
    time: it says what has expired, not how long a run takes.
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
