"""The table of docs/reliability.md lists the faults that `make faults` tries, in its words."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from tests.faults import injections
from tests.faults.__main__ import row
from tests.faults.fault import Fault, Outcome, faults

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reliability.md"


def test_the_page_has_a_row_of_each_fault_in_its_words() -> None:
    of_faults, _, _ = PAGE.read_text(encoding="utf-8").partition("\n## ")
    lines = [line for line in of_faults.splitlines() if line.startswith("| ")][1:]
    written = [line.rsplit(" | ", 3)[0] for line in lines]
    assert written == [row(fault, Outcome()).rsplit(" | ", 3)[0] for fault in faults()]


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.noun)
def test_each_injection_exists_and_takes_its_arguments(fault: Fault) -> None:
    assert fault.stack in ("new", "built")
    injection = getattr(injections, fault.injection)
    inspect.signature(injection).bind(None, **fault.arguments)
    assert (inspect.signature(injection).return_annotation == "str") == (not fault.command)
