"""Ways out: what each kind of egress builds, and what it tells the cluster."""

from typing import Any, Final

import pytest

from tests.unit.components import stacks
from tests.unit.components.recording import Recording

SUBSCRIPTION: Final = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub"
ADDRESS: Final = f"{SUBSCRIPTION}/providers/Microsoft.Network/publicIPAddresses/out"
TABLE: Final = f"{SUBSCRIPTION}/providers/Microsoft.Network/routeTables/hub"


def platform(egress: dict[str, Any], *, subnets: dict[str, Any] | None = None, **keys: Any) -> Recording:
    network = {"egress": egress, "subnets": subnets or {}}
    return stacks.record_platform(network=network, ingress={"kind": "none"}, **keys)


def profile(recording: Recording) -> dict[str, Any]:
    return recording["aks-platform-dev"].inputs["networkProfile"]


def test_a_gateway_may_have_a_prefix_in_place_of_addresses() -> None:
    ranges = {"apiServer": {"authorizedIpRanges": ["198.51.100.0/24"]}}
    built = platform({"publicIpPrefixLength": 30}, cluster=ranges)
    prefix = built["ippre-platform-dev-egress"]
    assert prefix.inputs["prefixLength"] == 30
    assert built["ng-platform-dev"].inputs["publicIpPrefixes"] == [{"id": prefix.id}]
    assert built.of("PublicIPAddress") == []
    assert built.outputs("Platform").values["egressAddresses"] == ["192.0.2.0/30"]
    allowed = built["aks-platform-dev"].inputs["apiServerAccessProfile"]["authorizedIPRanges"]
    assert allowed == ["198.51.100.0/24", "192.0.2.0/30"], "a prefix is a range already"


@pytest.mark.parametrize(
    ("chosen", "sent"),
    [
        ({"managedOutboundIpCount": 3}, {"managedOutboundIPs": {"count": 3, "countIPv6": 0}}),
        ({"outboundIps": [ADDRESS]}, {"outboundIPs": {"publicIPs": [{"id": ADDRESS}]}}),
    ],
)
def test_a_load_balancer_has_one_kind_of_addresses(chosen: dict[str, Any], sent: dict[str, Any]) -> None:
    built = platform({"kind": "loadBalancer", **chosen, "allocatedOutboundPorts": 4000})
    rule = {"allocatedOutboundPorts": 4000, "idleTimeoutInMinutes": 30}
    # The SDK's own default.
    pool = {"backendPoolType": "NodeIPConfiguration"}
    assert profile(built)["loadBalancerProfile"] == {**sent, **rule, **pool}


def test_given_addresses_are_an_output_and_the_cluster_may_use_them() -> None:
    built = platform({"kind": "loadBalancer", "outboundIps": [ADDRESS]})
    assert built.outputs("Platform").values["egressAddresses"] == ["203.0.113.4"]
    right = built["ra-platform-dev-controlplane-outboundip1"]
    assert right.inputs["scope"] == ADDRESS
    assert right.name in built.waits_for(built["aks-platform-dev"])


def test_everything_is_routed_to_the_appliance_before_there_is_a_cluster() -> None:
    hop = {
        "kind": "userDefinedRouting",
        "nextHopIpAddress": "10.100.0.4",
        "publicIpAddresses": ["203.0.113.9"],
    }
    ranges = {"apiServer": {"authorizedIpRanges": ["198.51.100.0/24"]}}
    built = platform(hop, cluster=ranges)
    table = built["rt-platform-dev"]
    (route,) = table.inputs["routes"]
    assert (route["addressPrefix"], route["nextHopType"], route["nextHopIpAddress"]) == (
        "0.0.0.0/0",
        "VirtualAppliance",
        "10.100.0.4",
    )
    assert built["snet-platform-dev-nodes"].inputs["routeTable"] == {"id": table.id}
    assert "routeTable" not in built["snet-platform-dev-privateendpoints"].inputs
    assert profile(built)["outboundType"] == "userDefinedRouting"
    assert table.name in built.waits_for(built["aks-platform-dev"])
    allowed = built["aks-platform-dev"].inputs["apiServerAccessProfile"]["authorizedIPRanges"]
    assert allowed == ["198.51.100.0/24", "203.0.113.9/32"]


def test_a_given_route_table_is_used_as_it_is() -> None:
    built = platform({"kind": "userDefinedRouting", "routeTableId": TABLE})
    assert built.of("RouteTable") == []
    assert built["snet-platform-dev-nodes"].inputs["routeTable"] == {"id": TABLE}


