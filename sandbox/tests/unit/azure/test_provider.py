from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from sandbox.engine.plugin import UNKNOWN
from sandbox.tests.unit.azure.conftest import SUBSCRIPTION_ID, Engine, Made, ProviderAborted

NETWORK = {"resourceGroupName": "rg", "addressSpace": {"addressPrefixes": ["10.224.0.0/16"]}}
ADDRESS = {
    "resourceGroupName": "rg",
    "sku": {"name": "Standard"},
    "publicIPAllocationMethod": "Static",
}


def kinds(response: provider_pb2.DiffResponse) -> dict[str, str]:
    return {
        path: provider_pb2.PropertyDiff.Kind.Name(change.kind)
        for path, change in response.detailedDiff.items()
    }


def test_a_top_level_resource_is_named_at_random_and_replaced_by_a_new_one_first(engine: Engine) -> None:
    inputs, failures = engine.check("network:VirtualNetwork", "vnet", NETWORK)
    assert failures == []
    name = inputs.pop("virtualNetworkName")
    assert name.startswith("vnet")
    assert len(name) == len("vnet") + 8
    assert inputs == {
        **NETWORK,
        "location": "westeurope",
        "azureApiVersion": "2024-05-01",
        "__createBeforeDelete": True,
    }


def test_a_child_takes_the_logical_name(engine: Engine) -> None:
    given = {"resourceGroupName": "rg", "virtualNetworkName": "vnet", "addressPrefix": "10.0.0.0/24"}
    inputs, _ = engine.check("network:Subnet", "nodes", given)
    assert inputs == {**given, "subnetName": "nodes", "azureApiVersion": "2024-05-01"}


def test_a_name_and_its_way_of_replacement_are_kept(engine: Engine) -> None:
    olds = {"virtualNetworkName": "vnet-old", "__createBeforeDelete": True}
    inputs, _ = engine.check("network:VirtualNetwork", "vnet", NETWORK, olds)
    assert inputs["virtualNetworkName"] == "vnet-old"
    assert inputs["__createBeforeDelete"] is True
    inputs, _ = engine.check("network:VirtualNetwork", "vnet", NETWORK, {"virtualNetworkName": "given"})
    assert "__createBeforeDelete" not in inputs


def test_a_proposed_name_is_taken(engine: Engine) -> None:
    options = provider_pb2.CheckRequest.AutonamingOptions
    autonaming = options(proposed_name="mine", mode=options.PROPOSE)
    inputs, _ = engine.check("network:VirtualNetwork", "vnet", NETWORK, autonaming=autonaming)
    assert inputs["virtualNetworkName"] == "mine"


def test_without_a_configured_location_the_resource_group_gives_it(
    engine: Engine, group: Made, tmp_path: Path
) -> None:
    assert group.outputs["location"] == "westeurope"
    other = Engine({})
    inputs, failures = other.check("network:VirtualNetwork", "vnet", NETWORK)
    assert failures == []
    assert inputs["location"] == "westeurope"
    inputs, _ = other.check("network:VirtualNetwork", "vnet", {**NETWORK, "resourceGroupName": UNKNOWN})
    assert inputs["location"] is UNKNOWN


def test_without_any_location_the_failure_says_how_to_set_one(engine: Engine) -> None:
    _, failures = Engine({}).check("containerregistry:Registry", "acr", {"resourceGroupName": "none"})
    assert failures == [
        (
            "missing required property 'location'. Either set it explicitly or configure it with "
            "'pulumi config set azure-native:location <value>'."
        ),
        "missing required property 'sku'",
    ]


def test_everything_wrong_with_the_inputs_is_reported_at_once(engine: Engine) -> None:
    given = {
        "resourceName": "aks",
        "agentPoolName": "Much-too-long-a-name",
        "count": "three",
        "vmSizes": "Standard_D4ds_v5",
        "upgradeSettings": {"drainTimeoutInMinutes": 0, "maxSurge": 1},
        "nodeTaints": "a=b:NoSchedule",
        "osDiskSizeGB": 4096,
        "maxPods": 30.5,
        "enableFIPS": UNKNOWN,
    }
    _, failures = engine.check("containerservice:AgentPool", "pool", given)
    assert sorted(failures) == sorted(
        [
            "missing required property 'resourceGroupName'",
            "'agentPoolName' is too long (20): at most 12 characters allowed",
            "'agentPoolName' does not match expression '^[a-z][a-z0-9]{0,11}$'",
            "'count' should be of type 'integer' but got a string",
            "'vmSizes' is not a property of azure-native:containerservice:AgentPool; did you mean 'vmSize'?",
            "'upgradeSettings.drainTimeoutInMinutes' is too low (0.000000 < 1.000000)",
            "'upgradeSettings.maxSurge' should be of type 'string' but got a number",
            "'nodeTaints' should be of type 'array' but got a string",
            "'osDiskSizeGB' is too high (4096.000000 > 2048.000000)",
            "'maxPods' must be an integer but got 30.500000",
        ]
    )


