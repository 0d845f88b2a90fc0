"""A managed cluster as its nodes and load balancers need to know it: groups, region, network, identity.

What it says of agent pools is in `sandbox.clusters.nodes.pools`.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from sandbox.azure.cloud import Cloud, Resource, normalized_location

OWN_NETWORK: Final = IPv4Network("10.224.0.0/16")
"""The subnet of AKS' own virtual network, where the nodes are of a cluster that names no subnet."""


def is_stopped(properties: Mapping[str, Any]) -> bool:
    """Whether the cluster, or the agent pool, with these properties is stopped."""
    return (properties.get("powerState") or {}).get("code") == "Stopped"


def node_resource_group(cluster: Resource) -> str:
    """Name of the resource group that AKS keeps for the cluster's nodes.

    Source: https://learn.microsoft.com/azure/aks/faq#why-are-two-resource-groups-created-with-aks-
    """
    named = cluster.properties.get("nodeResourceGroup")
    return str(named or f"MC_{cluster.id.split('/')[4]}_{cluster.name}_{location(cluster)}")


def resource_group_id(cluster: Resource, group: str) -> str:
    """Azure id of a resource group in the cluster's subscription."""
    return f"/subscriptions/{cluster.id.split('/')[2]}/resourceGroups/{group}"


def load_balancer_id(cluster: Resource) -> str:
    """Azure id of the load balancer that AKS keeps for the cluster's Services."""
    group = resource_group_id(cluster, node_resource_group(cluster))
    return f"{group}/providers/Microsoft.Network/loadBalancers/kubernetes"


def location(resource: Resource) -> str:
    """The Azure location of a cluster, or of anything else, in one spelling: `westeurope`."""
    return normalized_location(str(resource.location or resource.properties.get("location") or ""))


def principal(cluster: Resource, cloud: Cloud) -> str:
    """Object id of the cluster's control-plane identity; empty when it has none."""
    identity = cluster.properties.get("identity") or {}
    assigned = identity.get("userAssignedIdentities") or {}
    # A request may list the ids; an answer tells more of each.
    answers = assigned if isinstance(assigned, Mapping) else dict.fromkeys(assigned)
    for identity_id, answer in answers.items():
        resource = cloud.get(identity_id)
        known = (answer or {}).get("principalId") or (resource and resource.properties.get("principalId"))
        if known:
            return str(known)
    return str(identity.get("principalId") or "")


def nodes_subnet_id(cluster: Resource) -> str | None:
    """Azure id of the subnet of the cluster's nodes: the first pool's; None in AKS' own network."""
    for pool in cluster.properties.get("agentPoolProfiles") or []:
        subnet = pool.get("vnetSubnetID") or pool.get("vnetSubnetId")
        if subnet:
            return str(subnet)
    return None


def is_dual_stack(cluster: Resource) -> bool:
    """Whether nodes, pods and Services of the cluster have IPv6 addresses too."""
    return "IPv6" in ((cluster.properties.get("networkProfile") or {}).get("ipFamilies") or [])


def ranges_of(subnet: Resource) -> dict[str, IPv4Network | IPv6Network]:
    """The addresses of a subnet, by family: `IPv4` and `IPv6`."""
    properties = subnet.properties
    prefixes = properties.get("addressPrefixes") or [properties["addressPrefix"]]
    return {f"IPv{network.version}": network for network in map(ip_network, prefixes)}
