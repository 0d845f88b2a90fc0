"""What the stack file switches on or off, and what follows from it elsewhere in the platform."""

from typing import Any

import pytest

from tests.unit.components import stacks
from tests.unit.components.recording import Recording


@pytest.mark.parametrize(
    ("keys", "absent"),
    [
        pytest.param(
            {"network": {"outboundType": "loadBalancer"}},
            {"ng-platform-dev", "pip-platform-dev-egress-1"},
            id="egress by load balancer",
        ),
        pytest.param(
            {"monitoring": {"enabled": False}},
            {"amw-platform-dev", "dce-platform-dev", "dcr-platform-dev", "dcra-platform-dev"},
            id="no monitoring",
        ),
        pytest.param(
            {"ingress": {"kind": "none"}},
            {
                "helm-platform-dev-ingress",
                "ns-platform-dev-ingress",
                "pip-platform-dev-ingress",
                "ra-platform-dev-controlplane-ingress",
                "rg-platform-dev-ingress",
            },
            id="no ingress",
        ),
        pytest.param(
            {"nodePools": {"general": stacks.GENERAL, "system2": stacks.SYSTEM}},
            {"ds-platform-dev-nvidia-none", "np-platform-dev-t4", "ns-platform-dev-gpu"},
            id="no GPU pool",
        ),
        pytest.param(
            {
                "nodePools": {
                    "general": stacks.GENERAL,
                    "system2": stacks.SYSTEM,
                    "t4": {**stacks.T4, "gpuDriver": "None"},
                }
            },
            {"ds-platform-dev-nvidia-none", "ns-platform-dev-gpu"},
            id="GPU pool without driver",
        ),
    ],
)
def test_what_is_switched_off_is_not_there_and_the_rest_stays(
    platform: Recording, keys: dict[str, Any], absent: set[str]
) -> None:
    pools = {"general": stacks.GENERAL, "t4": stacks.T4, "system2": stacks.SYSTEM}
    assert stacks.record_platform(**{"nodePools": pools, **keys}).names == platform.names - absent


def test_without_an_ingress_nobody_on_the_internet_reaches_a_node() -> None:
    closed = stacks.record_platform(ingress={"kind": "none"})
    rules = closed["nsg-platform-dev-nodes"].inputs["securityRules"]
    assert [rule["name"] for rule in rules] == ["AllowPodsToPods", "AllowNodesToPods", "AllowPodsToNodes"]
    assert {"ingressAddress", "ingressPublicIpAddress"}.isdisjoint(closed.outputs("Platform").values)


def test_with_an_ingress_web_traffic_reaches_the_nodes(platform: Recording) -> None:
    rules = platform["nsg-platform-dev-nodes"].inputs["securityRules"]
    assert rules[0]["name"] == "AllowWebFromInternet"


def test_monitoring_is_off_as_a_whole_or_not_at_all() -> None:
    off = stacks.record_platform(monitoring={"enabled": False})
    assert off["aks-platform-dev"].inputs["azureMonitorProfile"] == {"metrics": {"enabled": False}}
    assert "monitorWorkspaceQueryEndpoint" not in off.outputs("Platform").values


def test_metrics_may_lie_in_another_location_than_the_cluster() -> None:
    elsewhere = stacks.record_platform(monitoring={"location": "northeurope"})
    assert elsewhere["amw-platform-dev"].inputs["location"] == "northeurope"


@pytest.mark.parametrize(
    ("outbound_type", "ranges"),
    [
        ("userAssignedNATGateway", ["198.51.100.7/32", "203.0.113.4/32"]),
        # AKS lets in the addresses of the load balancer that it makes itself.
        ("loadBalancer", ["198.51.100.7/32"]),
    ],
)
def test_a_restricted_api_server_lets_the_clusters_own_nodes_in(
    outbound_type: str, ranges: list[str]
) -> None:
    restricted = stacks.record_platform(
        cluster={"apiServer": {"authorizedIpRanges": ["198.51.100.7/32"]}},
        network={"outboundType": outbound_type},
    )
    profile = restricted["aks-platform-dev"].inputs["apiServerAccessProfile"]
    assert profile == {"authorizedIPRanges": ranges}


def test_only_an_api_server_in_the_network_needs_a_right_on_its_subnet() -> None:
    inside = stacks.record_platform(cluster={"apiServer": {"vnetIntegration": True}})
    right = inside["ra-platform-dev-controlplane-apiserver"]
    assert right.inputs["scope"] == inside["snet-platform-dev-apiserver"].id
    assert right.name in inside.waits_for(inside["aks-platform-dev"])
    profile = inside["aks-platform-dev"].inputs["apiServerAccessProfile"]
    assert profile == {"enableVnetIntegration": True, "subnetId": inside["snet-platform-dev-apiserver"].id}


@pytest.mark.parametrize(
    ("pools", "tainted"),
    [
        pytest.param({}, False, id="no other pool"),
        pytest.param({"t4": stacks.T4}, False, id="GPU pool only"),
        pytest.param({"spot": {**stacks.GENERAL, "scaleSetPriority": "Spot"}}, False, id="spot pool only"),
        pytest.param({"system2": stacks.SYSTEM}, False, id="another system pool only"),
        pytest.param({"general": stacks.GENERAL}, True, id="ordinary pool"),
    ],
)
def test_the_system_pool_keeps_workloads_out_only_where_they_have_somewhere_to_run(
    pools: dict[str, Any], tainted: bool
) -> None:
    (system,) = stacks.record_platform(nodePools=pools)["aks-platform-dev"].inputs["agentPoolProfiles"]
    assert system.get("nodeTaints") == (["CriticalAddonsOnly=true:NoSchedule"] if tainted else None)


def test_one_device_plugin_serves_all_gpu_pools_with_a_daemon_set_for_each_strategy() -> None:
    pools = {
        "t4": stacks.T4,
        "t4b": stacks.T4,
        "half": {**stacks.A100, "gpuInstanceProfile": "MIG3g"},
        "parts": {**stacks.A100, "gpuInstanceProfile": "MIG1g", "migStrategy": "mixed"},
        "bare": {**stacks.A100, "gpuDriver": "None"},
    }
    platform = stacks.record_platform(nodePools=pools)
    assert [found.name for found in platform.of("DaemonSet")] == [
        "ds-platform-dev-nvidia-mixed",
        "ds-platform-dev-nvidia-none",
        "ds-platform-dev-nvidia-single",
    ]
    assert len(platform.of("NvidiaDevicePlugin")) == 1


def test_a_pool_of_any_kind_has_the_clusters_version() -> None:
    pools = {"general": stacks.GENERAL, "t4": stacks.T4, "system2": stacks.SYSTEM}
    platform = stacks.record_platform(nodePools=pools, cluster={"kubernetesVersion": "1.35.2"})
    versions = [pool.inputs["orchestratorVersion"] for pool in platform.of("AgentPool")]
    assert versions == ["1.35.2"] * 3
