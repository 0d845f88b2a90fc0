from typing import Any

import pytest

from tests.unit.components import stacks
from tests.unit.components.azure_answers import TENANT
from tests.unit.components.clusters import GROUP, SYSTEM_POOL, inputs_of, record_cluster
from tests.unit.components.recording import Recording


@pytest.fixture(scope="module")
def cluster() -> Recording:
    return record_cluster()


def test_a_cluster_is_made_of_these_resources_and_no_others(cluster: Recording) -> None:
    assert cluster.made == [
        (
            "azure-native:containerservice:MaintenanceConfiguration",
            "mc-platform-dev-aksmanagedautoupgradeschedule",
        ),
        (
            "azure-native:containerservice:MaintenanceConfiguration",
            "mc-platform-dev-aksmanagednodeosupgradeschedule",
        ),
        ("azure-native:containerservice:ManagedCluster", "aks-platform-dev"),
    ]
    assert cluster.components == [
        ("aks-platform:cluster:AksCluster", "platform-dev"),
        ("aks-platform:cluster:MaintenanceWindows", "platform-dev"),
    ]


def test_the_default_cluster_asks_azure_for_exactly_this(cluster: Recording) -> None:
    assert cluster["aks-platform-dev"].inputs == {
        "resourceGroupName": GROUP,
        "dnsPrefix": "platform-dev",
        "kubernetesVersion": "1.36",
        "sku": {"name": "Base", "tier": "Standard"},
        "supportPlan": "KubernetesOfficial",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": ["/identities/controlplane"]},
        "identityProfile": {
            "kubeletidentity": {
                "resourceId": "/identities/kubelet",
                "clientId": "client-of-kubelet",
                "objectId": "principal-of-kubelet",
            }
        },
        "aadProfile": {
            "managed": True,
            "enableAzureRBAC": True,
            "adminGroupObjectIDs": [stacks.ADMIN_GROUP],
            "tenantID": TENANT,
        },
        "disableLocalAccounts": True,
        "enableRBAC": True,
        "oidcIssuerProfile": {"enabled": True},
        "securityProfile": {
            "workloadIdentity": {"enabled": True},
            "imageCleaner": {"enabled": True, "intervalHours": 168},
        },
        "networkProfile": {
            "networkPlugin": "azure",
            "networkPluginMode": "overlay",
            "networkDataplane": "cilium",
            "networkPolicy": "cilium",
            "loadBalancerSku": "standard",
            "outboundType": "userAssignedNATGateway",
            "podCidr": "10.244.0.0/16",
            "serviceCidr": "10.0.0.0/16",
            "dnsServiceIP": "10.0.0.10",
        },
        "agentPoolProfiles": [SYSTEM_POOL],
        "autoScalerProfile": {
            "balanceSimilarNodeGroups": "true",
            "expander": "least-waste",
            "maxGracefulTerminationSec": "600",
            "scaleDownDelayAfterAdd": "10m",
            "scaleDownUnneededTime": "10m",
            "scaleDownUtilizationThreshold": "0.5",
            "scanInterval": "10s",
            "skipNodesWithLocalStorage": "false",
            "skipNodesWithSystemPods": "true",
        },
        "autoUpgradeProfile": {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"},
        "addonProfiles": {
            "azurepolicy": {"enabled": True},
            "azureKeyvaultSecretsProvider": {
                "enabled": True,
                "config": {"enableSecretRotation": "true", "rotationPollInterval": "2m"},
            },
        },
        "azureMonitorProfile": {
            "metrics": {
                "enabled": True,
                "kubeStateMetrics": {"metricLabelsAllowlist": "", "metricAnnotationsAllowList": ""},
            }
        },
        "metricsProfile": {"costAnalysis": {"enabled": False}},
        "tags": stacks.TAGS,
    }


def test_without_a_version_neither_cluster_nor_pool_names_one_so_that_the_channel_decides(
    cluster: Recording,
) -> None:
    expected = stacks.but(
        cluster["aks-platform-dev"].inputs,
        kubernetesVersion=None,
        agentPoolProfiles=[stacks.but(SYSTEM_POOL, orchestratorVersion=None)],
        autoUpgradeProfile={"upgradeChannel": "stable", "nodeOSUpgradeChannel": "NodeImage"},
    )
    assert inputs_of(cluster={"kubernetesVersion": None, "upgradeChannel": "stable"}) == expected


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"cluster": {"tier": "Free"}},
        {"cluster": {"apiServer": {"vnetIntegration": True}}},
        {"access": {"adminGroupObjectIDs": [stacks.ADMIN_GROUP], "kubeloginMode": "devicecode"}},
    ],
)
def test_local_accounts_are_never_on(keys: dict[str, Any]) -> None:
    inputs = inputs_of(**keys)
    assert inputs["disableLocalAccounts"] is True
    assert inputs["aadProfile"]["enableAzureRBAC"] is True
    assert "linuxProfile" not in inputs, "a node with an SSH key is a way past Entra"


