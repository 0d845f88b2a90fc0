"""Subnets of node pools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from azure_facts.address_plan import overlay_node_capacity, usable_addresses
from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.pools import POOL_TYPES, pools, pools_of_cluster
from sandbox.azure.rules.reading import (
    at,
    invalid_parameter,
    name_of,
    network_of,
    normalised_location,
    prefixes_of,
    subnet_properties,
)
from sandbox.azure.rules.registry import Request, rule
from sandbox.azure.rules.resource_groups import invalid_resource_reference

_PREREQUISITES = "https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites"
_NAT = (
    "https://learn.microsoft.com/azure/aks/nat-gateway#create-an-aks-cluster-with-a-user-assigned-nat-gateway"
)
_DEFAULT_POD_CIDR = "10.244.0.0/16"


@rule(*POOL_TYPES, source=_PREREQUISITES)
def pool_subnet_is_not_delegated(request: Request) -> Iterator[Refusal]:
    """A pool's node subnet is not delegated to any service."""
    for pool in pools(request):
        subnet_id = pool.asked.get("vnetSubnetID")
        subnet = subnet_properties(request.cloud, subnet_id) if subnet_id else None
        if subnet is not None and subnet.get("delegations"):
            yield Refusal(
                400,
                "SubnetIsDelegated",
                f"AgentPoolProfile subnet with id {subnet_id} cannot be used as it's a delegated subnet. "
                "Please check https://aka.ms/adv-network-prerequest for more details.",
            )


@rule(*POOL_TYPES, source="https://learn.microsoft.com/azure/aks/node-pool-unique-subnet#limitations")
def pools_share_one_virtual_network(request: Request) -> Iterator[Refusal]:
    """All pools of a cluster are in one virtual network."""
    others = [pool.asked for pool in pools(request)] + list(
        pools_of_cluster(request, _cluster_id(request)).values()
    )
    homes = {key_of(parent_id(other["vnetSubnetID"])) for other in others if other.get("vnetSubnetID")}
    if len(homes) > 1:
        for pool in pools(request):
            yield invalid_parameter(
                pool.parameter("vnetSubnetID"),
                "All agent pools of a cluster must be in the same virtual network. Nodepool name: "
                f"{pool.name}.",
            )
            return


@rule(*POOL_TYPES, source="https://learn.microsoft.com/azure/aks/node-pool-unique-subnet#limitations")
def pools_all_have_a_subnet_or_none(request: Request) -> Iterator[Refusal]:
    """Either every pool of a cluster names a subnet, or none does."""
    asked = {pool.name: pool.asked for pool in pools(request)}
    everything = {**pools_of_cluster(request, _cluster_id(request)), **asked}
    if len({bool(pool.get("vnetSubnetID")) for pool in everything.values()}) > 1:
        without = next(name for name, pool in everything.items() if not pool.get("vnetSubnetID"))
        yield Refusal(
            400,
            "AgentPoolsWithEmptySubnetError",
            f"Agent pool '{without}' has no vnetSubnetID while other agent pools of the cluster have one.",
        )


@rule(*POOL_TYPES, on=("create",), source=_PREREQUISITES)
def pool_subnet_is_in_the_clusters_region(request: Request) -> Iterator[Refusal]:
    """A pool's virtual network is in the region of its cluster."""
    for pool in pools(request):
        subnet_id = pool.asked.get("vnetSubnetID")
        home = request.cloud.get(parent_id(subnet_id)) if subnet_id else None
        if (
            subnet_id
            and home is not None
            and pool.location
            and normalised_location(home.location) != pool.location
        ):
            yield invalid_resource_reference(request.id, subnet_id)