def test_a_missing_property_of_an_item_is_named_by_its_place(engine: Engine) -> None:
    given = {"resourceGroupName": "rg", "agentPoolProfiles": [{"name": "system"}, {"mode": "System"}]}
    _, failures = engine.check("containerservice:ManagedCluster", "aks", given)
    assert failures == ["missing required property 'agentPoolProfiles[1].name'"]


def test_a_preview_knows_the_inputs_and_nothing_that_azure_adds(engine: Engine) -> None:
    given = {"resourceGroupName": "rg", "oidcIssuerProfile": {"enabled": True}, "dnsPrefix": "x"}
    outputs = engine.preview("containerservice:ManagedCluster", "aks", given)
    assert outputs["oidcIssuerProfile"] == {"enabled": True, "issuerURL": UNKNOWN}
    assert outputs["dnsPrefix"] == "x"
    assert outputs["fqdn"] is UNKNOWN
    assert outputs["name"] is UNKNOWN


def test_a_preview_changes_nothing(engine: Engine, group: Made) -> None:
    engine.preview("network:VirtualNetwork", "vnet", NETWORK)
    engine.update(group, {**group.inputs, "tags": {"a": "b"}}, preview=True)
    assert engine.read(group) == group
    assert len(engine.provider.manager.cloud.everything()) == 1


def test_the_preview_of_an_update_keeps_name_and_location(engine: Engine, group: Made) -> None:
    outputs = engine.update(group, {**group.inputs, "tags": {"a": "b"}}, preview=True)
    assert (outputs["name"], outputs["location"]) == ("rg", "westeurope")
    assert outputs["properties"] is UNKNOWN


def test_what_exists_is_not_created_again(engine: Engine, group: Made) -> None:
    with pytest.raises(ProviderAborted) as caught:
        engine.create("resources:ResourceGroup", "again", {"resourceGroupName": "RG"})
    assert str(caught.value) == (
        f"cannot create already existing resource '/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/RG'"
    )


def test_a_value_that_azure_does_not_know_is_refused_when_it_is_sent(engine: Engine, group: Made) -> None:
    inputs = {**ADDRESS, "publicIPAllocationMethod": "Sometimes"}
    with pytest.raises(ProviderAborted) as caught:
        engine.create("network:PublicIPAddress", "pip", inputs)
    assert str(caught.value) == (
        'Status=400 Code="InvalidParameter" Message="The value of parameter publicIPAllocationMethod is '
        "invalid: 'Sometimes'. The allowed values are: Static, Dynamic.\""
    )
    assert len(engine.provider.manager.cloud.everything()) == 1


def test_the_same_inputs_make_no_difference(engine: Engine, group: Made) -> None:
    response = engine.diff(group, {**group.inputs, "location": "West Europe", "__createBeforeDelete": True})
    assert response.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_change_in_the_id_replaces_and_deletes_first_where_the_name_was_given(
    engine: Engine, group: Made
) -> None:
    response = engine.diff(group, {**group.inputs, "resourceGroupName": "other", "tags": {"a": "b"}})
    assert kinds(response) == {"resourceGroupName": "UPDATE_REPLACE", "tags": "ADD"}
    assert list(response.replaces) == ["resourceGroupName"]
    assert response.deleteBeforeReplace is True


def test_a_randomly_named_resource_is_replaced_by_a_new_one_first(engine: Engine, group: Made) -> None:
    made = engine.create("network:PublicIPAddress", "pip", ADDRESS)
    response = engine.diff(made, {**made.inputs, "sku": {"name": "Standard", "tier": "Global"}})
    assert kinds(response) == {"sku.tier": "ADD"}
    response = engine.diff(made, {**made.inputs, "sku": {"name": "Basic"}})
    assert kinds(response) == {"sku.name": "UPDATE_REPLACE"}
    assert response.deleteBeforeReplace is False


@pytest.mark.parametrize(
    ("change", "path", "replaces"),
    [
        ({"networkProfile": {"podCidr": "10.1.0.0/16"}}, "networkProfile.podCidr", True),
        (
            {"networkProfile": {"podCidr": "10.0.0.0/16", "loadBalancerSku": "basic"}},
            "networkProfile.loadBalancerSku",
            False,
        ),
        ({"dnsPrefix": "y"}, "dnsPrefix", True),
        ({"dnsPrefix": UNKNOWN}, "dnsPrefix", True),
        ({"location": "northeurope"}, "location", True),
        ({"kubernetesVersion": "1.37"}, "kubernetesVersion", False),
        ({"agentPoolProfiles": [{"name": "system", "vmSize": "B"}]}, "agentPoolProfiles[0].vmSize", False),
        ({"sku": {"name": "Base", "tier": "Standard"}}, None, False),
    ],
)
def test_a_cluster_is_replaced_for_what_the_provider_lists_only(
    engine: Engine, change: dict[str, Any], path: str | None, replaces: bool
) -> None:
    inputs = {
        "resourceGroupName": "rg",
        "resourceName": "aks",
        "location": "westeurope",
        "dnsPrefix": "x",
        "kubernetesVersion": "1.36",
        "networkProfile": {"podCidr": "10.0.0.0/16"},
        "agentPoolProfiles": [{"name": "system", "vmSize": "A"}],
        "sku": {"name": "Basic", "tier": "Paid"},
    }
    made = Made("id", engine.urn("containerservice:ManagedCluster", "aks"), inputs, {})
    response = engine.diff(made, {**inputs, **change})
    assert list(response.detailedDiff) == ([path] if path else [])
    assert list(response.replaces) == ([path] if replaces else [])


