import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from components.network.network import Network, NetworkArgs
from settings.errors import RefusedError
from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION
from tests.unit.components.recording import Recording


def record_network(
    *,
    open_to_internet: bool = False,
    zones: tuple[str, ...] = ("1", "2"),
    stack: Mapping[str, Any] | None = None,
    **keys: Any,
) -> Recording:
    settings = stacks.settings(network=keys, **(stack or {}))
    return stacks.record_component(
        Network,
        NetworkArgs(
            context=replace(stacks.CONTEXT, availability_zones=zones),
            settings=settings.network,
            subnets=settings.subnets,
            open_to_internet=open_to_internet,
            api_server_on_internet=settings.cluster.api_server.on_internet,
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


def test_a_teams_own_rules_stand_beside_the_platforms() -> None:
    own = {
        "DenyOffice": {"priority": 2000, "access": "Deny", "sourceAddressPrefixes": ["198.51.100.0/24"]},
        "AllowProbes": {
            "priority": 500,
            "access": "Allow",
            "direction": "Outbound",
            "protocol": "Tcp",
            "destinationAddressPrefixes": ["10.1.0.4", "10.1.0.5"],
            "destinationPortRanges": ["443", "8000-8100"],
        },
    }
    network = record_network(subnets={"nodes": {"securityRules": own}})
    platforms = record_network()["nsg-platform-dev-nodes"].inputs["securityRules"]
    assert network["nsg-platform-dev-nodes"].inputs["securityRules"] == [
        *platforms,
        {
            "name": "AllowProbes",
            "priority": 500,
            "direction": "Outbound",
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefixes": ["10.1.0.4", "10.1.0.5"],
            "destinationPortRanges": ["443", "8000-8100"],
        },
        {
            "name": "DenyOffice",
            "priority": 2000,
            "direction": "Inbound",
            "access": "Deny",
            "protocol": "*",
            "sourceAddressPrefix": "198.51.100.0/24",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "*",
        },
    ]


def test_a_group_without_rules_says_so_because_azure_would_keep_those_it_has(network: Recording) -> None:
    assert network["nsg-platform-dev-ingress"].inputs["securityRules"] == []


def test_service_endpoints_are_those_of_the_subnet_that_names_them() -> None:
    network = record_network(subnets={"nodes": {"serviceEndpoints": ["Microsoft.KeyVault"]}})
    assert network["snet-platform-dev-nodes"].inputs["serviceEndpoints"] == [
        {"service": "Microsoft.KeyVault"}
    ]
    assert "serviceEndpoints" not in network["snet-platform-dev-ingress"].inputs


def test_a_ddos_protection_plan_protects_the_virtual_network(network: Recording) -> None:
    plan = "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/ddosProtectionPlans/plan"
    protected = record_network(ddosProtectionPlanId=plan)["vnet-platform-dev"].inputs
    assert (protected["ddosProtectionPlan"], protected["enableDdosProtection"]) == ({"id": plan}, True)
    assert network["vnet-platform-dev"].inputs["enableDdosProtection"] is False


def test_dns_servers_take_the_place_of_azures(network: Recording) -> None:
    asked = record_network(dnsServers=["10.100.0.4", "10.100.0.5"])["vnet-platform-dev"].inputs
    assert asked["dhcpOptions"] == {"dnsServers": ["10.100.0.4", "10.100.0.5"]}
    assert "dhcpOptions" not in network["vnet-platform-dev"].inputs


def test_peerings_wait_for_the_subnets_and_for_each_other() -> None:
    hubs = {
        name: {
            "virtualNetworkId": f"/subscriptions/s/resourceGroups/{name}"
            f"/providers/Microsoft.Network/virtualNetworks/{name}",
            "addressSpaces": [f"10.{number}.0.0/16"],
        }
        for number, name in enumerate(("a", "b"), start=100)
    }
    network = record_network(peerings=hubs)
    assert "snet-platform-dev-nodes" in network["peer-platform-dev-a"].depends_on
    assert "peer-platform-dev-a" in network["peer-platform-dev-b"].depends_on
    commands = network.outputs("Network").values["remote_commands"]
    assert [command.split("--resource-group ")[1][0] for command in commands] == ["a", "b"]


_HUB = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-hub"
VNET = f"{_HUB}/providers/Microsoft.Network/virtualNetworks/vnet-spoke"
ELSEWHERE = VNET.replace(SUBSCRIPTION, "00000000-0000-0000-0000-000000000009")
GIVEN_NODES = {"nodes": {"id": f"{VNET}/subnets/snet-aks", "addressPrefix": "10.40.0.0/22"}}


def test_in_an_existing_network_only_the_subnets_that_something_needs_are_made() -> None:
    network = record_network(virtualNetworkId=VNET, subnets={"nodes": {"addressPrefix": "10.40.0.0/22"}})
    assert network.of("VirtualNetwork") == []
    (nodes,) = network.of("Subnet")
    placed = ("resourceGroupName", "virtualNetworkName", "addressPrefix")
    assert [nodes.inputs[key] for key in placed] == ["rg-hub", "vnet-spoke", "10.40.0.0/22"]
    assert nodes.inputs["natGateway"] == {"id": network["ng-platform-dev"].id}
    assert network["nsg-platform-dev-nodes"].inputs["resourceGroupName"] == stacks.GROUP
    assert network.outputs("Network").values["id"] == VNET


def test_subnets_are_planned_in_the_part_of_an_existing_network_that_the_stack_file_names() -> None:
    network = record_network(virtualNetworkId=VNET, addressSpace="10.40.0.0/20", subnets={"ingress": {}})
    assert {found.name: found.inputs["addressPrefix"] for found in network.of("Subnet")} == {
        "snet-platform-dev-nodes": "10.40.0.0/21",
        "snet-platform-dev-ingress": "10.40.9.0/24",
    }


def test_an_existing_subnet_is_read_and_nothing_is_made_for_it() -> None:
    network = record_network(virtualNetworkId=VNET, subnets=GIVEN_NODES)
    assert network.names == set(), "neither a security group nor a NAT gateway of ours has a use there"
    assert network.invokes == [
        (
            "azure-native:network:getSubnet",
            {"resourceGroupName": "rg-hub", "virtualNetworkName": "vnet-spoke", "subnetName": "snet-aks"},
        )
    ]
    outputs = network.outputs("Network").values
    assert outputs["subnet_ids"] == {"nodes": GIVEN_NODES["nodes"]["id"]}
    assert outputs["egress_addresses"] == []


def test_existing_subnets_and_new_ones_are_mixed() -> None:
    network = record_network(
        virtualNetworkId=VNET,
        subnets={**GIVEN_NODES, "batch": {"addressPrefix": "10.40.12.0/24"}},
        stack={"nodePools": {"batch": {**stacks.GENERAL, "subnet": "batch"}}},
    )
    assert [found.name for found in network.of("Subnet")] == ["snet-platform-dev-batch"]
    rules = network["nsg-platform-dev-batch"].inputs["securityRules"]
    assert rules[1]["sourceAddressPrefixes"] == ["10.40.0.0/22", "10.40.12.0/24"], "from nodes anywhere"
    assert rules[2]["destinationAddressPrefixes"] == ["10.40.0.0/22", "10.40.12.0/24"]
    assert "sourceAddressPrefix" not in rules[1]
    assert network["snet-platform-dev-batch"].inputs["natGateway"] == {"id": network["ng-platform-dev"].id}


UNSUITABLE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another range": (
        {"subnets": {"nodes": {"id": f"{VNET}/subnets/snet-aks", "addressPrefix": "10.40.0.0/21"}}},
        ["nodes", "snet-aks", "Its range is 10.40.0.0/22: write that as addressPrefix."],
    ),
    "no NAT gateway": (
        {"subnets": {"nodes": {"id": f"{VNET}/subnets/snet-bare", "addressPrefix": "10.40.0.0/22"}}},
        [
            "nodes",
            "snet-bare",
            "It has no NAT gateway: its owner must attach one, or choose another kind of egress.",
        ],
    ),
    "the wrong delegation": (
        {"subnets": {"nodes": {"id": f"{VNET}/subnets/snet-taken", "addressPrefix": "10.40.8.0/24"}}},
        [
            "nodes",
            "snet-taken",
            "It is delegated to Microsoft.Web/serverFarms, which has it for itself: choose another subnet.",
        ],
    ),
    "no delegation, and another range": (
        {
            "subnets": {
                "nodes": {"addressPrefix": "10.40.16.0/22"},
                "apiserver": {"id": f"{VNET}/subnets/snet-bare", "addressPrefix": "10.40.0.0/28"},
            }
        },
        [
            "apiserver",
            "snet-bare",
            "Its range is 10.40.0.0/22: write that as addressPrefix.",
            "It is not delegated to Microsoft.ContainerService/managedClusters: its owner must do that.",
        ],
    ),
}


