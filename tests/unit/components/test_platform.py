"""The whole platform: what each part receives and waits for, and what the stack file turns on and off.

What each stack asks for, to the last input, is in `tests/unit/stacks`.
"""

import importlib
import inspect
from typing import Any, Final

import pytest

from tests.unit.components import stacks
from tests.unit.components.recording import Recording, Resource

RANGES: Final = ["198.51.100.7/32"]


def takes_tags(resource: Resource) -> bool:
    """Whether the SDK's class of this resource has an argument `tags`."""
    package, module, kind = resource.type.split(":")
    if package != "azure-native":
        return False
    found = getattr(importlib.import_module(f"pulumi_azure_native.{module}"), kind)
    return "tags" in inspect.signature(found._internal_init).parameters


def test_the_cluster_waits_for_every_right_that_it_needs(platform: Recording) -> None:
    waits_for = platform.waits_for(platform["aks-platform-dev"])
    assert {"ra-platform-dev-controlplane-nodes", "ra-platform-dev-controlplane-kubelet"} <= waits_for


def test_pools_wait_for_the_cluster_because_none_may_be_newer_than_it(platform: Recording) -> None:
    for pool in platform.of("AgentPool"):
        assert "aks-platform-dev" in platform.waits_for(pool), pool.name


def test_the_ingress_waits_for_the_pools_that_it_can_run_on(platform: Recording) -> None:
    waits_for = platform.waits_for(platform["helm-platform-dev-ingress"])
    assert "np-platform-dev-general" in waits_for, "on tainted nodes alone Helm would time out"
    assert {"np-platform-dev-t4", "np-platform-dev-system2"}.isdisjoint(waits_for), "nothing of it runs there"


def test_every_resource_that_takes_tags_has_those_of_the_stack(platform: Recording) -> None:
    expected = {"environment": "dev", "workload": "platform"}
    taggable = [resource for resource in platform if resource.custom and takes_tags(resource)]
    assert {resource.name: resource.inputs.get("tags") for resource in taggable} == {
        resource.name: expected for resource in taggable
    }
    kinds = {resource.kind for resource in taggable}
    assert {"ManagedCluster", "AgentPool", "ResourceGroup", "Registry"} <= kinds
    assert "Subnet" not in kinds


def test_the_tags_of_the_stack_join_and_may_overrule_ours() -> None:
    platform = stacks.record_platform(tags={"team": "blue", "environment": "sandbox"}, workload="ml")
    assert platform["rg-platform-dev"].inputs["tags"] == {
        "team": "blue",
        "environment": "sandbox",
        "workload": "ml",
    }


def test_in_the_preview_of_an_update_every_input_is_known() -> None:
    # azure-native knows a resource's id, name and location then. A wire of any other kind would be announced
    # as a change, and as a replacement where Azure allows no change.
    api_server = {"vnetIntegration": True, "authorizedIpRanges": RANGES}
    preview = stacks.record_platform(
        preview=True, nodePools=stacks.EVERY_KIND, cluster={"apiServer": api_server}
    )
    assert {found.name: found.unknown_inputs for found in preview if found.unknown_inputs} == {}
    assert len(preview.names) == 43


def test_azure_is_asked_for_names_and_addresses_and_for_no_other_credentials_than_a_users(
    platform: Recording,
) -> None:
    asked = [token for token, _ in platform.invokes if token.startswith("azure-native:")]
    assert {token.rpartition(":")[2] for token in asked} == {
        "getPublicIPAddress",
        "getUserAssignedIdentity",
        "listManagedClusterUserCredentials",
    }


@pytest.mark.parametrize(
    ("keys", "absent"),
    [
        pytest.param(
            {"network": {"egress": {"kind": "loadBalancer"}}},
            {"ng-platform-dev", "pip-platform-dev-egress-1"},
            id="egress by load balancer",
        ),
        pytest.param(
            {"monitoring": {"enabled": False}},
            {"amw-platform-dev", "dce-platform-dev", "dcr-platform-dev", "dcra-platform-dev"},
            id="no metrics",
        ),
        pytest.param(
            {"monitoring": {"controlPlaneLogs": {"enabled": False}}},
            {"log-platform-dev", "diag-platform-dev"},
            id="no logs of the control plane",
        ),
        pytest.param(
            {"ingress": {"kind": "none"}},
            {
                "helm-platform-dev-ingress",
                "netpol-platform-dev-ingress",
                "netpol-platform-dev-ingress-controller",
                "ns-platform-dev-ingress",
                "pc-platform-dev-ingress",
                "pip-platform-dev-ingress",
                "ra-platform-dev-controlplane-ingress",
                "rg-platform-dev-ingress",
            },
            id="no ingress",
        ),
        pytest.param(
            {"nodePools": {"general": stacks.GENERAL, "system2": stacks.SYSTEM}},
            {
                "ds-platform-dev-nvidia-none",
                "np-platform-dev-t4",
                "netpol-platform-dev-gpu",
                "ns-platform-dev-gpu",
            },
            id="no GPU pool",
        ),
        pytest.param(
            {"nodePools": {**stacks.EVERY_KIND, "t4": {**stacks.T4, "gpuDriver": "None"}}},
            {"ds-platform-dev-nvidia-none", "netpol-platform-dev-gpu", "ns-platform-dev-gpu"},
            id="GPU pool without driver",
        ),
    ],
)
def test_what_is_turned_off_is_left_out_and_the_rest_stays(
    platform: Recording, keys: dict[str, Any], absent: set[str]
) -> None:
    recording = stacks.record_platform(**{"nodePools": stacks.EVERY_KIND, **keys})
    assert recording.names == platform.names - absent


