import pytest

from azure_facts import naming, roles
from components.ingress.ingress_address import IngressAddress, IngressAddressArgs
from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION
from tests.unit.components.recorder import record
from tests.unit.components.recording import Recording

CONTROL_PLANE = "55555555-5555-5555-5555-555555555555"


def record_address(zones: tuple[str, ...] = ("1", "2")) -> Recording:
    args = IngressAddressArgs(
        availability_zones=zones,
        control_plane_principal_id=CONTROL_PLANE,
        subscription_id=SUBSCRIPTION,
        tags=stacks.TAGS,
    )
    return record(lambda: IngressAddress("platform-dev", args))


@pytest.fixture(scope="module")
def address() -> Recording:
    return record_address()


def test_an_address_is_made_of_these_resources_and_no_others(address: Recording) -> None:
    assert address.made == [
        ("azure-native:authorization:RoleAssignment", "ra-platform-dev-controlplane-ingress"),
        ("azure-native:network:PublicIPAddress", "pip-platform-dev-ingress"),
        ("azure-native:resources:ResourceGroup", "rg-platform-dev-ingress"),
    ]
    assert address.components == [("aks-platform:ingress:IngressAddress", "platform-dev")]
    assert {address.parent(resource) for resource in address if resource.custom} == {"IngressAddress"}


def test_the_address_is_static_and_alone_in_a_group_of_its_own(address: Recording) -> None:
    assert address["rg-platform-dev-ingress"].inputs == {"tags": stacks.TAGS}
    assert address["pip-platform-dev-ingress"].inputs == {
        "resourceGroupName": "rg-platform-dev-ingress1a2b3c4d",
        "publicIPAllocationMethod": "Static",
        "publicIPAddressVersion": "IPv4",
        "sku": {"name": "Standard"},
        "zones": ["1", "2"],
        "tags": stacks.TAGS,
    }


def test_the_control_plane_may_use_that_group_and_nothing_beyond_it(address: Recording) -> None:
    scope = "/ResourceGroup/rg-platform-dev-ingress1a2b3c4d"
    role = roles.NETWORK_CONTRIBUTOR
    assert address["ra-platform-dev-controlplane-ingress"].inputs == {
        "scope": scope,
        "principalId": CONTROL_PLANE,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": (
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        ),
        "roleAssignmentName": naming.role_assignment_name(scope, CONTROL_PLANE, role),
    }


def test_where_a_location_has_no_zones_the_address_names_none() -> None:
    assert "zones" not in record_address(zones=())["pip-platform-dev-ingress"].inputs


def test_an_address_tells_its_name_its_group_and_its_figures(address: Recording) -> None:
    assert address.outputs("IngressAddress").values == {
        "name": "pip-platform-dev-ingress1a2b3c4d",
        "resource_group_name": "rg-platform-dev-ingress1a2b3c4d",
        "ip_address": "203.0.113.4",
    }
