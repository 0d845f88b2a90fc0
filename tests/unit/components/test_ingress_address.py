from dataclasses import replace

import pytest

from azure_facts import naming, roles
from components.ingress.ingress_address import IngressAddress, IngressAddressArgs
from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION
from tests.unit.components.recording import Recording

CONTROL_PLANE = "55555555-5555-5555-5555-555555555555"


def record_address(zones: tuple[str, ...] = ("1", "2")) -> Recording:
    context = replace(stacks.CONTEXT, availability_zones=zones)
    args = IngressAddressArgs(context=context, control_plane_principal_id=CONTROL_PLANE)
    return stacks.record_component(IngressAddress, args)


@pytest.fixture(scope="module")
def address() -> Recording:
    return record_address()


def test_the_address_is_static_and_alone_in_a_group_where_the_control_plane_may_use_it(
    address: Recording,
) -> None:
    scope = "/ResourceGroup/rg-platform-dev-ingress1a2b3c4d"
    role = roles.NETWORK_CONTRIBUTOR
    assert address.inputs == {
        "rg-platform-dev-ingress": {"tags": stacks.TAGS},
        "pip-platform-dev-ingress": {
            "resourceGroupName": "rg-platform-dev-ingress1a2b3c4d",
            "publicIPAllocationMethod": "Static",
            "publicIPAddressVersion": "IPv4",
            "sku": {"name": "Standard"},
            "zones": ["1", "2"],
            "tags": stacks.TAGS,
        },
        "ra-platform-dev-controlplane-ingress": {
            "scope": scope,
            "principalId": CONTROL_PLANE,
            "principalType": "ServicePrincipal",
            "roleDefinitionId": (
                f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
            ),
            "roleAssignmentName": naming.role_assignment_name(scope, CONTROL_PLANE, role),
        },
    }


def test_where_a_location_has_no_zones_the_address_names_none() -> None:
    assert "zones" not in record_address(zones=())["pip-platform-dev-ingress"].inputs


def test_an_address_tells_its_name_its_group_and_its_figures(address: Recording) -> None:
    assert address.outputs("IngressAddress").values == {
        "name": "pip-platform-dev-ingress1a2b3c4d",
        "resource_group_name": "rg-platform-dev-ingress1a2b3c4d",
        "ip_address": "203.0.113.4",
    }
