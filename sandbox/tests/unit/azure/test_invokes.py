import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.clusters import api_server
from sandbox.clusters.endpoint import Endpoint
from sandbox.tests.unit.azure.conftest import SUBSCRIPTION_ID, Engine, Made, ProviderAborted

CLUSTER = {"resourceGroupName": "rg", "resourceName": "aks"}


@pytest.fixture
def cluster(engine: Engine, group: Made) -> Made:
    return engine.create(
        "containerservice:ManagedCluster",
        "aks",
        {
            **CLUSTER,
            "dnsPrefix": "aks",
            "kubernetesVersion": "1.36",
            "identity": {"type": "SystemAssigned"},
            "disableLocalAccounts": True,
            "aadProfile": {"managed": True, "enableAzureRBAC": True},
            "networkProfile": {
                "networkPlugin": "azure",
                "networkPluginMode": "overlay",
                "podCidr": "10.244.0.0/16",
            },
            "agentPoolProfiles": [
                {
                    "name": "system",
                    "mode": "System",
                    "count": 3,
                    "vmSize": "Standard_D4ds_v5",
                    "osType": "Linux",
                }
            ],
        },
    )


def test_the_client_is_the_simulated_one(engine: Engine) -> None:
    assert engine.invoke("authorization:getClientConfig", {}) == {
        "clientId": "00000000-0000-0000-0000-000000000004",
        "objectId": "00000000-0000-0000-0000-000000000003",
        "subscriptionId": SUBSCRIPTION_ID,
        "tenantId": "00000000-0000-0000-0000-000000000002",
    }


def test_a_token_is_not_given(engine: Engine) -> None:
    with pytest.raises(ProviderAborted, match="has no token to give"):
        engine.invoke("authorization:getClientToken", {})


def _user_kubeconfig(engine: Engine) -> Any:
    answer = engine.invoke("containerservice:listManagedClusterUserCredentials", CLUSTER)
    return yaml.safe_load(base64.b64decode(answer["kubeconfigs"][0]["value"]))


def test_the_users_kubeconfig_leads_to_the_running_api_server_and_signs_in_with_kubelogin(
    engine: Engine, cluster: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = tmp_path / "ca.crt"
    authority.write_text("a certificate")
    endpoint = Endpoint("https://127.0.0.1:1234", authority, "a token", tmp_path / "kubeconfig")
    monkeypatch.setattr(
        api_server, "ensure", lambda root, asked: endpoint if asked.id == cluster.id else None
    )
    kubeconfig = _user_kubeconfig(engine)
    assert kubeconfig["clusters"][0]["cluster"] == {
        "server": "https://127.0.0.1:1234",
        "certificate-authority-data": base64.b64encode(b"a certificate").decode(),
    }
    assert kubeconfig["users"][0]["user"]["exec"]["command"] == "kubelogin"


def test_the_kubeconfig_of_a_stopped_cluster_leads_to_a_name_where_nothing_answers(
    engine: Engine, cluster: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_server, "ensure", lambda root, asked: None)
    server = _user_kubeconfig(engine)["clusters"][0]["cluster"]["server"]
    assert server == f"https://{cluster.outputs['fqdn']}:443"


def test_the_administrators_kubeconfig_is_refused_without_local_accounts(
    engine: Engine, cluster: Made
) -> None:
    with pytest.raises(ProviderAborted) as caught:
        engine.invoke("containerservice:listManagedClusterAdminCredentials", CLUSTER)
    assert str(caught.value) == (
        'Status=400 Code="BadRequest" Message="Getting static credential is not allowed because this cluster '
        'is set to disable local accounts."'
    )


def test_what_exists_is_read_by_its_name(engine: Engine, group: Made) -> None:
    answer = engine.invoke("resources:getResourceGroup", {"resourceGroupName": "RG"})
    assert (answer["id"], answer["location"]) == (group.id, "westeurope")


def test_what_does_not_exist_is_not_found(engine: Engine, group: Made) -> None:
    with pytest.raises(ProviderAborted) as caught:
        engine.invoke("containerservice:getManagedCluster", CLUSTER)
    assert str(caught.value) == (
        'Status=404 Code="ResourceNotFound" Message="The Resource '
        "'Microsoft.ContainerService/managedClusters/aks' under resource group 'rg' was not found. "
        'For more details please go to https://aka.ms/ARMResourceNotFoundFix"'
    )
    with pytest.raises(ProviderAborted, match="Resource group 'other' could not be found"):
        engine.invoke("resources:getResourceGroup", {"resourceGroupName": "other"})


def test_a_function_that_the_sandbox_does_not_know_is_named(engine: Engine) -> None:
    with pytest.raises(ProviderAborted, match="the function azure-native:storage:listStorageAccountKeys"):
        engine.invoke("storage:listStorageAccountKeys", {})


def test_a_cluster_creates_its_own_resource_group_and_deletes_it(engine: Engine, cluster: Made) -> None:
    name = cluster.outputs["nodeResourceGroup"]
    assert name == "MC_rg_aks_westeurope"
    found = engine.invoke("resources:getResourceGroup", {"resourceGroupName": name})
    assert found["managedBy"] == cluster.id
    engine.delete(cluster)
    with pytest.raises(ProviderAborted, match="ResourceGroupNotFound"):
        engine.invoke("resources:getResourceGroup", {"resourceGroupName": name})


def test_an_inline_pool_exists_as_a_pool_and_stays_when_it_is_left_out(engine: Engine, cluster: Made) -> None:
    pool = {**CLUSTER, "agentPoolName": "system"}
    answer = engine.invoke("containerservice:getAgentPool", pool)
    assert (answer["count"], answer["currentOrchestratorVersion"]) == (
        3,
        cluster.outputs["currentKubernetesVersion"],
    )
    kept = {name: value for name, value in cluster.inputs.items() if name != "agentPoolProfiles"}
    engine.update(cluster, {**kept, "tags": {"a": "b"}})
    assert engine.invoke("containerservice:getAgentPool", pool)["count"] == 3


def test_a_cluster_that_is_written_without_a_pool_keeps_it_and_shows_it(
    engine: Engine, cluster: Made
) -> None:
    given = {**CLUSTER, "count": 1, "vmSize": "Standard_D4ds_v5", "mode": "User"}
    pool = engine.create("containerservice:AgentPool", "user", given)
    outputs = engine.update(cluster, {**cluster.inputs, "tags": {"a": "b"}})
    assert [profile["name"] for profile in outputs["agentPoolProfiles"]] == ["system", "user"]
    assert engine.read(pool) == pool


def test_a_minor_version_starts_no_upgrade_of_a_cluster_that_runs_it(engine: Engine, cluster: Made) -> None:
    cloud = engine.provider.manager.cloud
    stored = cloud.get(cluster.id)
    assert stored is not None
    cloud.put(replace(stored, properties={**stored.properties, "currentKubernetesVersion": "1.36.0"}))
    outputs = engine.update(cluster, {**cluster.inputs, "tags": {"a": "b"}})
    assert outputs["currentKubernetesVersion"] == "1.36.0"
