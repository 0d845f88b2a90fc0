"""Subnets of node pools."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.facts import facts
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.pools import POOL_TYPES, every_pool, most_nodes, pools
from sandbox.azure.rules.reading import (
    invalid_parameter,
    invalid_resource_reference,
    is_same_id,
    name_of,
    network_of,
    normalised_location,
    prefixes_of,
    subnet_properties,
)
from sandbox.azure.rules.registry import Request, rule

_SUBNETS = "https://learn.microsoft.com/azure/aks/node-pool-unique-subnet#limitations"


@rule(*POOL_TYPES, source=_SUBNETS)
def pools_share_one_virtual_network(request: Request) -> Iterator[Refusal]:
    """All pools of a cluster are in one virtual network."""
    subnets = [pool.get("vnetSubnetID") for pool in every_pool(request).values()]
    if len({key_of(parent_id(subnet)) for subnet in subnets if subnet}) > 1:
        for pool in list(pools(request))[:1]:
            yield invalid_parameter(
                pool.parameter("vnetSubnetID"),
                "All agent pools of a cluster must be in the same virtual network. Nodepool name: "
                f"{pool.name}.",
            )


@rule(*POOL_TYPES, source=_SUBNETS)
def pools_all_have_a_subnet_or_none(request: Request) -> Iterator[Refusal]:
    """Either every pool of a cluster names a subnet, or none does."""
    everything = every_pool(request)
    without = [name for name, pool in everything.items() if not pool.get("vnetSubnetID")]
    if 0 < len(without) < len(everything):
        yield Refusal(
            400,
            "AgentPoolsWithEmptySubnetError",
            f"Agent pool '{without[0]}' has no vnetSubnetID while other agent pools of the cluster have one.",
        )


@rule(
    *POOL_TYPES,
    on=("create",),
    source="https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites",
)
def pool_subnet_is_in_the_clusters_region(request: Request) -> Iterator[Refusal]:
    """A pool's virtual network is in the region of its cluster."""
    for pool in pools(request):
        subnet_id = pool.asked.get("vnetSubnetID")
        home = request.cloud.get(parent_id(subnet_id)) if subnet_id else None
        if subnet_id and home and pool.location and normalised_location(home.location) != pool.location:
            yield invalid_resource_reference(request.id, subnet_id)


@rule(
    *POOL_TYPES,
    source="https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/insufficientsubnetsize-error-advanced-networking",
)
def node_subnet_holds_all_nodes(request: Request) -> Iterator[Refusal]:
    """A node subnet has an address for every node that the pools in it may grow to."""
    every = every_pool(request).values()
    subnet_ids = [pool.asked["vnetSubnetID"] for pool in pools(request) if pool.asked.get("vnetSubnetID")]
    for subnet_id in dict.fromkeys(subnet_ids):
        prefixes = prefixes_of(subnet_properties(request.cloud, subnet_id) or {})
        nodes = sum(most_nodes(pool) for pool in every if is_same_id(pool.get("vnetSubnetID"), subnet_id))
        room = sum(prefix.num_addresses - facts("networks")["addressesKeptInASubnet"] for prefix in prefixes)
        if prefixes and nodes > room:
            yield Refusal(
                400,
                "InsufficientSubnetSize",
                f"Pre-allocated IPs {nodes} exceeds IPs available {room} in Subnet Cidr {prefixes[0]}, "
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
    for pool in list(pools(request))[:1]:
        network = pool.cluster.get("networkProfile") or {}
        pod_range = network_of(network.get("podCidr") or facts("networks")["defaults"]["podCidr"])
        if network.get("networkPluginMode") != "overlay" or pod_range is None:
            return
        nodes = sum(map(most_nodes, every_pool(request).values()))
        room = int(2 ** (facts("networks")["podRangeOfANode"] - pod_range.prefixlen))
        if nodes > room:
            yield Refusal(
                400,
                "InsufficientPodCidr",
                f"Pod CIDR {pod_range} has room for {room} nodes, the agent pools may grow to {nodes}.",
            )
