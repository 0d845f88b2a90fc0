"""The cluster with its profiles, its own node pool and its maintenance windows."""

from typing import Any

import pytest

from tests.unit.components import stacks
from tests.unit.components.stacks import record_cluster


@pytest.fixture(scope="module")
def default() -> dict[str, Any]:
    return inputs_of()


def inputs_of(**keys: Any) -> Any:
    """What the ManagedCluster itself is asked for."""
    return record_cluster(**keys)["aks-platform-dev"].inputs


@pytest.mark.parametrize(
    ("keys", "changed"),
    [
        pytest.param(
            {"cluster": {"tier": "Premium", "supportPlan": "AKSLongTermSupport"}},
            {"sku": {"name": "Base", "tier": "Premium"}, "supportPlan": "AKSLongTermSupport"},
            id="tier and support plan",
        ),
        pytest.param(
            {"cluster": {"upgradeChannel": "none", "nodeOsUpgradeChannel": "None"}},
            {"autoUpgradeProfile": {"upgradeChannel": "none", "nodeOSUpgradeChannel": "None"}},
            id="upgrade channels",
        ),
        pytest.param(
            {"cluster": {"imageCleaner": {"intervalHours": 24}}},
            {
                "securityProfile": {
                    "workloadIdentity": {"enabled": True},
                    "imageCleaner": {"enabled": True, "intervalHours": 24},
                }
            },
            id="image cleaner",
        ),
        pytest.param(
            {"cluster": {"azurePolicy": False, "keyVaultSecretsProvider": {"enabled": False}}},
            # Left out, an add-on that is on would stay on.
            {
                "addonProfiles": {
                    "azurepolicy": {"enabled": False},
                    "azureKeyvaultSecretsProvider": {"enabled": False},
                }
            },
            id="add-ons declared off",
        ),
        pytest.param(
            {"cluster": {"keyVaultSecretsProvider": {"rotationPollInterval": "5m"}}},
            {
                "addonProfiles": {
                    "azurepolicy": {"enabled": True},
                    "azureKeyvaultSecretsProvider": {
                        "enabled": True,
                        "config": {"enableSecretRotation": "true", "rotationPollInterval": "5m"},
                    },
                }
            },
            id="secret rotation",
        ),
        pytest.param(
            {"cluster": {"costAnalysis": True}},
            {"metricsProfile": {"costAnalysis": {"enabled": True}}},
            id="cost analysis",
        ),
        pytest.param(
            {"monitoring": {"enabled": False}},
            {"azureMonitorProfile": {"metrics": {"enabled": False}}},
            id="metrics off",
        ),
        pytest.param(
            {"monitoring": {"metricLabelsAllowlist": "pods=[app]", "metricAnnotationsAllowList": "pods=[a]"}},
            {
                "azureMonitorProfile": {
                    "metrics": {
                        "enabled": True,
                        "kubeStateMetrics": {
                            "metricLabelsAllowlist": "pods=[app]",
                            "metricAnnotationsAllowList": "pods=[a]",
                        },
                    }
                }
            },
            id="labels of metrics",
        ),
        pytest.param(
            {
                "network": {
                    "cni": {"podCidr": "172.20.0.0/18"},
                    "serviceCidr": "10.9.0.0/20",
                    "dnsServiceIP": "10.9.0.53",
                    "egress": {"kind": "loadBalancer"},
                }
            },
            {
                "networkProfile": {
                    "networkPlugin": "azure",
                    "networkPluginMode": "overlay",
                    "networkDataplane": "cilium",
                    "networkPolicy": "cilium",
                    "advancedNetworking": {"enabled": False},
                    "loadBalancerSku": "standard",
                    "loadBalancerProfile": {
                        "managedOutboundIPs": {"count": 1, "countIPv6": 0},
                        "allocatedOutboundPorts": 0,
                        "idleTimeoutInMinutes": 30,
                        "backendPoolType": "NodeIPConfiguration",
                    },
                    "outboundType": "loadBalancer",
                    "podCidr": "172.20.0.0/18",
                    "serviceCidr": "10.9.0.0/20",
                    "dnsServiceIP": "10.9.0.53",
                }
            },
            id="network ranges and egress",
        ),
        pytest.param(
            {"cluster": {"apiServer": {"authorizedIpRanges": ["203.0.113.0/24", "198.51.100.7/32"]}}},
            {
                "apiServerAccessProfile": {
                    "authorizedIPRanges": ["203.0.113.0/24", "198.51.100.7/32", "203.0.113.4/32"],
                    "disableRunCommand": True,
                }
            },
            id="authorized ranges, and the nodes' own way out",
        ),
        pytest.param(
            {"cluster": {"apiServer": {"authorizedIpRanges": ["203.0.113.4/32", "198.51.100.7/32"]}}},
            {
                "apiServerAccessProfile": {
                    "authorizedIPRanges": ["203.0.113.4/32", "198.51.100.7/32"],
                    "disableRunCommand": True,
                }
            },
            id="the nodes' own way out is not named twice",
        ),
        pytest.param(
            {"cluster": {"apiServer": {"vnetIntegration": True}}},
            {
                "apiServerAccessProfile": {
                    "authorizedIPRanges": [],
                    "disableRunCommand": True,
                    "enableVnetIntegration": True,
                    "subnetId": "/subnets/apiserver",
                }
            },
            id="API server in the virtual network",
        ),
        pytest.param(
            {"cluster": {"apiServer": {"disableRunCommand": False}}},
            {"apiServerAccessProfile": {"authorizedIPRanges": [], "disableRunCommand": False}},
            id="commands by way of Azure",
        ),
        pytest.param(
            {
                "cluster": {
                    "autoScalerProfile": {
                        "balanceSimilarNodeGroups": False,
                        "expander": "priority",
                        "maxGracefulTerminationSec": "60",
                        "scaleDownDelayAfterAdd": "1m",
                        "scaleDownUnneededTime": "2m",
                        "scaleDownUtilizationThreshold": "0.7",
                        "scanInterval": "20s",
                        "skipNodesWithLocalStorage": True,
                        "skipNodesWithSystemPods": False,
                    }
                }
            },
            {
                "autoScalerProfile": {
                    "balanceSimilarNodeGroups": "false",
                    "expander": "priority",
                    "maxGracefulTerminationSec": "60",
                    "scaleDownDelayAfterAdd": "1m",
                    "scaleDownUnneededTime": "2m",
                    "scaleDownUtilizationThreshold": "0.7",
                    "scanInterval": "20s",
                    "skipNodesWithLocalStorage": "true",
                    "skipNodesWithSystemPods": "false",
                }
            },
            id="autoscaler profile",
        ),
    ],
)
def test_a_setting_changes_its_own_input_and_nothing_else(
    default: dict[str, Any], keys: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert inputs_of(**keys) == stacks.but(default, **changed)


def test_without_a_version_neither_cluster_nor_pool_names_one_so_that_the_channel_decides(
    default: dict[str, Any],
) -> None:
    expected = stacks.but(
        default,
        kubernetesVersion=None,
        agentPoolProfiles=[stacks.but(default["agentPoolProfiles"][0], orchestratorVersion=None)],
        autoUpgradeProfile={"upgradeChannel": "stable", "nodeOSUpgradeChannel": "NodeImage"},
    )
    assert inputs_of(cluster={"kubernetesVersion": None, "upgradeChannel": "stable"}) == expected


def test_there_is_no_way_past_entra(default: dict[str, Any]) -> None:
    assert default["disableLocalAccounts"] is True
    assert default["aadProfile"]["enableAzureRBAC"] is True
    assert "linuxProfile" not in default, "a node with an SSH key is a way past Entra"


def test_a_system_pool_of_another_size_keeps_its_name(default: dict[str, Any]) -> None:
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
            default["agentPoolProfiles"][0],
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


def test_the_system_pool_is_tainted_only_where_workloads_can_run_elsewhere(default: dict[str, Any]) -> None:
    assert default["agentPoolProfiles"][0]["nodeTaints"] == []
    dedicated = inputs_of(dedicated=True)["agentPoolProfiles"][0]
    assert dedicated["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule"]


def test_the_count_of_an_autoscaled_system_pool_is_the_autoscalers_and_of_a_fixed_one_the_stack_files() -> (
    None
):
    assert "count" not in inputs_of()["agentPoolProfiles"][0]
    assert inputs_of(cluster={"systemPool": {"count": 3}})["agentPoolProfiles"][0]["count"] == 3


def test_the_version_is_the_control_planes_and_no_pools(default: dict[str, Any]) -> None:
    assert default["kubernetesVersion"] == "1.36"
    assert "orchestratorVersion" not in default["agentPoolProfiles"][0]


def test_what_azure_answers_about_pools_changes_nothing_that_is_asked() -> None:
    assert record_cluster()["aks-platform-dev"].ignore_changes == (), "it would be by the place in a list"


def test_both_maintenance_windows_say_when_the_cluster_may_change() -> None:
    maintenance = {
        "upgrade": {"dayOfWeek": "Saturday", "startTime": "22:30", "utcOffset": "+01:00", "durationHours": 6},
        "nodeOs": {"dayOfWeek": "Monday", "intervalWeeks": 2},
    }
    cluster = record_cluster(cluster={"maintenance": maintenance})
    windows = {
        found.inputs["configName"]: found.inputs["maintenanceWindow"]
        for found in cluster.of("MaintenanceConfiguration")
    }
    assert windows == {
        "aksManagedAutoUpgradeSchedule": {
            "durationHours": 6,
            "startTime": "22:30",
            "utcOffset": "+01:00",
            "schedule": {"weekly": {"dayOfWeek": "Saturday", "intervalWeeks": 1}},
        },
        "aksManagedNodeOSUpgradeSchedule": {
            "durationHours": 8,
            "startTime": "02:00",
            "utcOffset": "+00:00",
            "schedule": {"weekly": {"dayOfWeek": "Monday", "intervalWeeks": 2}},
        },
    }
