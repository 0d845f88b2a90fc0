"""The stack files that users copy from `scenarios/` load, and fit the schema that editors read."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.unit.settings.stack import read
from tools.docs import CHECKOUT

SCENARIOS = sorted((CHECKOUT / "scenarios").glob("*.yaml"))
SCHEMA = json.loads((CHECKOUT / "settings" / "stack.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_a_scenario_loads_and_says_what_it_is_for(file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    schema, purpose = text.splitlines()[:2]
    assert schema == "# yaml-language-server: $schema=settings/stack.schema.json"
    assert purpose.startswith(f"# {file.stem}: ")
    assert list(jsonschema.Draft7Validator(SCHEMA).iter_errors(yaml.safe_load(text))) == []
    assert read(text, tmp_path, stack=file.stem).protect, "what is copied for production is safe by default"