def test_a_refresh_without_drift_changes_nothing(engine: Engine, group: Made) -> None:
    made = engine.create("network:VirtualNetwork", "vnet", NETWORK)
    assert engine.read(made) == made


def test_a_refresh_brings_drift_into_the_inputs_and_nothing_else(engine: Engine, group: Made) -> None:
    made = engine.create("network:PublicIPAddress", "pip", ADDRESS)
    cloud = engine.provider.manager.cloud
    stored = cloud.get(made.id)
    assert stored is not None
    properties = {**stored.properties, "idleTimeoutInMinutes": 10, "tags": {"by": "hand"}}
    cloud.put(replace(stored, properties=properties))
    found = engine.read(made)
    assert found is not None
    assert found.inputs == {**made.inputs, "idleTimeoutInMinutes": 10, "tags": {"by": "hand"}}


def test_what_was_deleted_by_hand_is_gone_after_a_refresh(engine: Engine, group: Made) -> None:
    engine.provider.manager.cloud.delete(group.id)
    assert engine.read(group) is None
    engine.delete(group)


def test_an_imported_resource_gets_its_inputs_from_its_id_and_its_state(engine: Engine, group: Made) -> None:
    made = engine.create("network:PublicIPAddress", "pip", {**ADDRESS, "publicIpAddressName": "pip"})
    found = engine.read(replace(made, inputs={}, outputs={}))
    assert found is not None
    assert found.inputs == {
        **ADDRESS,
        "publicIpAddressName": "pip",
        "location": "westeurope",
        "publicIPAddressVersion": "IPv4",
        "idleTimeoutInMinutes": 4,
        "ipAddress": "203.0.113.1",
        "ipTags": [],
        "sku": {"name": "Standard", "tier": "Regional"},
    }


def test_an_update_resets_what_it_leaves_out(engine: Engine, group: Made) -> None:
    made = engine.create("network:PublicIPAddress", "pip", {**ADDRESS, "tags": {"a": "b"}})
    outputs = engine.update(made, {name: value for name, value in made.inputs.items() if name != "tags"})
    assert "tags" not in outputs
    assert outputs["ipAddress"] == made.outputs["ipAddress"] == "203.0.113.1"


def test_an_update_of_a_network_keeps_the_subnets_that_were_made_by_themselves(
    engine: Engine, group: Made
) -> None:
    network = engine.create("network:VirtualNetwork", "vnet", NETWORK)
    name = network.outputs["name"]
    subnet = engine.create(
        "network:Subnet",
        "nodes",
        {"resourceGroupName": "rg", "virtualNetworkName": name, "addressPrefix": "10.224.0.0/24"},
    )
    outputs = engine.update(network, {**network.inputs, "tags": {"a": "b"}})
    assert [item["id"] for item in outputs["subnets"]] == [subnet.id]
    assert engine.read(network).inputs == {**network.inputs, "tags": {"a": "b"}}  # type: ignore[union-attr]


def test_a_deleted_resource_group_takes_everything_in_it(engine: Engine, group: Made) -> None:
    made = engine.create("network:VirtualNetwork", "vnet", NETWORK)
    engine.delete(group)
    assert engine.read(made) is None
    assert engine.provider.manager.cloud.everything() == []


def test_after_a_cancel_nothing_more_is_sent_to_azure(engine: Engine, group: Made) -> None:
    engine.provider.Cancel(empty_pb2.Empty(), engine.context)
    with pytest.raises(ProviderAborted, match="cancelled before it was sent"):
        engine.delete(group)
    assert engine.read(group) == group


def test_without_a_subscription_nothing_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKS_PLATFORM_SANDBOX", str(tmp_path))
    monkeypatch.delenv("ARM_SUBSCRIPTION_ID", raising=False)
    with pytest.raises(ProviderAborted, match=r"^A Subscription ID must be configured"):
        Engine({})
    assert Engine({"subscriptionId": SUBSCRIPTION_ID}).provider.manager.subscription_id == SUBSCRIPTION_ID


def test_a_damaged_cloud_file_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKS_PLATFORM_SANDBOX", str(tmp_path))
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", SUBSCRIPTION_ID)
    (tmp_path / "cloud.sqlite").write_text("nothing of the kind " * 100)
    with pytest.raises(ProviderAborted, match=r"cloud\.sqlite is damaged or is not a cloud file"):
        Engine({})
