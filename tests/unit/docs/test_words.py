"""What the pages name exists: settings, make targets, stacks, workflow variables."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from azure_facts import address_plan
from components.network.settings import NetworkSettings

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")] + sorted(
    path for path in ROOT.glob("docs/*.md") if path.name != "configuration.md"
)
SCHEMA = json.loads((ROOT / "settings" / "stack.schema.json").read_text(encoding="utf-8"))
CONFIG = {
    name.removeprefix("aks-platform:"): schema
    for name, schema in SCHEMA["properties"]["config"]["properties"].items()
    if name.startswith("aks-platform:")
}


def at(schema: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The schemas that `key` may have below `schema`."""
    named = re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema))
    parts = [schema, *(SCHEMA["$defs"][name] for name in named)]
    return [part["properties"][key] for part in parts if key in part.get("properties", {})]


def exists(path: str) -> bool:
    first, *rest = path.split(".")
    schemas = [CONFIG[first]] if first in CONFIG else []
    for key in rest:
        schemas = [below for schema in schemas for below in at(schema, key)]
    return bool(schemas)


def test_a_setting_that_does_not_exist_is_noticed() -> None:
    assert exists("network.egress.publicIpCount")
    assert not exists("network.egress.count")
    assert not exists("networks")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_a_page_names_by_its_path_exists(page: Path) -> None:
    sections = "|".join(CONFIG)
    named = re.findall(rf"`((?:{sections})(?:\.[a-zA-Z]+)+)[`:]", page.read_text(encoding="utf-8"))
    assert [path for path in named if not exists(path)] == []


def test_operations_names_settings() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert "`cluster.kubernetesVersion`" in text
    assert "`network.cni`" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_stack_that_a_page_names_exists(page: Path) -> None:
    stacks = {path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")}
    named = re.findall(r"(?:STACK=| -s |Pulumi\.)([a-z]+)\b(?!\()", page.read_text(encoding="utf-8"))
    # test is the environment that README makes; yaml is Pulumi.yaml itself.
    assert set(named) - stacks - {"test", "yaml"} == set()


def test_the_readme_names_every_variable_and_secret_of_the_workflows() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    workflows = [path.read_text(encoding="utf-8") for path in ROOT.glob(".github/workflows/*.yml")]
    wanted = {name for text in workflows for name in re.findall(r"(?:vars|secrets)\.([A-Z_]+)", text)}
    assert wanted
    assert {name for name in wanted if f"`{name}`" not in readme} == set()


def test_the_address_plan_of_the_picture_is_the_default_one() -> None:
    space = NetworkSettings().address_space
    picture = (ROOT / "docs" / "images" / "platform.svg").read_text(encoding="utf-8")
    wanted = {str(space), *map(str, address_plan.plan(space).values())}
    assert set(re.findall(r">(\d+\.\d+\.\d+\.\d+/\d+)<", picture)) == wanted
