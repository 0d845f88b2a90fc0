from pathlib import Path

import pytest

from benchmarks.recording import RecordingError, Registration, record, stack_config

# Of azure-native's modules these load fastest.
PROGRAM = """
import pulumi
from pulumi_azure_native import managedidentity, resources

class Wrapped(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("aks-platform:test:Wrapped", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        resources.Deployment(
            "inner", properties={"mode": "Incremental"}, resource_group_name=group.name, opts=inside
        )
        self.register_outputs({})

group = resources.ResourceGroup("group", tags={"count": "1"}, opts=pulumi.ResourceOptions(protect=True))
identity = managedidentity.UserAssignedIdentity("identity", resource_group_name=group.name)
first = Wrapped("first", pulumi.ResourceOptions(depends_on=[identity]))
"""


def project(directory: Path, program: str) -> Path:
    (directory / "Pulumi.yaml").write_text(
        "name: sample\nruntime: python\nconfig:\n"
        "  pulumi:disable-default-providers:\n    value: [kubernetes]\n"
        "  workload:\n    type: string\n    default: platform\n"
        "  access:\n    type: object\n"
    )
    (directory / "Pulumi.dev.yaml").write_text(
        "config:\n  azure-native:location: westeurope\n  sample:protect: false\n  size: {count: 3}\n"
    )
    (directory / "__main__.py").write_text(program)
    return directory


def test_config_is_handed_over_as_the_engine_does_with_the_projects_defaults(tmp_path: Path) -> None:
    assert stack_config(project(tmp_path, ""), "dev") == {
        "pulumi:disable-default-providers": '["kubernetes"]',
        "sample:workload": "platform",
        "azure-native:location": "westeurope",
        "sample:protect": "false",
        "sample:size": '{"count": 3}',
    }


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Registration, ...]:
    return record(project(tmp_path_factory.mktemp("recorded"), PROGRAM), "dev")


def test_leaf_resources_are_taken_down_with_references_and_all_that_they_wait_for(
    recorded: tuple[Registration, ...],
) -> None:
    group, identity, inner = recorded
    assert (group.type, group.name, group.inputs) == (
        "azure-native:resources:ResourceGroup",
        "group",
        {"tags": {"count": "1"}},
    )
    assert (group.protect, identity.protect) == (True, False)
    assert identity.inputs == {"resourceGroupName": "<<group name>>"}
    assert identity.dependencies == identity.property_dependencies == ("group",)
    assert inner.name == "inner"
    assert inner.property_dependencies == ("group",)
    assert inner.dependencies == ("group", "identity")


def test_the_versioned_aliases_of_azure_native_are_counted(
    recorded: tuple[Registration, ...],
) -> None:
    _, _, deployment = recorded
    assert deployment.aliases > 20


def test_what_an_invoke_tells_of_a_resource_refers_to_that_resource(tmp_path: Path) -> None:
    program = f"""{PROGRAM}
known = managedidentity.get_user_assigned_identity_output(
    resource_group_name=group.name, resource_name=identity.name
)
resources.ResourceGroup("asking", tags={{"principal": known.principal_id, "id": known.id}})
"""
    recorded = {each.name: each for each in record(project(tmp_path, program), "dev")}
    assert recorded["asking"].inputs == {
        "tags": {"id": "<<identity id>>", "principal": "<<identity principal_id>>"}
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "resources.ResourceGroup('odd', tags=group.tags)",
            "RecordingError: odd has an input of Unknown, which has no reference.",
        ),
        (
            "resources.get_deployment(resource_group_name='a', deployment_name='b')",
            "The invoke azure-native:resources:getDeployment does not name one resource of the program",
        ),
        (
            "pulumi.runtime.invoke('azure-native:resources:listNothing', {}).value",
            "The recording has no answer to the invoke azure-native:resources:listNothing.",
        ),
        ("raise ValueError('wrong')", "ValueError: wrong"),
    ],
)
def test_a_program_that_cannot_be_recorded_says_why(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(RecordingError) as raised:
        record(project(tmp_path, f"{PROGRAM}\n{line}\n"), "dev")
    assert message in str(raised.value)
