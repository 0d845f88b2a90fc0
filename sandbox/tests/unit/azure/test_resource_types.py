import json
import re
import sys

import pytest

from sandbox.azure import resource_types_generator
from sandbox.azure.provider import automatic_name
from sandbox.azure.resource_types import FILE, UnknownResourceType, of_arm_type, resource_type

GROUP = "subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers"


def test_the_check_passes_for_the_current_file_and_names_the_command_for_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["", "--check"])
    resource_types_generator.main()
    monkeypatch.setattr(resource_types_generator, "text", lambda: "another")
    with pytest.raises(SystemExit, match=r"run python -m sandbox\.azure\.resource_types_generator$"):
        resource_types_generator.main()


@pytest.mark.parametrize("token", json.loads(FILE.read_text(encoding="utf-8"))["types"])
def test_every_id_is_made_of_inputs_of_which_only_the_name_may_be_left_out(token: str) -> None:
    type_ = resource_type(token)
    assert [name for name in type_.path_parameters if name not in type_.inputs] == []
    left_out = {name for name in type_.path_parameters if not type_.inputs[name].required}
    assert left_out <= {type_.automatic_name[0]}


# Sources: the pages of the types in https://learn.microsoft.com/azure/templates/.
@pytest.mark.parametrize(
    ("token", "path"),
    [
        (
            "network:Subnet",
            f"{GROUP}/Microsoft.Network/virtualNetworks/{{virtualNetworkName}}/subnets/{{subnetName}}",
        ),
        (
            "containerservice:AgentPool",
            f"{GROUP}/Microsoft.ContainerService/managedClusters/{{resourceName}}/agentPools/{{agentPoolName}}",
        ),
        ("resources:ResourceGroup", GROUP.removesuffix("/providers")),
        (
            "authorization:RoleAssignment",
            "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        ),
        (
            "storage:BlobContainer",
            (
                f"{GROUP}/Microsoft.Storage/storageAccounts/{{accountName}}/blobServices/default"
                "/containers/{containerName}"
            ),
        ),
    ],
)
def test_an_id_is_the_one_that_azure_documents(token: str, path: str) -> None:
    assert resource_type(f"azure-native:{token}").path == path


def test_types_requirements_and_documented_values_come_from_the_sdk() -> None:
    pool = resource_type("azure-native:containerservice:AgentPool")
    assert pool.arm_type == "Microsoft.ContainerService/managedClusters/agentPools"
    assert pool.api_version == "2025-09-01"
    assert pool.inputs["resourceGroupName"].required is True
    assert pool.inputs["vnetSubnetID"].type == "string"
    assert pool.inputs["vnetSubnetID"].required is False
    assert pool.inputs["mode"].enum == ["System", "User", "Gateway"]
    assert pool.inputs["nodeLabels"].type == "map"
    assert "nodeImageVersion" in pool.outputs
    assert "nodeImageVersion" not in pool.inputs


def test_limits_are_those_that_azure_publishes() -> None:
    pool = resource_type("azure-native:containerservice:AgentPool")
    upgrade = pool.inputs["upgradeSettings"].shape
    assert upgrade is not None
    drain, soak = upgrade.inputs["drainTimeoutInMinutes"], upgrade.inputs["nodeSoakDurationInMinutes"]
    assert (drain.type, drain.minimum, drain.maximum) == ("integer", 1, 1440)
    assert (soak.minimum, soak.maximum) == (0, 30)
    registry = resource_type("azure-native:containerregistry:Registry").inputs["registryName"]
    assert (registry.min_length, registry.max_length, registry.pattern) == (5, 50, "^[a-zA-Z0-9]*$")


def test_what_goes_in_as_a_list_of_names_comes_back_as_a_map() -> None:
    identity = resource_type("azure-native:containerservice:ManagedCluster").inputs["identity"].shape
    assert identity is not None
    assert identity.inputs["userAssignedIdentities"].type == "array"
    assert identity.outputs["userAssignedIdentities"].type == "map"


# Sources: azure-native's replacement.go, and x-ms-mutability in the REST API specifications.
@pytest.mark.parametrize(
    ("token", "properties"),
    [
        ("network:PublicIPAddress", {"resourceGroupName", "publicIpAddressName", "location", "sku"}),
        ("containerservice:AgentPool", {"vmSize", "gpuInstanceProfile", "networkProfile.nodePublicIPTags"}),
        ("operationalinsights:Cluster", {"location"}),
        ("network:Subnet", {"virtualNetworkName"}),
    ],
)
def test_a_change_of_what_only_creation_sets_replaces(token: str, properties: set[str]) -> None:
    assert properties <= resource_type(f"azure-native:{token}").create_only


def test_a_tag_can_change_and_a_subnet_can_have_another_prefix() -> None:
    assert "tags" not in resource_type("azure-native:network:PublicIPAddress").create_only
    assert "addressPrefix" not in resource_type("azure-native:network:Subnet").create_only


def test_an_id_is_made_of_inputs_and_read_back() -> None:
    association = resource_type("azure-native:monitor:DataCollectionRuleAssociation")
    inputs = {"resourceUri": "/subscriptions/sub/resourceGroups/rg/providers/A/b/c", "associationName": "x"}
    made = association.id_of(inputs, "sub")
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
        ("azure-native:resources:TagAtScope", None, "copy"),
    ],
)
def test_the_last_name_in_an_id_is_filled_in(token: str, name: str | None, kind: str) -> None:
    assert resource_type(token).automatic_name == (name, kind)


def test_the_same_seed_makes_the_same_name() -> None:
    assert automatic_name("random", "vnet", b"1") == automatic_name("random", "vnet", b"1")
    assert automatic_name("random", "vnet", b"1") != automatic_name("random", "vnet", b"2")


def test_a_type_is_found_by_its_azure_name_in_any_case() -> None:
    assert of_arm_type("microsoft.network/VIRTUALNETWORKS/subnets").token == "azure-native:network:Subnet"
    with pytest.raises(UnknownResourceType):
        of_arm_type("Microsoft.Network/nothing")


def test_a_type_without_a_known_id_says_where_to_add_it() -> None:
    message = re.escape(
        "Resource type azure-native:containerservice:Fleet not found: if azure-native has it, add the "
        "management package that knows its id, or the id itself, "
        "to sandbox/azure/resource_types_sources.toml."
    )
    with pytest.raises(UnknownResourceType, match=f"^{message}$"):
        resource_type("azure-native:containerservice:Fleet")