def test_a_system_pool_of_its_own_size_keeps_its_name(cluster: Recording) -> None:
    pool = {
        "vmSize": "Standard_D8s_v5",
        "count": 2,
        "availabilityZones": [],
        "maxPods": 110,
        "nodeLabels": {"team": "core"},
        "nodeTaints": ["dedicated=core:PreferNoSchedule"],
        "osSKU": "AzureLinux",
        "upgradeSettings": {"maxSurge": "1", "undrainableNodeBehavior": "Cordon"},
    }
    changed = record_cluster(cluster={"systemPool": pool}, dedicated=True)["aks-platform-dev"]
    assert changed.inputs["agentPoolProfiles"] == [
        stacks.but(
            SYSTEM_POOL,
            vmSize="Standard_D8s_v5",
            enableAutoScaling=False,
            count=2,
            minCount=None,
            maxCount=None,
            availabilityZones=None,
            maxPods=110,
            nodeLabels={"aks-platform/node-pool": "system", "team": "core"},
            nodeTaints=["CriticalAddonsOnly=true:NoSchedule", "dedicated=core:PreferNoSchedule"],
            osSKU="AzureLinux",
            osDiskType="Managed",
            osDiskSizeGB=256,
            upgradeSettings={
                "maxSurge": "1",
                "drainTimeoutInMinutes": 30,
                "nodeSoakDurationInMinutes": 0,
                "undrainableNodeBehavior": "Cordon",
            },
        )
    ]


def test_the_system_pool_is_tainted_only_where_workloads_can_run_elsewhere(cluster: Recording) -> None:
    assert "nodeTaints" not in cluster["aks-platform-dev"].inputs["agentPoolProfiles"][0]
    dedicated = inputs_of(dedicated=True)["agentPoolProfiles"][0]
    assert dedicated["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule"]


def test_the_count_of_an_autoscaled_system_pool_is_the_autoscalers(cluster: Recording) -> None:
    assert cluster["aks-platform-dev"].ignore_changes == ("agentPoolProfiles[0].count",)


def test_the_count_of_a_fixed_system_pool_is_the_stack_files() -> None:
    assert record_cluster(cluster={"systemPool": {"count": 3}})["aks-platform-dev"].ignore_changes == ()


def test_both_maintenance_windows_say_when_the_cluster_may_change() -> None:
    maintenance = {
        "upgrade": {"dayOfWeek": "Saturday", "startTime": "22:30", "utcOffset": "+01:00", "durationHours": 6},
        "nodeOs": {"dayOfWeek": "Monday", "intervalWeeks": 2},
    }
    cluster = record_cluster(cluster={"maintenance": maintenance})
    assert cluster["mc-platform-dev-aksmanagedautoupgradeschedule"].inputs == {
        "resourceGroupName": GROUP,
        "resourceName": "aks-platform-dev1a2b3c4d",
        "configName": "aksManagedAutoUpgradeSchedule",
        "maintenanceWindow": {
            "durationHours": 6,
            "startTime": "22:30",
            "utcOffset": "+01:00",
            "schedule": {"weekly": {"dayOfWeek": "Saturday", "intervalWeeks": 1}},
        },
    }
    assert cluster["mc-platform-dev-aksmanagednodeosupgradeschedule"].inputs == {
        "resourceGroupName": GROUP,
        "resourceName": "aks-platform-dev1a2b3c4d",
        "configName": "aksManagedNodeOSUpgradeSchedule",
        "maintenanceWindow": {
            "durationHours": 8,
            "startTime": "02:00",
            "utcOffset": "+00:00",
            "schedule": {"weekly": {"dayOfWeek": "Monday", "intervalWeeks": 2}},
        },
    }


def test_the_cluster_belongs_to_its_component_and_the_windows_to_theirs(cluster: Recording) -> None:
    assert cluster.parent(cluster["aks-platform-dev"]) == "AksCluster"
    assert cluster.parent(cluster.component("MaintenanceWindows")) == "AksCluster"
    windows = cluster.of("MaintenanceConfiguration")
    assert [cluster.parent(window) for window in windows] == ["MaintenanceWindows"] * 2
    assert all("aks-platform-dev" in window.depends_on for window in windows)


def test_a_cluster_tells_its_id_its_name_its_issuer_and_where_its_nodes_are(cluster: Recording) -> None:
    assert cluster.outputs("AksCluster").values == {
        "id": "/ManagedCluster/aks-platform-dev1a2b3c4d",
        "name": "aks-platform-dev1a2b3c4d",
        "oidc_issuer_url": "https://issuer",
        "node_resource_group": "MC_nodes",
    }
    assert cluster.outputs("MaintenanceWindows").values == {}
