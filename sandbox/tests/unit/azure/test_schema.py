import pytest

from sandbox.azure import paths
from sandbox.azure.checks import automatic_name
from sandbox.azure.schema import UnknownResourceType, resource_type

SUBSCRIPTION = {"subscription_id": "sub"}


@pytest.mark.parametrize("token", paths.tokens())
def test_every_known_path_fits_the_sdk(token: str) -> None:
    type_ = resource_type(token)
    assert [name for name in type_.path_parameters if name not in type_.inputs] == []
    left_out = [name for name in type_.path_parameters if not type_.inputs[name].required]
    assert left_out == [type_.auto_name]
    assert type_.api_version


def test_types_names_and_requirements_come_from_the_sdk() -> None:
    pool = resource_type("azure-native:containerservice:AgentPool")
    assert pool.arm_type == "Microsoft.ContainerService/managedClusters/agentPools"
    assert pool.api_version == "2025-09-01"
    assert pool.inputs["resourceGroupName"].required is True
    assert pool.inputs["vnetSubnetID"].type.kind == "string"
    assert pool.inputs["mode"].type.enum == ("System", "User", "Gateway")
    assert pool.inputs["nodeLabels"].type.kind == "map"
    drain = pool.inputs["upgradeSettings"].type.shape
    assert drain is not None
    assert drain.properties["drainTimeoutInMinutes"].type.kind == "integer"
    assert "nodeImageVersion" in pool.outputs
    assert "nodeImageVersion" not in pool.inputs


def test_an_id_is_made_of_inputs_and_read_back() -> None:
    association = resource_type("azure-native:monitor:DataCollectionRuleAssociation")
    inputs = {"resourceUri": "/subscriptions/sub/resourceGroups/rg/providers/A/b/c", "associationName": "x"}
    made = association.id_of({**inputs}, "sub")
    assert made == (
        "/subscriptions/sub/resourceGroups/rg/providers/A/b/c"
        "/providers/Microsoft.Insights/dataCollectionRuleAssociations/x"
    )
    assert association.parameters_of(made) == inputs
    assert association.parameters_of("/subscriptions/sub") == {}


@pytest.mark.parametrize(
    ("token", "name", "kind"),
    [
        ("azure-native:network:VirtualNetwork", "virtualNetworkName", "random"),
        ("azure-native:network:Subnet", "subnetName", "copy"),
        ("azure-native:resources:ResourceGroup", "resourceGroupName", "random"),
        ("azure-native:authorization:RoleAssignment", "roleAssignmentName", "uuid"),
        ("azure-native:monitor:DataCollectionRuleAssociation", "associationName", "random"),
    ],
)
def test_the_last_name_in_an_id_is_filled_in(token: str, name: str, kind: str) -> None:
    type_ = resource_type(token)
    assert (type_.auto_name, type_.auto_name_kind) == (name, kind)


def test_the_same_seed_makes_the_same_name() -> None:
    assert automatic_name("random", "vnet", b"1") == automatic_name("random", "vnet", b"1")
    assert automatic_name("random", "vnet", b"1") != automatic_name("random", "vnet", b"2")


def test_a_type_that_the_sdk_does_not_have_is_not_found() -> None:
    with pytest.raises(UnknownResourceType, match=r"^Resource type azure-native:network:Nothing not found$"):
        resource_type("azure-native:network:Nothing")


def test_a_type_without_a_known_id_says_where_to_add_it() -> None:
    with pytest.raises(UnknownResourceType, match=r"add its path to sandbox/azure/paths\.py"):
        resource_type("azure-native:network:VirtualWan")
