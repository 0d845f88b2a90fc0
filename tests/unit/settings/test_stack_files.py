"""The three environments load, differ where they should, and are short; Pulumi.yaml knows every key."""

import json
from itertools import combinations
from pathlib import Path

import jsonschema
import pytest
import yaml

from components.nodepool.settings import GpuNodePoolSettings
from components.settings import Settings
from settings.model import keys_of
from tests.unit.settings.stack import PROJECT, read
from tools.docs import CHECKOUT

STACKS = ("dev", "staging", "prod")
SCHEMA = json.loads((CHECKOUT / "settings" / "stack.schema.json").read_text(encoding="utf-8"))
PROJECT_FILE = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text(encoding="utf-8"))
OWN_CONFIG = {key: entry for key, entry in PROJECT_FILE["config"].items() if ":" not in key}


def _text(stack: str) -> str:
    return (CHECKOUT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")


@pytest.fixture
def stacks(tmp_path: Path) -> dict[str, Settings]:
    return {stack: read(_text(stack), tmp_path, stack=stack) for stack in STACKS}


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_fits_the_editors_schema(stack: str) -> None:
    assert list(jsonschema.Draft7Validator(SCHEMA).iter_errors(yaml.safe_load(_text(stack)))) == []


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_is_short_and_tells_editors_its_schema(stack: str) -> None:
    lines = _text(stack).splitlines()

    assert lines[0] == "# yaml-language-server: $schema=settings/stack.schema.json"
    assert lines[1].startswith(f"# {stack}: ")
    assert len(lines) <= 45


def test_dev_is_cheap_and_can_be_torn_down(stacks: dict[str, Settings]) -> None:
    dev = stacks["dev"]
    (pool,) = dev.node_pools.values()

    assert dev.protect is False
    assert (dev.cluster.tier, dev.registry.sku) == ("Free", "Basic")
    assert isinstance(pool, GpuNodePoolSettings)
    assert (pool.size.gpu_model, pool.scale_set_priority, pool.min_count) == ("T4", "Spot", 0)
    assert dev.system_pool_is_dedicated is False


def test_prod_has_zones_an_sla_protection_and_a100s(stacks: dict[str, Settings]) -> None:
    prod = stacks["prod"]
    gpu_pools = [pool for pool in prod.node_pools.values() if isinstance(pool, GpuNodePoolSettings)]

    assert prod.protect is True
    assert prod.availability_zones == ("1", "2", "3")
    assert (prod.cluster.tier, prod.registry.sku) == ("Standard", "Premium")
    assert [pool.size.gpu_model for pool in gpu_pools] == ["A100"]
    assert prod.system_pool_is_dedicated is True


def test_staging_has_the_shape_of_prod_at_a_smaller_size(stacks: dict[str, Settings]) -> None:
    staging, prod = stacks["staging"], stacks["prod"]

    assert (staging.protect, staging.cluster.tier) == (prod.protect, prod.cluster.tier)
    assert staging.availability_zones == prod.availability_zones
    assert staging.system_pool_is_dedicated is True
    assert staging.node_pools["general"].largest_count < prod.node_pools["general"].largest_count
    assert staging.cluster.maintenance != prod.cluster.maintenance


def test_environments_can_be_connected(stacks: dict[str, Settings]) -> None:
    spaces = {stack: settings.network.address_space for stack, settings in stacks.items()}

    assert [pair for pair in combinations(spaces, 2) if spaces[pair[0]].overlaps(spaces[pair[1]])] == []


def test_the_project_tells_every_key_its_meaning_and_its_default() -> None:
    told = {key: (entry["description"], entry["default"]) for key, entry in OWN_CONFIG.items()}

    assert told == {
        key: (_meaning(name), _default(name)) for key, name in keys_of(Settings).items() if ":" not in key
    }


def _meaning(name: str) -> str:
    """What is said of a field, on one line and without the document that it follows."""
    text = str(Settings.model_fields[name].description)
    return " ".join(word for word in text.split() if not word.startswith("https://"))


def _default(name: str) -> object:
    """What Pulumi takes for a default: sections are empty."""
    default = Settings.model_fields[name].default
    return list(default) if isinstance(default, tuple) else default if isinstance(default, str | bool) else {}


def test_the_project_forbids_kubernetes_resources_without_a_provider_of_their_own() -> None:
    assert PROJECT_FILE["config"]["pulumi:disable-default-providers"] == {"value": ["kubernetes"]}


def test_the_project_is_the_one_that_the_schema_is_for() -> None:
    assert PROJECT_FILE["name"] == PROJECT


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aks-platform:nodePool", {}),
        ("aks-platform:network", {"addresSpace": "10.1.0.0/16"}),
        ("aks-platform:network", {"addressSpace": "10.1.0.0"}),
        ("aks-platform:registry", {"sku": "Enterprise"}),
        ("aks-platform:availabilityZones", ["4"]),
        ("aks-platform:nodePools", {"a": {"vmSize": "Standard_D4ds_v5", "gpuDriver": "None"}}),
        ("aks-platform:nodePools", {"a": {"vmSize": "Standard_D4ds_v5", "maxPods": 5}}),
        ("aks-platform:ingress", {"kind": "none", "replicas": 1}),
        ("aks-platform:network", {"egress": {"kind": "loadBalancer", "publicIpCount": 1}}),
        ("azure-native:location", "atlantis"),
    ],
)
def test_editors_mark_what_the_loader_would_refuse(key: str, value: object) -> None:
    stack = yaml.safe_load(_text("dev"))
    stack["config"][key] = value

    errors = list(jsonschema.Draft7Validator(SCHEMA).iter_errors(stack))

    assert len(errors) == 1
