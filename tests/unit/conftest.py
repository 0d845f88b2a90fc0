"""What every unit test has."""

from datetime import date

import pytest

from azure_facts import versions


@pytest.fixture(autouse=True)
def a_day_in_november_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    """Support for Kubernetes versions ends by date: the tests' expectations are of this day."""
    monkeypatch.setattr(versions, "today", lambda: date(2026, 11, 27))