@pytest.mark.parametrize("case", UNSUITABLE)
def test_an_existing_subnet_that_does_not_suit_ends_the_program(case: str) -> None:
    keys, (slot, name, *problems) = UNSUITABLE[case]
    says = f"network.subnets.{slot}: {VNET}/subnets/{name} does not suit."
    says += "".join(f"\n  - {problem}" for problem in problems)
    with pytest.raises(RefusedError, match=f"^{re.escape(says)}$"):
        record_network(virtualNetworkId=VNET, **keys)


@pytest.mark.parametrize("kind", ["loadBalancer"])
def test_an_existing_subnet_needs_no_nat_gateway_for_another_way_out(kind: str) -> None:
    nodes = {"id": f"{VNET}/subnets/snet-bare", "addressPrefix": "10.40.0.0/22"}
    record_network(virtualNetworkId=VNET, subnets={"nodes": nodes}, egress={"kind": kind})


def test_a_delegated_existing_subnet_suits_the_api_server() -> None:
    api_server = {"id": f"{VNET}/subnets/snet-api", "addressPrefix": "10.40.4.0/28"}
    network = record_network(virtualNetworkId=VNET, subnets={**GIVEN_NODES, "apiserver": api_server})
    assert network.outputs("Network").values["subnet_ids"]["apiserver"] == api_server["id"]


