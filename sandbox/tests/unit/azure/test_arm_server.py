"""Microsoft's own clients speak to the simulated Azure Resource Manager as they speak to Azure."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ManagedIdentityCredential
from azure.mgmt.containerregistry import ContainerRegistryManagementClient
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient

from sandbox.azure.arm_server import Address, serving
from sandbox.azure.cloud import Cloud
from sandbox.azure.faults import Fault, Faults
from sandbox.engine.engine_error import EngineError
from sandbox.engine.environment import SUBSCRIPTION_ID

GROUP = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Address]:
    with serving(tmp_path) as address:
        yield address


@pytest.fixture
def client(address: Address, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a client of a management package, signed in; the resource group exists already."""
    for name, value in address.variables.items():
        monkeypatch.setenv(name, value)
    options = {
        "base_url": address.url,
        "polling_interval": 0,
        "retry_total": 0,
    }

    def make(package: Any) -> Any:
        return package(ManagedIdentityCredential(), SUBSCRIPTION_ID, **options)

    make(ResourceManagementClient).resource_groups.create_or_update("rg", {"location": "westus3"})
    return make


def ask(address: Address, path: str, method: str = "get", **options: Any) -> requests.Response:
    asked: dict[str, Any] = {
        "headers": {"Authorization": "Bearer token"},
        "params": {"api-version": "2025-01-01"},
        "verify": str(address.authority),
        "timeout": 30,
    }
    return requests.request(method, address.url + path, **asked | options)


def test_a_network_is_made_read_listed_and_deleted(client: Any) -> None:
    networks = client(NetworkManagementClient)
    space = {"address_space": {"address_prefixes": ["10.0.0.0/16"]}, "location": "westus3"}
    making = networks.virtual_networks.begin_create_or_update(
        "rg", "vnet", {**space, "tags": {"workload": "platform"}}, polling=True
    )
    assert making.status() == "InProgress"
    made = making.result()
    assert (made.id, made.provisioning_state, made.subnets) == (NETWORK, "Succeeded", [])

    subnet = networks.subnets.begin_create_or_update(
        "rg", "vnet", "nodes", {"address_prefix": "10.0.0.0/20"}
    ).result()
    assert subnet.address_prefix == "10.0.0.0/20"
    read = networks.virtual_networks.get("rg", "vnet")
    assert [(each.name, each.address_prefix) for each in read.subnets] == [("nodes", "10.0.0.0/20")]

    changed = networks.virtual_networks.update_tags("rg", "vnet", {"tags": {"workload": "other"}})
    assert (changed.tags, changed.address_space.address_prefixes) == ({"workload": "other"}, ["10.0.0.0/16"])

    for listed in (networks.virtual_networks.list("rg"), networks.virtual_networks.list_all()):
        assert [each.id for each in listed] == [NETWORK]
    assert [each.name for each in networks.subnets.list("rg", "vnet")] == ["nodes"]

    networks.virtual_networks.begin_delete("rg", "vnet").result()
    with pytest.raises(ResourceNotFoundError) as missing:
        networks.virtual_networks.get("rg", "vnet")
    assert missing.value.error is not None
    assert missing.value.error.code == "ResourceNotFound"


def test_a_cluster_and_its_pools_are_made_grown_and_deleted(client: Any) -> None:
    clusters = client(ContainerServiceClient)
    made = clusters.managed_clusters.begin_create_or_update(
        "rg",
        "aks",
        {
            "location": "westus3",
            "identity": {"type": "SystemAssigned"},
            "properties": {
                "dnsPrefix": "aks",
                "agentPoolProfiles": [
                    {"name": "system", "mode": "System", "count": 2, "vmSize": "Standard_D4s_v5"}
                ],
                "autoScalerProfile": {"scan-interval": "20s"},
            },
        },
    ).result()
    assert made.provisioning_state == "Succeeded"
    assert made.agent_pool_profiles[0].vm_size == "Standard_D4s_v5"
    assert made.auto_scaler_profile.scan_interval == "20s"

    pool = {"properties": {"mode": "User", "count": 1, "vmSize": "Standard_D4s_v5"}}
    clusters.agent_pools.begin_create_or_update("rg", "aks", "work", pool).result()
    pool["properties"]["count"] = 3
    grown = clusters.agent_pools.begin_create_or_update("rg", "aks", "work", pool).result()
    assert (grown.count, grown.type_properties_type) == (3, "VirtualMachineScaleSets")
    assert [each.name for each in clusters.agent_pools.list("rg", "aks")] == ["system", "work"]
    assert [each.name for each in clusters.managed_clusters.list()] == ["aks"]

    clusters.managed_clusters.begin_delete("rg", "aks").result()
    assert list(clusters.managed_clusters.list_by_resource_group("rg")) == []


