import ast
from pathlib import Path

import pytest

from benchmarks.flat_program import awaited
from benchmarks.projects import FLAT, FLAT_WITHOUT_ALIASES, Case, case
from benchmarks.recording import Registration, count_by_type, record

# One process prepares the programs, once.
pytestmark = pytest.mark.xdist_group("flat-programs")

VERSIONED_ALIASES_OF_A_NODE_POOL = 100


@pytest.fixture(scope="module", params=[("prod", 60)], ids=["prod of 60"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    stack, resources = request.param
    return case(tmp_path_factory.mktemp("bench") / stack, stack, resources=resources)


@pytest.fixture(scope="module", params=[FLAT, FLAT_WITHOUT_ALIASES])
def flat(request: pytest.FixtureRequest, prepared: Case) -> tuple[str, tuple[Registration, ...]]:
    return request.param, record(prepared.directories[request.param], prepared.stack)


def essentials(registration: Registration) -> dict[str, object]:
    # Azure's own kubeconfig takes the place of the one that the platform renders.
    inputs = {key: value for key, value in registration.inputs.items() if key != "kubeconfig"}
    return {
        "type": registration.type,
        "inputs": inputs,
        "provider": registration.provider,
        "protect": registration.protect,
        "delete_before_replace": registration.delete_before_replace,
        "ignore_changes": registration.ignore_changes,
    }


def test_flat_programs_declare_the_leaf_resources_of_ours_type_by_type(
    prepared: Case, flat: tuple[str, tuple[Registration, ...]]
) -> None:
    assert count_by_type(flat[1]) == count_by_type(prepared.registrations)


def test_flat_programs_declare_them_with_the_same_inputs_and_dependencies(
    prepared: Case, flat: tuple[str, tuple[Registration, ...]]
) -> None:
    ours = {each.name: essentials(each) for each in prepared.registrations}
    assert {each.name: essentials(each) for each in flat[1]} == ours
    assert awaited(flat[1]) == awaited(prepared.registrations)


def test_only_the_plain_flat_program_carries_versioned_aliases(
    prepared: Case, flat: tuple[str, tuple[Registration, ...]]
) -> None:
    program, registrations = flat
    pools = [each.aliases for each in registrations if each.type.endswith(":AgentPool")]
    assert pools
    if program == FLAT:
        assert min(pools) > VERSIONED_ALIASES_OF_A_NODE_POOL
    else:
        assert set(pools) == {0}


def test_a_grown_stack_has_the_number_of_resources_that_is_asked_for(prepared: Case) -> None:
    assert (prepared.name, prepared.resources) == ("prod, 60 resources", 60)


def test_flat_programs_have_no_component_and_no_room_of_ours(prepared: Case) -> None:
    for program in (FLAT, FLAT_WITHOUT_ALIASES):
        directory: Path = prepared.directories[program]
        written = ast.parse((directory / "__main__.py").read_text())
        imported = {node.module for node in ast.walk(written) if isinstance(node, ast.ImportFrom)}
        assert imported - {"versioned_aliases"} == {"pulumi_azure_native", "pulumi_kubernetes"}
        assert not {"components", "settings", "azure_facts"} & {path.name for path in directory.iterdir()}