def test_in_another_subscription_subnets_are_used_unread_and_none_can_be_made() -> None:
    nodes = {"id": f"{ELSEWHERE}/subnets/snet-aks", "addressPrefix": "10.40.0.0/22"}
    given = record_network(virtualNetworkId=ELSEWHERE, subnets={"nodes": nodes})
    assert given.invokes == []
    assert given.outputs("Network").values["subnet_ids"] == {"nodes": nodes["id"]}
    says = (
        "network.virtualNetworkId is in the subscription 00000000-0000-0000-0000-000000000009, and the stack "
        f"in {SUBSCRIPTION}. Subnets cannot be made there: let its owner make ingress, and write their "
        "ids in network.subnets."
    )
    with pytest.raises(RefusedError, match=f"^{re.escape(says)}$"):
        record_network(
            virtualNetworkId=ELSEWHERE,
            subnets={"nodes": nodes, "ingress": {"addressPrefix": "10.40.9.0/24"}},
        )


def test_further_ranges_are_added_to_the_platforms_own_network() -> None:
    network = record_network(
        additionalAddressSpaces=["10.228.0.0/16"], subnets={"gateway": {"addressPrefix": "10.228.0.0/26"}}
    )
    assert network["vnet-platform-dev"].inputs["addressSpace"] == {
        "addressPrefixes": ["10.224.0.0/16", "10.228.0.0/16"]
    }
