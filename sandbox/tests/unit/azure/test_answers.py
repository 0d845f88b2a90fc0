import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.azure import computed
from sandbox.azure.resource_types import of_arm_type
from sandbox.tests.unit.azure.conftest import SUBSCRIPTION_ID, Engine, Made

DEFAULTS: dict[str, Any] = json.loads(
    (Path(computed.__file__).with_name("defaults.json")).read_text(encoding="utf-8")
)


@pytest.mark.parametrize("arm_type", DEFAULTS)
def test_every_default_is_something_that_azure_answers(arm_type: str) -> None:
    type_ = of_arm_type(arm_type)
    assert type_.arm_type == arm_type
    assert [name for name in DEFAULTS[arm_type] if name not in type_.outputs] == []


def test_a_type_without_its_own_behaviour_answers_what_it_was_sent(engine: Engine, group: Made) -> None:
    made = engine.create(
        "network:VirtualWan", "wan", {"resourceGroupName": "rg", "disableVpnEncryption": True}
    )
    name = made.inputs["virtualWANName"]
    assert made.id == (
        f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg/providers/Microsoft.Network/virtualWans/{name}"
    )
    etag = made.outputs.pop("etag")
    assert etag.startswith('W/"')
    assert made.outputs == {
        "azureApiVersion": "2024-05-01",
        "disableVpnEncryption": True,
        "id": made.id,
        "location": "westeurope",
        "name": name,
        "provisioningState": "Succeeded",
        "type": "Microsoft.Network/virtualWans",
    }
    assert (
        engine.update(made, {**made.inputs, "disableVpnEncryption": False})["disableVpnEncryption"] is False
    )
    engine.delete(made)
    assert engine.read(made) is None


def test_azure_fills_in_what_a_request_leaves_out_and_keeps_what_it_says(engine: Engine, group: Made) -> None:
    inputs = {
        "resourceGroupName": "rg",
        "registryName": "Registry",
        "sku": {"name": "Premium"},
        "zoneRedundancy": "Enabled",
    }
    outputs = engine.create("containerregistry:Registry", "acr", inputs).outputs
    assert outputs["sku"] == {"name": "Premium", "tier": "Premium"}
    assert outputs["loginServer"] == "registry.azurecr.io"
    assert (outputs["zoneRedundancy"], outputs["publicNetworkAccess"]) == ("Enabled", "Enabled")


def test_aks_keeps_what_an_update_leaves_out_and_empties_what_it_says_is_empty(
    engine: Engine, group: Made
) -> None:
    inputs = {
        "resourceGroupName": "rg",
        "resourceName": "aks",
        "dnsPrefix": "aks",
        "identity": {"type": "SystemAssigned"},
        "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 3, "vmSize": "Standard_D4ds_v5"}],
    }
    ranges = {"apiServerAccessProfile": {"authorizedIPRanges": ["203.0.113.0/24"]}}
    tags, empty_ranges = {"tags": {"a": "b"}}, {"apiServerAccessProfile": {"authorizedIPRanges": []}}
    cluster = engine.create("containerservice:ManagedCluster", "aks", inputs | tags | ranges)
    kept = engine.update(cluster, inputs)
    assert {name: kept[name] for name in (*tags, *ranges)} == tags | ranges
    emptied = engine.update(cluster, inputs | {"tags": {}} | empty_ranges)
    # Azure answers no ranges at all where there are none.
    assert {name: emptied[name] for name in (*tags, *ranges)} == {"tags": {}, "apiServerAccessProfile": {}}

    inputs = {
        "resourceGroupName": "rg",
        "resourceName": "aks",
        "agentPoolName": "work",
        "count": 3,
        "vmSize": "Standard_D4ds_v5",
    }
    more = {"nodeLabels": {"a": "b"}, "nodeTaints": ["a=b:NoSchedule"], "tags": {"a": "b"}}
    nothing = {"nodeLabels": {}, "nodeTaints": [], "tags": {}}
    pool = engine.create("containerservice:AgentPool", "work", inputs | more)
    kept = engine.update(pool, inputs)
    assert {name: kept[name] for name in more} == more
    emptied = engine.update(pool, inputs | nothing)
    assert more.keys() & emptied.keys() == set()


