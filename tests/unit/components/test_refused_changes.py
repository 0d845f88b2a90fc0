"""Which changes are refused, and which are not, of what the state has to what the program says."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from components.cluster import changes as cluster_changes
from components.cluster.aks_cluster import SYSTEM_POOL
from components.cluster.settings import ClusterSettings
from components.environment import made_with, of_environment
from components.network.changes import (
    of_bastion,
    of_joined_subnet,
    of_protected_nat_gateway,
    of_virtual_network,
    of_vpn_connection,
    of_vpn_gateway,
)
from components.network.subnets import NODES, subnets_of
from components.nodepool.settings import SystemPoolSettings
from components.refused_changes import Update
from settings.errors import dotted
from settings.model import keys_of
from settings.rules import Refusals
from tests.unit.components import stacks
from tests.unit.components.recording import Resource
from tests.unit.components.test_node_pool_names import IN_THE_NAME
from tests.unit.settings.stack import settings

POOL = {
    "name": SYSTEM_POOL,
    "vmSize": "Standard_D4ds_v5",
    "availabilityZones": ["1", "2", "3"],
    "maxPods": 250,
    "osDiskType": "Ephemeral",
    "osDiskSizeGB": 128,
    "enableEncryptionAtHost": True,
    "securityProfile": {"enableSecureBoot": True, "enableVTPM": True},
}
PRIVATE: dict[str, Any] = {"enablePrivateCluster": True, "privateDNSZone": "system"}
WITHOUT_ZONE: dict[str, Any] = PRIVATE | {"privateDNSZone": "none"}
ZONE_OF_THE_HUB: dict[str, Any] = PRIVATE | {"privateDNSZone": "/zones/of-the-hub"}
OTHER_POOL = {**POOL, "name": "worka1b2", "vmSize": "Standard_D8ds_v5", "maxPods": 30}


def cluster(
    version: str | None = "1.36", *pools: Mapping[str, Any], integrated: bool | None = None, **access: Any
) -> Any:
    return {
        "kubernetesVersion": version,
        "agentPoolProfiles": [*(pools or [POOL])],
        "apiServerAccessProfile": {"enableVnetIntegration": integrated, **access},
    }


@pytest.mark.parametrize(
    ("old", "new", "runs", "refused"),
    [
        (cluster(), cluster(), "1.36.5", []),
        (cluster("1.36", OTHER_POOL, POOL), cluster(), "1.36.5", []),
        (cluster("1.36", POOL | {"availabilityZones": ["3", "1", "2"]}), cluster(), "1.36.5", []),
        (cluster(), cluster("1.36", POOL | {"vmSize": "other"}), "1.36.5", ["cluster.systemPool.vmSize"]),
        (cluster(), cluster("1.36", POOL | {"availabilityZones": None}), "1.36.5", ["availabilityZones"]),
        (
            cluster("1.36", POOL | {"enableEncryptionAtHost": None, "securityProfile": None}),
            cluster(),
            "1.36.5",
            [
                "cluster.systemPool.enableEncryptionAtHost",
                "cluster.systemPool.enableSecureBoot",
                "cluster.systemPool.enableVTPM",
            ],
        ),
        (cluster(), cluster("1.36", POOL | {"securityProfile": {"enableVTPM": False}}), "1.36.5", []),
        (cluster(), cluster("1.37"), "1.36.5", []),
        (cluster(), cluster("1.36.5"), "1.36.5", []),
        (cluster(), cluster("1.36.4"), "1.36.5", ["cluster.kubernetesVersion"]),
        (cluster("1.37"), cluster("1.36"), None, ["cluster.kubernetesVersion"]),
        (cluster(), cluster("1.35"), "1.36.5", ["cluster.kubernetesVersion"]),
        (cluster("1.35"), cluster("1.37"), "1.35.9", ["cluster.kubernetesVersion"]),
        (cluster("1.35"), cluster(None), "1.35.9", []),
        (cluster(), cluster(integrated=True), "1.36.5", []),
        (cluster(integrated=True), cluster(), "1.36.5", ["cluster.apiServer.vnetIntegration"]),
        (cluster(), cluster(**PRIVATE), "1.36.5", ["cluster.apiServer.privateCluster.enabled"]),
        (cluster(**PRIVATE), cluster(), "1.36.5", ["cluster.apiServer.privateCluster.enabled"]),
        (cluster(integrated=True), cluster(integrated=True, **PRIVATE), "1.36.5", []),
        (cluster(**PRIVATE), cluster(**WITHOUT_ZONE), "1.36.5", []),
        (
            cluster(**PRIVATE),
            cluster(**ZONE_OF_THE_HUB),
            "1.36.5",
            ["cluster.apiServer.privateCluster.privateDnsZone"],
        ),
    ],
)
def test_a_cluster_keeps_its_own_pool_and_goes_up_by_one_minor_version(
    old: Any, new: Any, runs: str | None, refused: list[str]
) -> None:
    # What AKS has taken out of support is refused by a rule, long before.
    chosen = ClusterSettings.model_construct(kubernetes_version=new["kubernetesVersion"])
    check = cluster_changes.of_cluster(chosen, SYSTEM_POOL)
    answer = {"currentKubernetesVersion": runs} if runs else {}
    found = check(Update(old=old, new=new, answer=answer))
    assert [dotted(problem.path) for problem in found] == refused


def test_what_gives_other_pools_a_new_name_is_fixed_for_the_clusters_own() -> None:
    of_system_pool = keys_of(SystemPoolSettings)
    in_the_name = {"vmSize", "proximityPlacementGroupID", "workloadRuntime", *IN_THE_NAME}
    assert {*cluster_changes.FIXED_OF_POOL} == in_the_name & {*of_system_pool}


def network(*prefixes: str, addresses: int = 1) -> Any:
    return {"addressSpace": {"addressPrefixes": [*prefixes]}, "publicIpAddresses": [{}] * addresses}


@pytest.mark.parametrize(
    ("wanted", "pinned", "refused"),
    [
        (["10.128.0.0/16"], False, []),
        (["10.128.0.0/15"], False, ["network.addressSpace"]),
        (["10.128.0.0/15"], True, []),
        (["10.128.0.0/17"], True, ["network.addressSpace"]),
        (["10.136.0.0/16"], False, ["network.addressSpace"]),
    ],
)
def test_a_virtual_network_grows_where_no_subnet_moves(
    wanted: list[str], pinned: bool, refused: list[str]
) -> None:
    own = {NODES: {"addressPrefix": "10.128.0.0/18"}} if pinned else {}
    stack = settings(network={"addressSpace": wanted[0], "subnets": own})
    check = of_virtual_network({NODES: subnets_of(stack.network, {NODES})[NODES]})
    # Somebody may have added a range by hand.
    update = Update(old=network("10.128.0.0/16", "10.137.0.0/16"), new=network(*wanted), answer={})
    assert [dotted(problem.path) for problem in check(update)] == refused


@pytest.mark.parametrize(
    ("was", "wanted", "refused"),
    [
        (["10.128.0.0/16"], ["10.128.0.0/16", "fd00:db8::/48"], []),
        (["10.128.0.0/16", "fd00:db8::/48"], ["10.128.0.0/16", "fd00:db8::/48"], []),
        (
            ["10.128.0.0/16", "fd00:db8::/48"],
            ["10.128.0.0/16", "fd00:db8:1::/48"],
            ["network.addressSpaceIpv6"],
        ),
    ],
)
def test_a_virtual_network_gets_ipv6_and_keeps_its_range(
    was: list[str], wanted: list[str], refused: list[str]
) -> None:
    update = Update(old=network(*was), new=network(*wanted), answer={})
    assert [dotted(problem.path) for problem in of_virtual_network({})(update)] == refused


@pytest.mark.parametrize(
    ("was", "wanted", "refused"),
    [
        ({"addressPrefix": "10.128.0.0/17"}, ["10.128.0.0/17", "fd00:db8::/64"], []),
        (
            {"addressPrefixes": ["10.128.0.0/17", "fd00:db8::/64"]},
            ["10.128.0.0/18", "fd00:db8:0:1::/64"],
            ["network.subnets.nodes.addressPrefix", "network.subnets.nodes.addressPrefixIpv6"],
        ),
    ],
)
def test_a_subnet_that_the_cluster_is_in_gets_ipv6_and_keeps_both_ranges(
    was: dict[str, Any], wanted: list[str], refused: list[str]
) -> None:
    update = Update(old=was, new={"addressPrefixes": wanted}, answer={})
    assert [dotted(problem.path) for problem in of_joined_subnet(NODES)(update)] == refused


def test_a_subnet_that_the_cluster_is_in_keeps_its_range_and_others_may_move() -> None:
    update = Update(old={"addressPrefix": "10.128.0.0/17"}, new={"addressPrefix": "10.128.0.0/18"}, answer={})
    (problem,) = of_joined_subnet(NODES)(update)
    assert dotted(problem.path) == "network.subnets.nodes.addressPrefix"

    asked = stacks.record_platform()
    hooked = {found.name for found in asked.of("Subnet") if found.hooks}
    assert hooked == {"snet-platform-dev-nodes"}


def test_a_protected_nat_gateway_keeps_its_addresses() -> None:
    def refused(had: int, wanted: int) -> list[str]:
        update = Update(old=network(addresses=had), new=network(addresses=wanted), answer={})
        return [dotted(problem.path) for problem in of_protected_nat_gateway(update)]

    assert refused(2, 3) == []
    assert refused(2, 1) == ["network.egress.publicIpCount"]


def test_an_unprotected_nat_gateway_may_lose_addresses() -> None:
    assert record_gateway(protect=True).hooks == {"before_update": ["unchangeable in ng-platform-dev"]}
    assert record_gateway(protect=False).hooks == {}


@pytest.mark.parametrize(
    ("was", "wanted", "refused"),
    [
        ("Standard", "Premium", []),
        ("Standard", "Standard", []),
        ("Standard", "Basic", ["network.bastion.sku"]),
        ("Premium", "Standard", ["network.bastion.sku"]),
    ],
)
def test_a_bastion_host_keeps_its_tier_or_gets_a_higher_one(
    was: str, wanted: str, refused: list[str]
) -> None:
    update = Update(old={"sku": {"name": was}}, new={"sku": {"name": wanted}}, answer={})
    assert [dotted(problem.path) for problem in of_bastion(update)] == refused


def test_a_vpn_gateway_keeps_its_generation_and_a_connection_its_protocol() -> None:
    def refused(check: Callable[[Update], Refusals], key: str, was: str, wanted: str) -> list[str]:
        update = Update(old={key: was}, new={key: wanted}, answer={})
        return [dotted(problem.path) for problem in check(update)]

    generation, protocol = "vpnGatewayGeneration", "connectionProtocol"
    assert refused(of_vpn_gateway, generation, "Generation2", "Generation2") == []
    assert refused(of_vpn_gateway, generation, "Generation2", "Generation1") == [
        "network.vpnGateway.vpnGatewayGeneration"
    ]
    assert refused(of_vpn_connection("office"), protocol, "IKEv2", "IKEv2") == []
    assert refused(of_vpn_connection("office"), protocol, "IKEv2", "IKEv1") == [
        "network.vpnGateway.connections.office.connectionProtocol"
    ]


@pytest.mark.parametrize(
    ("was", "refused"),
    [
        ({}, None),
        ({"location": "northeurope"}, "azure-native:location"),
        ({"workload": "shop"}, "workload"),
        ({"virtualNetworkId": "/virtualNetworks/spoke"}, "network.virtualNetworkId"),
        ({"serviceCidr": "10.1.0.0/16"}, "network.serviceCidr"),
        ({"dnsServiceIP": "10.0.0.20"}, "network.dnsServiceIP"),
        ({"cniKind": "podSubnet"}, "network.cni.kind"),
        ({"cniKind": "nodeSubnet"}, None),
        ({"networkDataplane": ""}, "network.cni.networkDataplane"),
        ({"networkDataplane": "azure"}, None),
        ({"fqdnSubdomain": "team1"}, "cluster.apiServer.privateCluster.fqdnSubdomain"),
        ({"serviceCidr": None}, None),
        ({"ipFamilies": "IPv4, IPv6", "serviceCidrIpv6": "fd00:db8::/108"}, "network.cni.ipFamilies"),
    ],
)
def test_an_environment_keeps_what_it_was_made_with(
    was: Mapping[str, str | None], refused: str | None
) -> None:
    now = made_with(settings())
    # An earlier program did not record all of it.
    old = {key: value for key, value in {**now, **was}.items() if value is not None}
    found = [dotted(problem.path) for problem in of_environment(Update(old=old, new=now, answer={}))]
    assert found == ([refused] if refused else [])


def test_a_dual_stack_environment_keeps_the_ipv6_range_of_its_services() -> None:
    now = made_with(settings(network={"cni": {"ipFamilies": ["IPv4", "IPv6"]}}))
    old = {**now, "serviceCidrIpv6": "fd00:db8::/108"}
    (problem,) = of_environment(Update(old=old, new=now, answer={}))
    assert dotted(problem.path) == "network.serviceCidrIpv6"


def test_what_the_stack_file_did_not_say_is_taken_out_again() -> None:
    now = made_with(settings())
    (problem,) = of_environment(
        Update(old=now, new={**now, "virtualNetworkId": "/virtualNetworks/spoke"}, answer={})
    )
    assert (problem.limit, problem.write) == (
        "none, as it was made",
        "remove virtualNetworkId; for another one, build a new environment and move",
    )
    (problem,) = of_environment(
        Update(old={**now, "virtualNetworkId": "/virtualNetworks/spoke"}, new=now, answer={})
    )
    assert problem.title == "network.virtualNetworkId is missing"


def record_gateway(*, protect: bool) -> Resource:
    recording = stacks.record_platform(protect=protect)
    return recording["ng-platform-dev"]
