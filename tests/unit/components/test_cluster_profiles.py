from typing import Any

import pytest

from tests.unit.components import stacks
from tests.unit.components.clusters import inputs_of, record_cluster
from tests.unit.components.recording import Recording


@pytest.fixture(scope="module")
def cluster() -> Recording:
    return record_cluster()


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
            {"cluster": {"imageCleaner": {"enabled": False, "intervalHours": 24}}},
            {
                "securityProfile": {
                    "workloadIdentity": {"enabled": True},
                    "imageCleaner": {"enabled": False, "intervalHours": 24},
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
            {
                "cluster": {
                    "keyVaultSecretsProvider": {"enableSecretRotation": False, "rotationPollInterval": "5m"}
                }
            },
            {
                "addonProfiles": {
                    "azurepolicy": {"enabled": True},
                    "azureKeyvaultSecretsProvider": {
                        "enabled": True,
                        "config": {"enableSecretRotation": "false", "rotationPollInterval": "5m"},
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
                    "podCidr": "172.20.0.0/18",
                    "serviceCidr": "10.9.0.0/20",
                    "dnsServiceIP": "10.9.0.53",
                    "outboundType": "loadBalancer",
                }
            },
            {
                "networkProfile": {
                    "networkPlugin": "azure",
                    "networkPluginMode": "overlay",
                    "networkDataplane": "cilium",
                    "networkPolicy": "cilium",
                    "loadBalancerSku": "standard",
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
                    "authorizedIPRanges": ["203.0.113.0/24", "198.51.100.7/32", "203.0.113.4/32"]
                }
            },
            id="authorized ranges, and the nodes' own way out",
        ),
        pytest.param(
            {"cluster": {"apiServer": {"authorizedIpRanges": ["203.0.113.4/32", "198.51.100.7/32"]}}},
            {"apiServerAccessProfile": {"authorizedIPRanges": ["203.0.113.4/32", "198.51.100.7/32"]}},
            id="the nodes' own way out is not named twice",
        ),
        pytest.param(
            {"cluster": {"apiServer": {"vnetIntegration": True}}},
            {
                "apiServerAccessProfile": {
                    "enableVnetIntegration": True,
                    "subnetId": "/subnets/apiserver",
                }
            },
            id="API server in the virtual network",
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
    cluster: Recording, keys: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert inputs_of(**keys) == stacks.but(cluster["aks-platform-dev"].inputs, **changed)