def test_private_endpoints_get_the_free_addresses_of_their_subnet(engine: Engine, group: Made) -> None:
    network = engine.create(
        "network:VirtualNetwork",
        "vnet",
        {
            "resourceGroupName": "rg",
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "endpoints", "addressPrefix": "10.0.0.0/29"}],
        },
    )
    inputs = {"resourceGroupName": "rg", "subnet": {"id": f"{network.id}/subnets/endpoints"}}
    made = [engine.create("network:PrivateEndpoint", name, inputs) for name in ("one", "two")]
    addresses = [each.outputs["customDnsConfigs"][0]["ipAddresses"] for each in made]
    assert addresses == [["10.0.0.4"], ["10.0.0.5"]]
    kept = engine.update(made[0], {**made[0].inputs, "tags": {"a": "b"}})
    assert kept["customDnsConfigs"] == made[0].outputs["customDnsConfigs"]


def test_the_names_of_a_registry_are_registered_in_its_private_zone(engine: Engine, group: Made) -> None:
    place = {"resourceGroupName": "rg"}
    registry = engine.create("containerregistry:Registry", "acr", {**place, "sku": {"name": "Premium"}})
    connection = {"name": "acr", "privateLinkServiceId": registry.id, "groupIds": ["registry"]}
    endpoint = engine.create(
        "network:PrivateEndpoint", "pep", {**place, "privateLinkServiceConnections": [connection]}
    )
    zone = engine.create(
        "privatedns:PrivateZone",
        "zone",
        {**place, "privateZoneName": "privatelink.azurecr.io", "location": "global"},
    )
    zone_group = engine.create(
        "network:PrivateDnsZoneGroup",
        "default",
        {
            **place,
            "privateEndpointName": endpoint.id.rpartition("/")[2],
            "privateDnsZoneConfigs": [{"name": "acr", "privateDnsZoneId": zone.id}],
        },
    )
    name = registry.id.rpartition("/")[2]
    assert {each["fqdn"]: each["ipAddresses"] for each in endpoint.outputs["customDnsConfigs"]} == {
        f"{name}.westeurope.data.azurecr.io": ["10.0.0.4"],
        f"{name}.azurecr.io": ["10.0.0.5"],
    }
    (config,) = zone_group.outputs["privateDnsZoneConfigs"]
    assert {each["fqdn"]: each["ipAddresses"] for each in config["recordSets"]} == {
        f"{name}.westeurope.data.privatelink.azurecr.io": ["10.0.0.4"],
        f"{name}.privatelink.azurecr.io": ["10.0.0.5"],
    }


def test_a_public_ip_address_says_which_nat_gateway_uses_it(engine: Engine, group: Made) -> None:
    place = {"resourceGroupName": "rg", "sku": {"name": "Standard"}}
    address = engine.create("network:PublicIPAddress", "pip", {**place, "publicIPAllocationMethod": "Static"})
    assert "natGateway" not in address.outputs
    used = {**place, "publicIpAddresses": [{"id": address.id}]}
    gateway = engine.create("network:NatGateway", "nat", used)
    assert _shown(engine, address) == {"id": gateway.id}
    engine.update(address, {**address.inputs, "tags": {"a": "b"}})
    assert _shown(engine, address) == {"id": gateway.id}
    engine.update(gateway, {**gateway.inputs, "publicIpAddresses": []})
    assert _shown(engine, address) is None
    engine.update(gateway, gateway.inputs)
    engine.delete(gateway)
    assert _shown(engine, address) is None


def _shown(engine: Engine, address: Made) -> dict[str, Any] | None:
    found = engine.read(address)
    assert found is not None
    return found.outputs.get("natGateway")


