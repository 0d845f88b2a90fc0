"""Types and ids, from what a program asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from azure_facts.arm_types import arm_type

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
STACKS = Path(__file__).parents[1] / "stacks"


@pytest.mark.parametrize(
    ("token", "inputs", "resource_id"),
    [
        (
            "resources:ResourceGroup",
            {"resourceGroupName": "rg"},
            GROUP,
        ),
        (
            "network:Subnet",
            {"resourceGroupName": "rg", "virtualNetworkName": "vnet", "subnetName": "nodes", "location": "x"},
            f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes",
        ),
        (
            "authorization:RoleAssignment",
            {"scope": "/subscriptions/s/resourceGroups/rg", "roleAssignmentName": "guid"},
            "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Authorization/roleAssignments/guid",
        ),
        ("network:Subnet", {"resourceGroupName": "rg", "subnetName": "nodes"}, None),
    ],
)
def test_an_id_follows_from_the_inputs(token: str, inputs: dict[str, str], resource_id: str | None) -> None:
    kind = arm_type(f"azure-native:{token}")
    assert kind is not None
    assert kind.id_of(inputs, SUBSCRIPTION) == resource_id


@pytest.mark.parametrize(
    ("token", "name", "name_input"),
    [
        ("resources:ResourceGroup", "Microsoft.Resources/resourceGroups", "resourceGroupName"),
        ("network:Subnet", "Microsoft.Network/virtualNetworks/subnets", "subnetName"),
        ("authorization:RoleAssignment", "Microsoft.Authorization/roleAssignments", "roleAssignmentName"),
        ("resources:TagAtScope", "Microsoft.Resources/tags", ""),
    ],
)
def test_a_type_and_a_name_stand_in_the_path(token: str, name: str, name_input: str) -> None:
    kind = arm_type(f"azure-native:{token}")
    assert kind is not None
    assert (kind.name, kind.name_input) == (name, name_input)


def test_every_type_that_a_stack_requests_is_known() -> None:
    texts = [file.read_text() for file in STACKS.glob("*.yaml")]
    requested = {token for text in texts for token in re.findall(r"azure-native:\w+:\w+", text)}
    assert requested
    assert {token for token in requested if arm_type(token) is None} == set()
