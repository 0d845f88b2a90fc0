"""What a dual-stack cluster has beside one of IPv4, and what it gets where the stack file says no more."""

import re
from typing import Any

import pytest

from settings.errors import RefusedError
from tests.unit.components import stacks
from tests.unit.components.recording import Recording
from tests.unit.components.test_network import VNET, record_network

BOTH: dict[str, Any] = {"cni": {"ipFamilies": ["IPv4", "IPv6"]}}
ANNOTATION = "service.beta.kubernetes.io/azure-pip-name"


@pytest.fixture(scope="module")
def platform() -> Recording:
    return stacks.record_platform(network=BOTH)


def test_the_cluster_has_a_range_of_each_family_and_leaves_through_its_load_balancer(
    platform: Recording,
) -> None:
    (cluster,) = platform.of("ManagedCluster")
    profile = cluster.inputs["networkProfile"]
    assert profile["ipFamilies"] == ["IPv4", "IPv6"]
    assert profile["podCidrs"] == [profile["podCidr"], "fd12:3456:789a::/64"]
    assert profile["serviceCidrs"] == [profile["serviceCidr"], "fd12:3456:789a:1::/108"]
    assert profile["outboundType"] == "loadBalancer"
    assert profile["loadBalancerProfile"]["managedOutboundIPs"] == {"count": 1, "countIPv6": 1}
    assert platform.of("NatGateway") == []


def test_subnets_of_nodes_and_load_balancers_have_a_64_of_the_network_and_others_have_ipv4_only(
    platform: Recording,
) -> None:
    space = platform["vnet-platform-dev"].inputs["addressSpace"]["addressPrefixes"]
    assert space == ["10.224.0.0/16", "fd0a:e000:10::/48"]
    ranges = {each.name.rpartition("-")[2]: each.inputs for each in platform.of("Subnet")}
    assert {name: each.get("addressPrefixes") for name, each in ranges.items()} == {
        "nodes": ["10.224.0.0/17", "fd0a:e000:10::/64"],
        "ingress": ["10.224.129.0/24", "fd0a:e000:10:2::/64"],
        "privateendpoints": None,
        "apiserver": None,
    }
    assert {name for name, each in ranges.items() if "addressPrefix" in each} == {
        "privateendpoints",
        "apiserver",
    }


def test_pods_are_let_through_in_each_family_by_rules_of_its_own(platform: Recording) -> None:
    rules = platform["nsg-platform-dev-nodes"].inputs["securityRules"]
    pods, nodes = "fd12:3456:789a::/64", "fd0a:e000:10::/64"
    ends = {
        each["name"]: (each["priority"], each["sourceAddressPrefix"], each["destinationAddressPrefix"])
        for each in rules
        if each["name"].endswith("IPv6")
    }
    assert ends == {
        "AllowPodsToPodsIPv6": (1110, pods, pods),
        "AllowNodesToPodsIPv6": (1210, nodes, pods),
        "AllowPodsToNodesIPv6": (1310, pods, nodes),
    }
    assert len({each["priority"] for each in rules}) == len(rules)


def test_the_ingress_answers_at_a_static_address_of_each_family(platform: Recording) -> None:
    address, ipv6 = (platform[f"pip-platform-dev-ingress{suffix}"] for suffix in ("", "-ipv6"))
    assert (address.inputs["publicIPAddressVersion"], ipv6.inputs["publicIPAddressVersion"]) == (
        "IPv4",
        "IPv6",
    )
    assert address.inputs["resourceGroupName"] == ipv6.inputs["resourceGroupName"]
    assert ipv6.inputs["publicIPAllocationMethod"] == "Static"
    service = platform["helm-platform-dev-ingress"].inputs["values"]["controller"]["service"]
    assert (service["ipFamilyPolicy"], service["ipFamilies"]) == ("PreferDualStack", ["IPv4", "IPv6"])
    assert service["annotations"][f"{ANNOTATION}-ipv6"].startswith("pip-platform-dev-ingress-ipv6")
    assert "ingressPublicIpv6Address" in platform.outputs("Platform").values


def test_a_protected_ipv6_address_is_kept_like_that_of_ipv4(platform: Recording) -> None:
    assert platform["pip-platform-dev-ingress-ipv6"].protect


def test_authorized_ranges_take_no_ipv6_address_because_the_api_server_has_none() -> None:
    cluster = stacks.record_cluster(
        network=BOTH,
        cluster={"apiServer": {"authorizedIpRanges": ["198.51.100.0/24"]}},
        egress_addresses=["203.0.113.4", "2001:db8::4"],
    )["aks-platform-dev"]
    allowed = cluster.inputs["apiServerAccessProfile"]["authorizedIPRanges"]
    assert allowed == ["198.51.100.0/24", "203.0.113.4/32"]


def test_an_existing_subnet_has_the_ipv6_range_that_the_stack_file_says() -> None:
    nodes = {
        "id": f"{VNET}/subnets/snet-bare",
        "addressPrefix": "10.40.0.0/22",
        "addressPrefixIpv6": "fd00:db8::/64",
    }
    says = "It has no IPv6 range: its owner must add fd00:db8::/64, or take IPv6 out of ipFamilies."
    with pytest.raises(RefusedError, match=re.escape(says)):
        record_network(virtualNetworkId=VNET, subnets={"nodes": nodes}, **BOTH)
