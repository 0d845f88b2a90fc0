from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from azure_facts import address_plan
from components.network.network import Network, NetworkArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording
from tests.unit.components.stacks import GROUP


def record_network(
    *, open_to_internet: bool = False, zones: tuple[str, ...] = ("1", "2"), **keys: Any
) -> Recording:
    return stacks.record_component(
        Network,
        NetworkArgs(
            context=replace(stacks.CONTEXT, availability_zones=zones),
            settings=stacks.settings(network=keys).network,
            open_to_internet=open_to_internet,
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


POD_RULES = [
    rule("AllowPodsToPods", 1100, "10.244.0.0/16", "10.244.0.0/16"),
    rule("AllowNodesToPods", 1200, "10.224.0.0/17", "10.244.0.0/16"),
    rule("AllowPodsToNodes", 1300, "10.244.0.0/16", "10.224.0.0/17"),
]


def test_a_network_asks_azure_for_exactly_this_beside_its_subnets(network: Recording) -> None:
    beside = {name: inputs for name, inputs in network.inputs.items() if not name.startswith("snet-")}
    plain_group = {"resourceGroupName": GROUP, "tags": stacks.TAGS}
    assert beside == {
        "vnet-platform-dev": {
            "resourceGroupName": GROUP,
            "addressSpace": {"addressPrefixes": ["10.224.0.0/16"]},
            "tags": stacks.TAGS,
            # azure-native's own defaults.
            "enableDdosProtection": False,
            "enableVmProtection": False,
        },
        "nsg-platform-dev-nodes": {**plain_group, "securityRules": POD_RULES},
        "nsg-platform-dev-apiserver": plain_group,
        "nsg-platform-dev-privateendpoints": plain_group,
        "nsg-platform-dev-ingress": plain_group,
        "ng-platform-dev": {
            "resourceGroupName": GROUP,
            "idleTimeoutInMinutes": 4,
            "publicIpAddresses": [{"id": "/PublicIPAddress/pip-platform-dev-egress-11a2b3c4d"}],
            "sku": {"name": "Standard"},
            "tags": stacks.TAGS,
        },
        "pip-platform-dev-egress-1": {
            "resourceGroupName": GROUP,
            "publicIPAllocationMethod": "Static",
            "publicIPAddressVersion": "IPv4",
            "sku": {"name": "Standard"},
            "zones": ["1", "2"],
            "tags": stacks.TAGS,
        },
    }


@pytest.mark.parametrize(
    ("role", "prefix", "its_own"),
    [
        ("nodes", "10.224.0.0/17", {"natGateway": {"id": "/NatGateway/ng-platform-dev1a2b3c4d"}}),
        ("privateendpoints", "10.224.128.0/24", {}),
        ("ingress", "10.224.129.0/24", {}),
        (
            "apiserver",
            "10.224.130.0/28",
            {
                "delegations": [
                    {"name": "apiserver", "serviceName": "Microsoft.ContainerService/managedClusters"}
                ]
            },
        ),
    ],
)
def test_each_subnet_has_its_range_its_security_group_and_no_default_way_out(
    network: Recording, role: str, prefix: str, its_own: dict[str, Any]
) -> None:
    assert network[f"snet-platform-dev-{role}"].inputs == {
        "resourceGroupName": GROUP,
        "virtualNetworkName": "vnet-platform-dev1a2b3c4d",
        "addressPrefix": prefix,
        "defaultOutboundAccess": False,
        "networkSecurityGroup": {"id": f"/NetworkSecurityGroup/nsg-platform-dev-{role}1a2b3c4d"},
        # azure-native's own defaults.
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
        **its_own,
    }


def test_an_ingress_opens_the_nodes_to_web_traffic_and_to_nothing_more() -> None:
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
    assert rules == [web, *POD_RULES]


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
    slots = [slot.name for slot in address_plan.SLOTS]
    assert {f"snet-platform-dev-{slot}" for slot in slots} == {found.name for found in network.of("Subnet")}
    for before, after in pairwise(slots):
        waits_for = network[f"snet-platform-dev-{after}"].depends_on
        assert f"snet-platform-dev-{before}" in waits_for, f"{after} and {before} are changed at once"


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
            {"resourceGroupName": GROUP, "publicIpAddressName": "pip-platform-dev-egress-11a2b3c4d"},
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


def test_a_network_tells_its_ids_and_the_addresses_that_its_traffic_comes_from(network: Recording) -> None:
    outputs = network.outputs("Network")
    assert outputs.values == {
        "id": "/VirtualNetwork/vnet-platform-dev1a2b3c4d",
        "subnet_ids": {
            slot.name: f"/Subnet/snet-platform-dev-{slot.name}1a2b3c4d" for slot in address_plan.SLOTS
        },
        "egress_addresses": ["203.0.113.4"],
    }
    assert network.outputs("NatGateway").values == {
        "id": "/NatGateway/ng-platform-dev1a2b3c4d",
        "public_ip_addresses": ["203.0.113.4"],
    }