@rule(*POOL_TYPES, source=_NAT)
def nat_gateway_is_on_the_pool_subnet(request: Request) -> Iterator[Refusal]:
    """Where egress is a user-assigned NAT gateway, each pool's subnet has one with a public address."""
    for pool in pools(request):
        if at(pool.cluster, "networkProfile.outboundType") != "userAssignedNATGateway":
            continue
        subnet_id = pool.asked.get("vnetSubnetID")
        subnet = subnet_properties(request.cloud, subnet_id) if subnet_id else None
        if subnet is None:
            continue
        gateway_id = at(subnet, "natGateway.id")
        if not gateway_id:
            yield Refusal(
                400,
                "SubnetNotAssociatedWithNATGateway",
                f"Subnet '{subnet_id}' must have a NAT gateway associated for outbound connection",
            )
            continue
        gateway = request.cloud.get(gateway_id)
        if gateway is not None and not (
            gateway.properties.get("publicIpAddresses") or gateway.properties.get("publicIpPrefixes")
        ):
            yield Refusal(
                400,
                "NATGatewayNotAssociatedWithPublicIPOrIPPrefix",
                f"NAT gateway '{gateway_id}' must be associated with at least one public IP or public IP "
                "prefix",
            )


@rule(*POOL_TYPES, source="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay")
def overlay_pool_has_no_pod_subnet(request: Request) -> Iterator[Refusal]:
    """A pool of an overlay cluster has no pod subnet."""
    for pool in pools(request):
        if (
            pool.asked.get("podSubnetID")
            and at(pool.cluster, "networkProfile.networkPluginMode") == "overlay"
        ):
            yield invalid_parameter(
                pool.parameter("podSubnetID"), "podSubnetID cannot be set when networkPluginMode is overlay."
            )


@rule(
    *POOL_TYPES,
    source="https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/insufficientsubnetsize-error-advanced-networking",
)
def node_subnet_holds_all_nodes(request: Request) -> Iterator[Refusal]:
    """A node subnet has an address for every node that the pools in it may grow to."""
    nodes: defaultdict[str, int] = defaultdict(int)
    changed = {pool.name: pool for pool in pools(request)}
    for name, other in pools_of_cluster(request, _cluster_id(request)).items():
        if name not in changed and other.get("vnetSubnetID"):
            nodes[key_of(other["vnetSubnetID"])] += int(other.get("maxCount") or other.get("count") or 0)
    wanted = {}
    for pool in changed.values():
        if pool.asked.get("vnetSubnetID"):
            nodes[key_of(pool.asked["vnetSubnetID"])] += pool.most_nodes
            wanted[key_of(pool.asked["vnetSubnetID"])] = pool.asked["vnetSubnetID"]
    for key, subnet_id in wanted.items():
        prefixes = prefixes_of(subnet_properties(request.cloud, subnet_id) or {})
        room = sum(usable_addresses(prefix) for prefix in prefixes)
        if prefixes and nodes[key] > room:
            yield Refusal(
                400,
                "InsufficientSubnetSize",
                f"Pre-allocated IPs {nodes[key]} exceeds IPs available {room} in Subnet Cidr {prefixes[0]}, "
                f"Subnet Name {name_of(subnet_id)}. If Autoscaler is enabled, the max-count from each "
                "nodepool is counted towards this total (which means that pre-allocated IPs count "
                "represents a theoretical max value, not the actual number of IPs requested). "
                "http://aka.ms/aks/insufficientsubnetsize",
            )


@rule(
    *POOL_TYPES,
    source="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning",
)
def overlay_pod_range_holds_all_nodes(request: Request) -> Iterator[Refusal]:
    """An overlay's pod range has a /24 for every node that the cluster may grow to."""
    changed = {pool.name: pool for pool in pools(request)}
    if not changed:
        return
    network = next(iter(changed.values())).cluster.get("networkProfile") or {}
    pod_range = network_of(network.get("podCidr") or _DEFAULT_POD_CIDR)
    if network.get("networkPluginMode") != "overlay" or pod_range is None:
        return
    others = pools_of_cluster(request, _cluster_id(request)).items()
    nodes = sum(
        int(other.get("maxCount") or other.get("count") or 0) for name, other in others if name not in changed
    )
    nodes += sum(pool.most_nodes for pool in changed.values())
    if nodes > overlay_node_capacity(pod_range):
        yield Refusal(
            400,
            "InsufficientPodCidr",
            f"Pod CIDR {pod_range} has room for {overlay_node_capacity(pod_range)} nodes, the agent pools "
            f"may grow to {nodes}.",
        )


def _cluster_id(request: Request) -> str:
    return parent_id(request.id) if request.type.count("/") > 1 else request.id
