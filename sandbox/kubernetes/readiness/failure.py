"""An object that never will be ready."""

from __future__ import annotations


class FailedError(Exception):
    """There is no use in waiting any longer.

    Attributes:
        reasons: why, each a sentence.
    """

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons
