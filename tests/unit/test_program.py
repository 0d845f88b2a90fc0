"""The program as Pulumi runs it, once for each stack file of the project."""

import json
import runpy
from functools import cache
from pathlib import Path
from typing import Any, Final

import pulumi
import pytest
import yaml

from settings.errors import SettingsError
from tests.unit.components.recorder import record
from tests.unit.components.recording import Recording

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = ROOT / "__main__.py"
PROJECT: Final = "aks-platform"
STACKS: Final = ("dev", "prod", "staging")

OUTPUTS: Final = {
    "clusterId",
    "clusterName",
    "egressAddresses",
    "getCredentialsCommand",
    "ingressAddress",
    "ingressPublicIpAddress",
    "kubeconfig",
    "monitorWorkspaceQueryEndpoint",
    "nodeResourceGroup",
    "oidcIssuerUrl",
    "registryLoginServer",
    "resourceGroupName",
}

EVERYWHERE: Final = """
    rg-{0} vnet-{0} ng-{0} pip-{0}-egress-1
    nsg-{0}-nodes nsg-{0}-apiserver nsg-{0}-privateendpoints nsg-{0}-ingress
    snet-{0}-nodes snet-{0}-apiserver snet-{0}-privateendpoints snet-{0}-ingress
    id-{0}-controlplane id-{0}-kubelet
    ra-{0}-controlplane-nodes ra-{0}-controlplane-kubelet ra-{0}-kubelet-acrpull
    aks-{0} mc-{0}-aksmanagedautoupgradeschedule mc-{0}-aksmanagednodeosupgradeschedule
    amw-{0} dce-{0} dcr-{0} dcra-{0}
    k8s-{0} ns-{0}-gpu ds-{0}-nvidia-none
    rg-{0}-ingress pip-{0}-ingress ra-{0}-controlplane-ingress ns-{0}-ingress helm-{0}-ingress
"""

HERE: Final = {
    "dev": {"acrplatformdev", "np-platform-dev-t4"},
    "staging": {"acrplatformstaging", "np-platform-staging-general", "np-platform-staging-t4"},
    "prod": {
        "acrplatformprod",
        "np-platform-prod-a100",
        "np-platform-prod-general",
        "pip-platform-prod-egress-2",
    },
}


def config_of(stack: str) -> dict[str, str]:
    """The config as Pulumi hands it over: all text, with the project's defaults."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    defaults = {f"{PROJECT}:{key}": entry["default"] for key, entry in declared.items() if "default" in entry}
    written = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in {**defaults, **written}.items()
    }


def run(stack: str, **around: Any) -> Recording:
    """Run the program; it has to drop the versioned aliases itself."""
    around.setdefault("config", config_of(stack))
    return record(
        lambda: runpy.run_path(str(PROGRAM), run_name="__main__") and None,
        stack=stack,
        versioned_aliases=True,
        **around,
    )


@cache
def run_as_it_is(stack: str) -> Recording:
    """The stack as its file describes it; only read, so all tests share it."""
    return run(stack)


@pytest.fixture(params=STACKS)
def program(request: pytest.FixtureRequest) -> tuple[str, Recording]:
    return request.param, run_as_it_is(request.param)


def test_each_stack_makes_these_resources_and_no_others(program: tuple[str, Recording]) -> None:
    stack, recording = program
    assert recording.names == {*EVERYWHERE.format(f"platform-{stack}").split(), *HERE[stack]}


def test_each_stack_is_one_platform_and_nothing_beside_it(program: tuple[str, Recording]) -> None:
    _, recording = program
    roots = [resource.kind for resource in recording if recording.parent(resource) == "Stack"]
    assert roots == ["Platform"]


def test_the_outputs_of_each_stack_are_those_that_are_promised(program: tuple[str, Recording]) -> None:
    _, recording = program
    outputs = recording.outputs("Stack")
    assert set(outputs.values) == OUTPUTS
    assert outputs.secret == {"kubeconfig"}
    assert outputs.values == recording.outputs("Platform").values


def test_the_location_is_asked_of_the_provider_and_set_on_nothing_but_metrics(
    program: tuple[str, Recording],
) -> None:
    _, recording = program
    placed = {found.name.partition("-")[0] for found in recording if "location" in found.inputs}
    assert placed == {"amw", "dce", "dcr"}, "the others follow azure-native:location"
    assert {found.inputs["location"] for found in recording if "location" in found.inputs} == {"westeurope"}


def test_every_resource_of_a_stack_is_tagged_with_its_environment(program: tuple[str, Recording]) -> None:
    stack, recording = program
    tags = [found.inputs["tags"] for found in recording if "tags" in found.inputs]
    assert len(tags) > 10
    assert {found["environment"] for found in tags} == {stack}


def test_only_stacks_that_must_last_are_protected(program: tuple[str, Recording]) -> None:
    stack, recording = program
    assert recording[f"aks-platform-{stack}"].protect is (stack != "dev")
    assert any(found.protect for found in recording) is (stack != "dev")


def test_the_program_drops_azure_natives_aliases_before_the_first_resource(
    program: tuple[str, Recording],
) -> None:
    _, recording = program
    assert max(len(resource.aliases) for resource in recording) <= 2


def test_in_the_preview_of_an_update_every_input_of_a_stack_is_known() -> None:
    preview = run("prod", preview=True)
    assert {found.name: found.unknown_inputs for found in preview if found.unknown_inputs} == {}


def test_the_three_stacks_differ_where_environments_differ() -> None:
    clusters = {stack: run_as_it_is(stack)[f"aks-platform-{stack}"].inputs for stack in STACKS}
    assert {stack: cluster["sku"]["tier"] for stack, cluster in clusters.items()} == {
        "dev": "Free",
        "staging": "Standard",
        "prod": "Standard",
    }
    zones = {
        stack: cluster["agentPoolProfiles"][0]["availabilityZones"] for stack, cluster in clusters.items()
    }
    assert zones == {"dev": ["1"], "staging": ["1", "2", "3"], "prod": ["1", "2", "3"]}


@pytest.mark.usefixtures("from_the_root")
def test_a_wrong_setting_ends_the_program_before_it_asks_or_makes_anything() -> None:
    nothing = Recording()
    wrong = {**config_of("dev"), f"{PROJECT}:protekt": "true"}
    with pytest.raises(SettingsError, match="protekt"):
        run("dev", config=wrong, recording=nothing)
    assert nothing.resources == []
    assert nothing.invokes == []


def test_without_a_login_the_program_ends_before_it_makes_anything() -> None:
    nothing = Recording()
    with pytest.raises(pulumi.RunError, match="Nothing was created or changed"):
        run("dev", account="Please run 'az login'.", recording=nothing)
    assert nothing.resources == []


def test_the_program_fits_on_one_screen() -> None:
    assert len(PROGRAM.read_text().splitlines()) <= 40


@pytest.fixture
def from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages name lines of the stack file, which is looked for where the program runs."""
    monkeypatch.chdir(ROOT)