def test_only_with_an_ingress_web_traffic_reaches_the_nodes(platform: Recording) -> None:
    closed = stacks.record_platform(ingress={"kind": "none"})
    rules = platform["nsg-platform-dev-nodes"].inputs["securityRules"]
    assert rules[0]["name"] == "AllowWebFromInternet"
    assert closed["nsg-platform-dev-nodes"].inputs["securityRules"] == rules[1:]
    assert {"ingressAddress", "ingressPublicIpAddress"}.isdisjoint(closed.outputs("Platform").values)


def test_monitoring_is_off_as_a_whole_or_not_at_all() -> None:
    off = stacks.record_platform(monitoring={"enabled": False})
    assert off["aks-platform-dev"].inputs["azureMonitorProfile"] == {"metrics": {"enabled": False}}
    assert "monitorWorkspaceQueryEndpoint" not in off.outputs("Platform").values
    assert "controlPlaneLogsWorkspaceId" in off.outputs("Platform").values, "who changed what is kept anyway"


@pytest.mark.parametrize(
    ("egress", "ranges"),
    [
        ("userAssignedNATGateway", [*RANGES, "203.0.113.4/32"]),
        # AKS lets in the addresses of the load balancer that it makes itself.
        ("loadBalancer", RANGES),
    ],
)
def test_a_restricted_api_server_lets_the_clusters_own_nodes_in(egress: str, ranges: list[str]) -> None:
    restricted = stacks.record_platform(
        cluster={"apiServer": {"authorizedIpRanges": RANGES}}, network={"egress": {"kind": egress}}
    )
    profile = restricted["aks-platform-dev"].inputs["apiServerAccessProfile"]
    assert profile == {"authorizedIPRanges": ranges, "disableRunCommand": True}


def test_only_an_api_server_in_the_network_needs_a_right_on_its_subnet() -> None:
    inside = stacks.record_platform(cluster={"apiServer": {"vnetIntegration": True}})
    right = inside["ra-platform-dev-controlplane-apiserver"]
    assert right.inputs["scope"] == inside["snet-platform-dev-apiserver"].id
    assert right.name in inside.waits_for(inside["aks-platform-dev"])
    profile = inside["aks-platform-dev"].inputs["apiServerAccessProfile"]
    assert profile == {
        "authorizedIPRanges": [],
        "disableRunCommand": True,
        "enableVnetIntegration": True,
        "subnetId": inside["snet-platform-dev-apiserver"].id,
    }


@pytest.mark.parametrize(("pool", "tainted"), [(stacks.T4, False), (stacks.GENERAL, True)])
def test_the_system_pool_keeps_workloads_out_only_where_they_have_somewhere_to_run(
    pool: dict[str, Any], tainted: bool
) -> None:
    (system,) = stacks.record_platform(nodePools={"one": pool})["aks-platform-dev"].inputs[
        "agentPoolProfiles"
    ]
    assert system["nodeTaints"] == (["CriticalAddonsOnly=true:NoSchedule"] if tainted else [])


def test_one_device_plugin_serves_all_gpu_pools_with_a_daemon_set_for_each_strategy() -> None:
    pools = {
        "t4": stacks.T4,
        "t4b": stacks.T4,
        "half": {**stacks.A100, "gpuInstanceProfile": "MIG3g"},
        "parts": {**stacks.A100, "minCount": 1, "gpuInstanceProfile": "MIG1g", "migStrategy": "mixed"},
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
    platform = stacks.record_platform(nodePools=stacks.EVERY_KIND, cluster={"kubernetesVersion": "1.35"})
    versions = [pool.inputs["orchestratorVersion"] for pool in platform.of("AgentPool")]
    assert versions == ["1.35"] * 3
