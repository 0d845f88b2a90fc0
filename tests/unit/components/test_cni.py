"""Where pods get their addresses: what each kind of CNI asks of cluster, pools and network."""

from typing import Any

import pytest

from tests.unit.components import stacks

OVERLAY = {"networkPlugin": "azure", "networkPluginMode": "overlay"}
CILIUM = {"networkDataplane": "cilium", "networkPolicy": "cilium"}
OFF = {"advancedNetworking": {"enabled": False}}


@pytest.mark.parametrize(
    ("cni", "sent", "max_pods"),
    [
        ({}, OVERLAY | CILIUM | OFF, 250),
        (
            {"networkDataplane": "azure"},
            OVERLAY | OFF | {"networkDataplane": "azure", "networkPolicy": "calico"},
            250,
        ),
        ({"kind": "podSubnet"}, {"networkPlugin": "azure"} | CILIUM | OFF, 111),
        (
            {"kind": "nodeSubnet", "networkDataplane": "azure", "networkPolicy": "none"},
            {"networkPlugin": "azure", "networkDataplane": "azure", "networkPolicy": "none"} | OFF,
            30,
        ),
        ({"kind": "none"}, {"networkPlugin": "none"}, 250),
        (
            {"advancedNetworking": {"observability": {"enabled": True}}},
            OVERLAY
            | CILIUM
            | {
                "advancedNetworking": {
                    "enabled": True,
                    "observability": {"enabled": True},
                    "security": {"enabled": False},
                }
            },
            250,
        ),
        (
            {"advancedNetworking": {"security": {"enabled": True, "advancedNetworkPolicies": "L7"}}},
            OVERLAY
            | CILIUM
            | {
                "advancedNetworking": {
                    "enabled": True,
                    "observability": {"enabled": False},
                    "security": {"enabled": True, "advancedNetworkPolicies": "L7"},
                }
            },
            250,
        ),
    ],
)
def test_a_kind_of_cni_is_a_network_profile_and_a_number_of_pods(
    cni: dict[str, Any], sent: dict[str, Any], max_pods: int
) -> None:
    cluster = stacks.record_cluster(network={"cni": cni})["aks-platform-dev"].inputs
    around = {
        "loadBalancerSku": "standard",
        "outboundType": "userAssignedNATGateway",
        # The SDK sends it for every kind; Azure reads it for those whose pods are outside the network.
        "podCidr": "10.244.0.0/16",
        "serviceCidr": "10.0.0.0/16",
        "dnsServiceIP": "10.0.0.10",
    }
    assert cluster["networkProfile"] == sent | around
    assert cluster["agentPoolProfiles"][0]["maxPods"] == max_pods


def test_with_a_pod_subnet_every_pool_takes_its_pods_addresses_there() -> None:
    platform = stacks.record_platform(
        network={"cni": {"kind": "podSubnet"}}, nodePools={"general": stacks.GENERAL}
    )
    subnet = platform["snet-platform-dev-pods"]
    (system,) = platform["aks-platform-dev"].inputs["agentPoolProfiles"]
    for pool in (system, platform["np-platform-dev-general"].inputs):
        assert (pool["podSubnetID"], pool["podIPAllocationMode"]) == (subnet.id, "DynamicIndividual")
    assert "natGateway" in subnet.inputs, "pods leave from their own subnet"
    assert platform["ra-platform-dev-controlplane-pods"].inputs["scope"] == subnet.id
    assert {rule["name"] for rule in platform["nsg-platform-dev-nodes"].inputs["securityRules"]} == {
        "AllowWebFromInternet"
    }, "Azure lets pods with addresses of the network reach each other"


def test_the_way_pods_get_addresses_is_in_the_name_of_a_pool() -> None:
    names = {
        stacks.agent_pool(stacks.GENERAL, cni=cni).inputs["agentPoolName"]
        for cni in (
            {"kind": "podSubnet"},
            {"kind": "podSubnet", "podIpAllocationMode": "StaticBlock"},
        )
    }
    assert len(names) == 2
