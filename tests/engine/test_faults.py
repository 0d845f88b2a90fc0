"""A sample of the faults of docs/reliability.md; `make faults` tries all of them."""

from __future__ import annotations

import pytest

from tests.faults.__main__ import main

pytestmark = [pytest.mark.engine, pytest.mark.scenario]


def test_a_sample_of_the_faults_is_survived(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick"]) == 0, capsys.readouterr().out
