from typing import Any

import pytest

from azure_facts import naming, roles
from components.registry.container_registry import ContainerRegistry, ContainerRegistryArgs
from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION
from tests.unit.components.recording import Recording

KUBELET = "44444444-4444-4444-4444-444444444444"
ACR_PULL = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{roles.ACR_PULL}"


def record_registry(name: str = "platform-dev", **keys: Any) -> Recording:
    args = ContainerRegistryArgs(
        context=stacks.CONTEXT, settings=stacks.settings(registry=keys).registry, kubelet_principal_id=KUBELET
    )
    return stacks.record_component(ContainerRegistry, args, name)


@pytest.fixture(scope="module")
def registry() -> Recording:
    return record_registry()


def test_nobody_but_the_kubelets_may_pull_and_there_is_no_admin_user(registry: Recording) -> None:
    scope = "/Registry/acrplatformdev1a2b3c4d"
    assert registry.inputs == {
        "acrplatformdev": {
            "resourceGroupName": stacks.GROUP,
            "sku": {"name": "Standard"},
            "adminUserEnabled": False,
            "anonymousPullEnabled": False,
            "tags": stacks.TAGS,
            # azure-native's own defaults.
            "networkRuleBypassOptions": "AzureServices",
            "publicNetworkAccess": "Enabled",
            "zoneRedundancy": "Disabled",
        },
        "ra-platform-dev-kubelet-acrpull": {
            "scope": scope,
            "principalId": KUBELET,
            "principalType": "ServicePrincipal",
            "roleDefinitionId": ACR_PULL,
            "roleAssignmentName": naming.role_assignment_name(scope, KUBELET, roles.ACR_PULL),
        },
    }


# Retention of zero days is retention and not none.
@pytest.mark.parametrize("days", [0, 30])
def test_a_premium_registry_may_span_zones_and_forget_untagged_manifests(
    registry: Recording, days: int
) -> None:
    premium = record_registry(sku="Premium", zoneRedundancy=True, retentionDays=days)
    assert premium["acrplatformdev"].inputs == stacks.but(
        registry["acrplatformdev"].inputs,
        sku={"name": "Premium"},
        zoneRedundancy="Enabled",
        policies={"retentionPolicy": {"days": days, "status": "enabled"}},
    )


def test_a_registrys_name_holds_letters_and_digits_only_as_azure_demands() -> None:
    assert record_registry("ml-2-staging").of("Registry")[0].name == "acrml2staging"


def test_a_registry_tells_its_id_and_where_to_push(registry: Recording) -> None:
    assert registry.outputs("ContainerRegistry").values == {
        "id": "/Registry/acrplatformdev1a2b3c4d",
        "login_server": "registry.azurecr",
    }
