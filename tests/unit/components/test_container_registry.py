from typing import Any

import pytest

from azure_facts import naming, roles
from components.registry.container_registry import ContainerRegistry, ContainerRegistryArgs
from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION
from tests.unit.components.recording import Recording

GROUP = "rg-of-the-test"
KUBELET = "44444444-4444-4444-4444-444444444444"


def record_registry(name: str = "platform-dev", **keys: Any) -> Recording:
    return stacks.record_component(
        ContainerRegistry,
        ContainerRegistryArgs(
            settings=stacks.settings(registry=keys).registry,
            kubelet_principal_id=KUBELET,
            subscription_id=SUBSCRIPTION,
            resource_group_name=GROUP,
            tags=stacks.TAGS,
        ),
        name,
    )


@pytest.fixture(scope="module")
def registry() -> Recording:
    return record_registry()


def test_a_registry_is_made_of_these_resources_and_no_others(registry: Recording) -> None:
    assert registry.made == [
        ("azure-native:authorization:RoleAssignment", "ra-platform-dev-kubelet-acrpull"),
        ("azure-native:containerregistry:Registry", "acrplatformdev"),
    ]
    assert registry.components == [("aks-platform:registry:ContainerRegistry", "platform-dev")]


def test_the_registry_has_no_admin_user_and_no_anonymous_pull(registry: Recording) -> None:
    assert registry["acrplatformdev"].inputs == {
        "resourceGroupName": GROUP,
        "sku": {"name": "Standard"},
        "adminUserEnabled": False,
        "anonymousPullEnabled": False,
        "tags": stacks.TAGS,
        # azure-native's own defaults.
        "networkRuleBypassOptions": "AzureServices",
        "publicNetworkAccess": "Enabled",
        "zoneRedundancy": "Disabled",
    }


def test_the_kubelets_may_pull_from_this_registry_and_from_no_other(registry: Recording) -> None:
    scope = "/Registry/acrplatformdev1a2b3c4d"
    assert registry["ra-platform-dev-kubelet-acrpull"].inputs == {
        "scope": scope,
        "principalId": KUBELET,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": (
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{roles.ACR_PULL}"
        ),
        "roleAssignmentName": naming.role_assignment_name(scope, KUBELET, roles.ACR_PULL),
    }
    assert registry["ra-platform-dev-kubelet-acrpull"].delete_before_replace is False


def test_a_premium_registry_may_span_zones_and_forget_untagged_manifests(registry: Recording) -> None:
    premium = record_registry(sku="Premium", zoneRedundancy=True, retentionDays=30)
    assert premium["acrplatformdev"].inputs == stacks.but(
        registry["acrplatformdev"].inputs,
        sku={"name": "Premium"},
        zoneRedundancy="Enabled",
        policies={"retentionPolicy": {"days": 30, "status": "enabled"}},
    )


def test_retention_of_zero_days_is_retention_and_not_none() -> None:
    premium = record_registry(sku="Premium", retentionDays=0)
    assert premium["acrplatformdev"].inputs["policies"] == {
        "retentionPolicy": {"days": 0, "status": "enabled"}
    }


def test_a_registrys_name_holds_letters_and_digits_only_as_azure_demands() -> None:
    assert record_registry("ml-2-staging").of("Registry")[0].name == "acrml2staging"


def test_everything_belongs_to_the_registry_component(registry: Recording) -> None:
    parents = {resource.name: registry.parent(resource) for resource in registry if resource.custom}
    assert parents == dict.fromkeys(registry.names, "ContainerRegistry")


def test_a_registry_tells_its_id_and_where_to_push(registry: Recording) -> None:
    assert registry.outputs("ContainerRegistry").values == {
        "id": "/Registry/acrplatformdev1a2b3c4d",
        "login_server": "registry.azurecr",
    }