def test_a_pool_without_a_subnet_gets_that_of_its_cluster(engine: Engine, group: Made) -> None:
    # https://github.com/Azure/terraform-azurerm-aks/issues/160
    space = {"addressSpace": {"addressPrefixes": ["10.224.0.0/16"]}}
    subnets = {"subnets": [{"name": "nodes", "addressPrefix": "10.224.0.0/20"}]}
    network = engine.create("network:VirtualNetwork", "vnet", {"resourceGroupName": "rg", **space, **subnets})
    size = {"vmSize": "Standard_D4ds_v5", "count": 3}
    system = {"name": "system", "mode": "System", **size, "vnetSubnetID": f"{network.id}/subnets/nodes"}
    cluster = engine.create(
        "containerservice:ManagedCluster",
        "aks",
        {
            "resourceGroupName": "rg",
            "resourceName": "aks",
            "dnsPrefix": "aks",
            "identity": {"type": "SystemAssigned"},
            "agentPoolProfiles": [system],
        },
    )
    place = {"resourceGroupName": "rg", "resourceName": cluster.outputs["name"], "agentPoolName": "work"}
    pool = engine.create("containerservice:AgentPool", "work", {**place, **size})
    assert pool.outputs["vnetSubnetID"] == f"{network.id}/subnets/nodes"
    engine.update(pool, pool.inputs)


def test_a_dual_stack_cluster_has_azures_ipv6_ranges_and_addresses(engine: Engine, group: Made) -> None:
    # https://learn.microsoft.com/azure/aks/configure-dual-stack
    system = {"name": "system", "mode": "System", "vmSize": "Standard_D4ds_v5", "count": 3}
    cluster = engine.create(
        "containerservice:ManagedCluster",
        "aks",
        {
            "resourceGroupName": "rg",
            "resourceName": "aks",
            "dnsPrefix": "aks",
            "identity": {"type": "SystemAssigned"},
            "networkProfile": {"ipFamilies": ["IPv4", "IPv6"]},
            "agentPoolProfiles": [system],
        },
    )
    profile = cluster.outputs["networkProfile"]
    assert profile["podCidrs"] == ["10.244.0.0/16", "fd12:3456:789a::/64"]
    assert profile["serviceCidrs"] == ["10.0.0.0/16", "fd12:3456:789a:1::/108"]
    assert profile["loadBalancerProfile"]["managedOutboundIPs"] == {"count": 1, "countIPv6": 1}


def test_a_peering_says_whether_the_other_side_is_there_and_knows_its_ranges(
    engine: Engine, group: Made
) -> None:
    def network(name: str, *prefixes: str) -> dict[str, Any]:
        address_space = {"addressPrefixes": [*prefixes]}
        return {"resourceGroupName": "rg", "virtualNetworkName": name, "addressSpace": address_space}

    def peering(home: str, remote: Made) -> dict[str, Any]:
        names = {"resourceGroupName": "rg", "virtualNetworkName": home, "virtualNetworkPeeringName": "peer"}
        return {**names, "remoteVirtualNetwork": {"id": remote.id}}

    def states(*sides: Made) -> list[tuple[str, str]]:
        found = [engine.read(side) for side in sides]
        return [(one.outputs["peeringState"], one.outputs["peeringSyncLevel"]) for one in found if one]

    spoke = engine.create("network:VirtualNetwork", "spoke", network("spoke", "10.1.0.0/16"))
    hub = engine.create("network:VirtualNetwork", "hub", network("hub", "10.2.0.0/16"))
    ours = engine.create("network:VirtualNetworkPeering", "ours", peering("spoke", hub))
    assert states(ours) == [("Initiated", "RemoteNotInSync")]
    theirs = engine.create("network:VirtualNetworkPeering", "theirs", peering("hub", spoke))
    assert states(ours, theirs) == [("Connected", "FullyInSync")] * 2

    engine.update(spoke, network("spoke", "10.1.0.0/16", "10.3.0.0/16"))
    assert states(ours, theirs) == [("Connected", "RemoteNotInSync"), ("Connected", "LocalNotInSync")]
    engine.update(theirs, peering("hub", spoke))
    assert states(ours, theirs) == [("Connected", "FullyInSync")] * 2

    engine.delete(theirs)
    assert states(ours) == [("Disconnected", "RemoteNotInSync")]
