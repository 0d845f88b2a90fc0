"""The rows of faults.yaml, and what came of trying them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


class Skipped(Exception):  # noqa: N818 - it is no error
    """The fault cannot be tried on this computer; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One row. faults.yaml says what the fields mean."""

    noun: str
    stack: str
    injection: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    told: str
    says: str = ""
    remedy: Sequence[str]
    tries: tuple[int, int]


@dataclass(kw_only=True)
class Outcome:
    """What came of the tries of one fault.

    Attributes:
        tried: how many there were.
        lost: resources that a stack without faults holds, and one of these did not in the end.
        doubled: resources that one of these held beside them.
        failures: a sentence for each try that was not survived.
        skipped: why it was not tried.
    """

    tried: int = 0
    lost: int = 0
    doubled: int = 0
    failures: list[str] = field(default_factory=list)
    skipped: str = ""

    def note(self, held: Counter[str], whole: Counter[str]) -> None:
        """Compare what a stack *held* in the end with a *whole* one."""
        lost, doubled = whole - held, held - whole
        self.lost += lost.total()
        self.doubled += doubled.total()
        if lost or doubled:
            self.failures.append(f"lost {dict(lost)}, doubled {dict(doubled)}")


def faults() -> list[Fault]:
    """All rows, in order."""
    rows = yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8"))
    return [Fault(noun=noun, **row) for noun, row in rows.items()]