def test_a_subnet_with_routes_has_a_table_with_those_of_the_egress_among_them() -> None:
    office = {"addressPrefix": "192.168.0.0/16", "nextHopType": "VirtualNetworkGateway"}
    routes = {"routes": {"office": office}}
    subnets = {"nodes": routes, "ingress": {**routes, "disableBgpRoutePropagation": True}}
    built = platform({"kind": "userDefinedRouting", "nextHopIpAddress": "10.100.0.4"}, subnets=subnets)
    nodes, ingress = built["rt-platform-dev-nodes"], built["rt-platform-dev-ingress"]
    own = {"name": "office", **office}
    assert nodes.inputs["routes"] == [*built["rt-platform-dev"].inputs["routes"], own]
    assert nodes.inputs["disableBgpRoutePropagation"] is True, "they would be ways past the appliance"
    assert ingress.inputs["routes"] == [own]
    assert built["snet-platform-dev-nodes"].inputs["routeTable"] == {"id": nodes.id}
    assert built["snet-platform-dev-ingress"].inputs["routeTable"] == {"id": ingress.id}
    allowed = {each.inputs["scope"] for each in built.of("RoleAssignment")}
    assert nodes.id in allowed
    assert ingress.id not in allowed


def test_a_subnet_without_an_appliance_learns_the_routes_of_gateways_unless_it_is_told_not_to() -> None:
    kept = {"routes": {"lab": {"addressPrefix": "192.0.2.0/24", "nextHopType": "None"}}}
    built = platform({}, subnets={"nodes": kept, "ingress": {"disableBgpRoutePropagation": True}})
    assert built["rt-platform-dev-nodes"].inputs["disableBgpRoutePropagation"] is False
    assert built["rt-platform-dev-ingress"].inputs["disableBgpRoutePropagation"] is True
    assert built["rt-platform-dev-ingress"].inputs["routes"] == []


def names_let_out(built: Recording) -> set[str]:
    (group,) = built.of("FirewallPolicyRuleCollectionGroup")
    return {rule["name"] for collection in group.inputs["ruleCollections"] for rule in collection["rules"]}


def test_a_firewall_lets_out_what_aks_needs_and_what_the_stack_file_names() -> None:
    built = platform({"kind": "azureFirewall", "allowedFqdns": ["api.github.com"], "publicIpCount": 2})
    firewall, table = built["afw-platform-dev"], built["rt-platform-dev"]
    subnet = built["snet-platform-dev-firewall"]
    first, second = firewall.inputs["ipConfigurations"]
    assert first["subnet"] == {"id": subnet.id}
    assert "subnet" not in second, "Azure takes the subnet once"
    assert table.inputs["routes"][0]["nextHopIpAddress"] == "10.224.240.4"
    assert built["snet-platform-dev-nodes"].inputs["routeTable"] == {"id": table.id}
    assert built.outputs("Platform").values["egressAddresses"] == ["203.0.113.4"] * 2
    assert built["diag-platform-dev-firewall"].inputs["resourceUri"] == firewall.id
    assert names_let_out(built) == {
        "AzureMonitor",
        "ApiServer",
        "ApiServerTunnel",
        "AzureKubernetesService",
        "AzureServices",
        "ImageRegistries",
        "AllowedByStackFile",
    }


def test_an_api_server_in_the_network_needs_no_hole_in_the_firewall() -> None:
    inside = platform({"kind": "azureFirewall"}, cluster={"apiServer": {"vnetIntegration": True}})
    assert {"ApiServer", "ApiServerTunnel", "AllowedByStackFile"}.isdisjoint(names_let_out(inside))


def test_without_a_way_out_the_registry_comes_first_and_the_cluster_knows_it() -> None:
    built = platform(
        {"kind": "none"},
        cluster={"apiServer": {"privateCluster": {"enabled": True}}, "azurePolicy": False},
        registry={"sku": "Premium", "privateEndpoint": {"enabled": True}},
        monitoring={"enabled": False},
    )
    cluster = built["aks-platform-dev"]
    (registry,) = built.of("Registry")
    assert cluster.inputs["bootstrapProfile"] == {
        "artifactSource": "Cache",
        "containerRegistryId": registry.id,
    }
    assert profile(built)["outboundType"] == "none"
    assert "acrc-platform-dev-aks" in built.waits_for(cluster), "nodes start from its cache"
    assert built.outputs("Platform").values["egressAddresses"] == []
