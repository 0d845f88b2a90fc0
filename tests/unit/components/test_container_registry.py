from typing import Any

import pytest

from components.registry.container_registry import ContainerRegistry, ContainerRegistryArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording, Resource

HUB_ZONE = (
    "/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/hub"
    "/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io"
)


def record_registry(name: str = "platform-dev", *, caches: bool = False, **keys: Any) -> Recording:
    args = ContainerRegistryArgs(
        context=stacks.CONTEXT,
        settings=stacks.settings(registry=keys).registry,
        kubelet_principal_id="44444444-4444-4444-4444-444444444444",
        virtual_network_id="/VirtualNetwork/vnet",
        subnet_ids={"privateendpoints": "/Subnet/privateendpoints"},
        caches_artifacts=caches,
    )
    return stacks.record_component(ContainerRegistry, args, name)


def registry(name: str = "platform-dev", **keys: Any) -> Resource:
    (found,) = record_registry(name, **keys).of("Registry")
    return found


# Retention of zero days is retention and not none.
@pytest.mark.parametrize("days", [0, 30])
def test_a_premium_registry_may_forget_untagged_manifests(days: int) -> None:
    premium = registry(sku="Premium", retentionDays=days)
    assert premium.inputs == stacks.but(
        registry().inputs,
        sku={"name": "Premium"},
        policies={"retentionPolicy": {"days": days, "status": "enabled"}},
    )


def test_a_premium_registry_that_forgets_nothing_says_so() -> None:
    # The days are the SDK's, and Azure's own answer.
    assert registry(sku="Premium").inputs["policies"] == {
        "retentionPolicy": {"days": 7, "status": "disabled"}
    }


def test_a_registrys_name_holds_letters_and_digits_only_as_azure_demands() -> None:
    assert registry("ml-2-staging").name == "acrml2staging"


def test_a_private_registry_has_its_names_in_a_zone_that_the_virtual_network_asks() -> None:
    recording = record_registry(sku="Premium", privateEndpoint={"enabled": True})
    zone = recording["pdns-platform-dev-registry"]
    assert recording["acrplatformdev"].inputs["publicNetworkAccess"] == "Disabled"
    endpoint = recording["pep-platform-dev-registry"].inputs
    assert endpoint["subnet"]["id"] == "/Subnet/privateendpoints"
    assert endpoint["privateLinkServiceConnections"] == [
        {
            "name": "registry",
            "privateLinkServiceId": recording["acrplatformdev"].id,
            "groupIds": ["registry"],
        }
    ]
    assert endpoint["tags"] == stacks.TAGS
    assert zone.inputs == {
        "privateZoneName": "privatelink.azurecr.io",
        "resourceGroupName": stacks.GROUP,
        "location": "global",
        "tags": stacks.TAGS,
    }
    assert recording["link-platform-dev-registry"].inputs["virtualNetwork"] == {"id": "/VirtualNetwork/vnet"}
    assert recording["link-platform-dev-registry"].inputs["registrationEnabled"] is False
    assert registered_in(recording) == zone.id


def test_a_given_zone_takes_the_names_and_is_neither_made_nor_linked() -> None:
    private = {"enabled": True, "privateDnsZoneId": HUB_ZONE}
    recording = record_registry(sku="Premium", privateEndpoint=private)
    assert registered_in(recording) == HUB_ZONE
    assert recording.of("PrivateZone") == recording.of("VirtualNetworkLink") == []


def test_a_registry_may_answer_inside_the_network_and_on_the_internet() -> None:
    both = record_registry(sku="Premium", privateEndpoint={"enabled": True}, publicNetworkAccess="Enabled")
    assert both["acrplatformdev"].inputs["publicNetworkAccess"] == "Enabled"
    assert registered_in(both) == both["pdns-platform-dev-registry"].id


def registered_in(recording: Recording) -> str:
    (config,) = recording["pdnszg-platform-dev-registry"].inputs["privateDnsZoneConfigs"]
    assert config["name"] == "registry"
    return config["privateDnsZoneId"]


def test_for_a_cluster_without_a_way_out_the_registry_caches_what_aks_brings() -> None:
    assert record_registry(sku="Premium").of("CacheRule") == []
    (rule,) = record_registry(sku="Premium", caches=True).of("CacheRule")
    assert rule.inputs == {
        "cacheRuleName": "aks-managed-mcr",
        "registryName": "acrplatformdev1a2b3c4d",
        "resourceGroupName": stacks.GROUP,
        "sourceRepository": "mcr.microsoft.com/*",
        "targetRepository": "aks-managed-repository/*",
    }
