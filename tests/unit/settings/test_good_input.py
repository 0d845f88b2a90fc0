"""Unusual stack files that Azure takes are built, without a word.

Each case in ``good_input/`` is a stack file's config; some name the day that is ``today``.
"""

from pathlib import Path

import pytest
import yaml

from azure_facts import versions
from tests.unit.settings.stack import handed_over, read, text_of
from tests.unit.settings.test_bad_input import Case, cases
from tests.unit.test_program import run

GOOD = cases("good_input")


@pytest.mark.parametrize("case", GOOD, ids=lambda case: f"{case.topic}: {case.title}")
def test_good_input_is_read_without_a_warning_and_built(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "today", lambda: case.today)
    warnings: list[str] = []

    read(text_of(case.config), tmp_path, warn=warnings.append)
    built = run("dev", config=handed_over(yaml.safe_load(text_of(case.config))["config"]))

    assert warnings == []
    assert [resource.name for resource in built if resource.type.endswith(":ManagedCluster")] != []