def test_a_registry_and_an_identity_are_made_and_listed_with_everything_in_the_group(client: Any) -> None:
    registries, identities = client(ContainerRegistryManagementClient), client(ManagedServiceIdentityClient)
    sku = {"location": "westus3", "sku": {"name": "Premium"}, "properties": {"adminUserEnabled": True}}
    made = registries.registries.begin_create("rg", "crplatform", sku).result()
    assert made.login_server == "crplatform.azurecr.io"
    assert registries.registries.list_credentials("rg", "crplatform").username == "crplatform"
    identity = identities.user_assigned_identities.create_or_update("rg", "id", {"location": "westus3"})
    assert identity.principal_id

    resources = client(ResourceManagementClient)
    in_group = list(resources.resources.list_by_resource_group("rg"))
    assert [each.properties for each in in_group] == [None, None]
    assert {each.id for each in resources.resources.list()} == {each.id for each in in_group}
    assert {each.name: each.type for each in in_group} == {
        "crplatform": "Microsoft.ContainerRegistry/registries",
        "id": "Microsoft.ManagedIdentity/userAssignedIdentities",
    }


def test_groups_are_found_by_a_tag(client: Any) -> None:
    groups = client(ResourceManagementClient).resource_groups
    groups.create_or_update("rg-dev", {"location": "westus3", "tags": {"environment": "dev"}})
    by_tag = groups.list(filter="tagName eq 'environment' and tagValue eq 'dev'")
    assert [each.name for each in by_tag] == ["rg-dev"]
    assert groups.check_existence("rg-dev") is True
    groups.begin_delete("rg-dev").result()
    assert groups.check_existence("rg-dev") is False


def test_an_operation_that_fails_says_why_and_leaves_the_resource_failed(client: Any, tmp_path: Path) -> None:
    with Cloud.open(tmp_path / "cloud.sqlite") as cloud:
        Faults(cloud).add(Fault(kind="ResourceOperationFailure", type="virtualNetworks"))
    networks = client(NetworkManagementClient)
    space = {"address_space": {"address_prefixes": ["10.0.0.0/16"]}, "location": "westus3"}
    with pytest.raises(HttpResponseError, match="terminal provisioning state 'Failed'"):
        networks.virtual_networks.begin_create_or_update("rg", "vnet", space).result()
    assert networks.virtual_networks.get("rg", "vnet").provisioning_state == "Failed"


def test_a_client_that_is_throttled_is_told_when_to_come_back(address: Address, tmp_path: Path) -> None:
    with Cloud.open(tmp_path / "cloud.sqlite") as cloud:
        Faults(cloud).add(Fault(kind="RetryableError", count=1))
    answer = ask(address, GROUP, "put", json={"location": "westus3"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "14")
    assert ask(address, GROUP, "put", json={"location": "westus3"}).status_code == 201


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"headers": {}}, 401, "AuthenticationFailed"),
        ({"params": {}}, 400, "MissingApiVersionParameter"),
        ({"path": f"{GROUP}/providers/Microsoft.Toys/balls/red"}, 404, "InvalidResourceType"),
        ({"path": "/subscriptions/00000000-0000-0000-0000-00000000000f"}, 404, "SubscriptionNotFound"),
        ({"path": f"{GROUP}-2/providers/Microsoft.Network/virtualNetworks"}, 404, "ResourceGroupNotFound"),
        ({"method": "put", "data": "{"}, 400, "InvalidRequestContent"),
        (
            {"method": "put", "path": NETWORK, "json": {"location": "mars"}},
            400,
            "LocationNotAvailableForResourceType",
        ),
        ({"params": {"api-version": "1", "$filter": "odd"}}, 400, "InvalidFilterInQueryString"),
    ],
)
def test_what_azure_refuses_is_answered_in_its_envelope(
    address: Address, options: dict[str, Any], status: int, code: str
) -> None:
    path = options.pop("path", f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups")
    ask(address, GROUP, "put", json={"location": "westus3"})
    answer = ask(address, path, **options)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["message"]


def test_it_is_reached_from_this_computer_only_and_a_taken_port_is_named(
    address: Address, tmp_path: Path
) -> None:
    port = int(address.url.rpartition(":")[2])
    with socket.socket() as elsewhere, pytest.raises(OSError, match="refused"):
        elsewhere.connect(("127.0.0.2", port))
    with pytest.raises(EngineError, match=f"Port {port} cannot be used"), serving(tmp_path, port=port):
        pass


def test_the_subscription_is_listed(address: Address) -> None:
    listed = json.loads(ask(address, "/subscriptions").text)["value"]
    assert [each["subscriptionId"] for each in listed] == [SUBSCRIPTION_ID]
