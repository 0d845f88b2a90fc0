from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from components.network.network import Network, NetworkArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording


def record_network(
    *, open_to_internet: bool = False, zones: tuple[str, ...] = ("1", "2"), **keys: Any
) -> Recording:
    stack = stacks.settings(network=keys)
    return stacks.record_component(
        Network,
        NetworkArgs(
            context=replace(stacks.CONTEXT, availability_zones=zones),
            settings=stack.network,
            subnets=stack.subnets,
            open_to_internet=open_to_internet,
            api_server_on_internet=stack.cluster.api_server.on_internet,
        ),
    )


@pytest.fixture(scope="module")
def network() -> Recording:
    return record_network()


def rule(name: str, priority: int, source: str, destination: str) -> dict[str, Any]:
    return {
        "name": name,
        "priority": priority,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "*",
        "sourceAddressPrefix": source,
        "sourcePortRange": "*",
        "destinationAddressPrefix": destination,
        "destinationPortRange": "*",
    }


def test_an_ingress_opens_the_nodes_to_web_traffic_and_to_nothing_more(network: Recording) -> None:
    rules = record_network(open_to_internet=True)["nsg-platform-dev-nodes"].inputs["securityRules"]
    web = {
        "name": "AllowWebFromInternet",
        "priority": 1000,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "Internet",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRanges": ["80", "443"],
    }
    assert rules == [web, *network["nsg-platform-dev-nodes"].inputs["securityRules"]]


def test_the_pod_rules_follow_the_ranges_of_the_stack() -> None:
    changed = record_network(addressSpace="10.8.0.0/20", cni={"podCidr": "172.20.0.0/18"})
    assert changed["nsg-platform-dev-nodes"].inputs["securityRules"] == [
        rule("AllowPodsToPods", 1100, "172.20.0.0/18", "172.20.0.0/18"),
        rule("AllowNodesToPods", 1200, "10.8.0.0/21", "172.20.0.0/18"),
        rule("AllowPodsToNodes", 1300, "172.20.0.0/18", "10.8.0.0/21"),
    ]
    assert changed["snet-platform-dev-nodes"].inputs["addressPrefix"] == "10.8.0.0/21"


def test_subnets_are_made_one_after_another_because_azure_takes_one_change_of_a_network_at_a_time(
    network: Recording,
) -> None:
    slots = ["privateendpoints", "ingress", "apiserver", "nodes"]
    assert {f"snet-platform-dev-{slot}" for slot in slots} == {found.name for found in network.of("Subnet")}
    for before, after in pairwise(slots):
        waits_for = network[f"snet-platform-dev-{after}"].depends_on
        assert f"snet-platform-dev-{before}" in waits_for, f"{after} and {before} are changed at once"


EVERY_SLOT = {
    "nodes": ["securityGroup", "natGateway", "private"],
    "privateendpoints": ["securityGroup", "private"],
    "ingress": ["securityGroup", "private"],
    "apiserver": ["Microsoft.ContainerService/managedClusters", "securityGroup", "private"],
    "pods": ["Microsoft.ContainerService/managedClusters", "securityGroup", "natGateway", "private"],
    "firewall": ["AzureFirewallSubnet"],
    "firewallmanagement": ["AzureFirewallManagementSubnet"],
    "gateway": ["GatewaySubnet"],
    "bastion": ["AzureBastionSubnet", "securityGroup"],
    "dnsinbound": ["Microsoft.Network/dnsResolvers", "securityGroup", "private"],
    "dnsoutbound": ["Microsoft.Network/dnsResolvers", "securityGroup", "private"],
}


def test_each_subnet_has_what_azure_allows_and_asks_for_there() -> None:
    network = record_network(subnets={slot: {} for slot in EVERY_SLOT})

    def shape(slot: str) -> list[str]:
        inputs = network[f"snet-platform-dev-{slot}"].inputs
        return [
            *([inputs["subnetName"]] if "subnetName" in inputs else []),
            *(each["serviceName"] for each in inputs.get("delegations", [])),
            *(["securityGroup"] if "networkSecurityGroup" in inputs else []),
            *(["natGateway"] if "natGateway" in inputs else []),
            *(["private"] if inputs.get("defaultOutboundAccess") is False else []),
        ]

    assert {slot: shape(slot) for slot in EVERY_SLOT} == EVERY_SLOT


def test_a_subnet_is_where_the_stack_file_puts_it_and_moves_no_other(network: Recording) -> None:
    chosen = record_network(subnets={"nodes": {"addressPrefix": "10.224.64.0/20"}})

    def places(of: Recording) -> dict[str, str]:
        return {found.name: found.inputs["addressPrefix"] for found in of.of("Subnet")}

    assert places(chosen) == {**places(network), "snet-platform-dev-nodes": "10.224.64.0/20"}
    assert [
        each["sourceAddressPrefix"] for each in chosen["nsg-platform-dev-nodes"].inputs["securityRules"]
    ] == ["10.244.0.0/16", "10.224.64.0/20", "10.244.0.0/16"]


def test_the_gateway_takes_all_addresses_that_the_stack_asks_for_and_its_idle_timeout() -> None:
    network = record_network(egress={"publicIpCount": 3, "idleTimeoutInMinutes": 30})
    addresses = [f"pip-platform-dev-egress-{number}" for number in (1, 2, 3)]
    assert [address.name for address in network.of("PublicIPAddress")] == addresses
    gateway = network["ng-platform-dev"].inputs
    assert gateway["publicIpAddresses"] == [{"id": network[name].id} for name in addresses]
    assert gateway["idleTimeoutInMinutes"] == 30
    assert network.outputs("Network").values["egress_addresses"] == ["203.0.113.4"] * 3


def test_addresses_are_asked_for_by_name_so_that_the_preview_of_an_update_knows_them(
    network: Recording,
) -> None:
    assert network.invokes == [
        (
            "azure-native:network:getPublicIPAddress",
            {"resourceGroupName": stacks.GROUP, "publicIpAddressName": "pip-platform-dev-egress-11a2b3c4d"},
        )
    ]


def test_a_gateway_with_a_zone_and_its_addresses_are_in_that_zone_alone() -> None:
    network = record_network(egress={"zone": "2"})
    assert network["ng-platform-dev"].inputs["zones"] == ["2"]
    assert network["pip-platform-dev-egress-1"].inputs["zones"] == ["2"]


def test_where_a_location_has_no_zones_nothing_names_one() -> None:
    network = record_network(zones=())
    assert "zones" not in network["pip-platform-dev-egress-1"].inputs, "Azure refuses an empty list of zones"
    assert "zones" not in network["ng-platform-dev"].inputs


def test_with_egress_by_load_balancer_there_is_no_nat_gateway() -> None:
    network = record_network(egress={"kind": "loadBalancer"})
    assert network.of("NatGateway") == [], "the cluster's own load balancer is the way out"
    assert network.of("PublicIPAddress") == []
    assert "natGateway" not in network["snet-platform-dev-nodes"].inputs
    assert network.outputs("Network").values["egress_addresses"] == []
