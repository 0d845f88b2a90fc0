"""What rows about the networks of managed clusters call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.facts import facts
from sandbox.azure.rules.managed_cluster import without_role
from sandbox.azure.rules.pools import every_pool, most_nodes_with_surge
from sandbox.azure.rules.reading import is_same_id, networks, prefixes_of, subnets_of
from sandbox.azure.rules.subjects import Failures, Subject

_SMALLEST_API_SERVER_SUBNET = 28


def overlapped_subnets(cluster: Subject, which: str) -> Failures:
    virtual_networks = {key_of(parent_id(subnet)): parent_id(subnet) for subnet in _node_subnets(cluster)}
    found = [subnets_of(cluster.request.cloud, one).values() for one in virtual_networks.values()]
    yield from _overlaps(
        _ranges(cluster, which), [prefix for one in found for subnet in one for prefix in prefixes_of(subnet)]
    )


def overlapped_services(cluster: Subject) -> Failures:
    yield from _overlaps(_ranges(cluster, "pods"), _ranges(cluster, "services"))


def overlapped_reserved_ranges(cluster: Subject, which: str) -> Failures:
    yield from _overlaps(_ranges(cluster, which), networks(facts("networks")["reserved"]))


def dns_service_ip(cluster: Subject, place: str) -> Failures:
    services = _ranges(cluster, "services")
    try:
        address = IPv4Address(_asked(cluster, "dnsServiceIP"))
    except ValueError:
        if place == "malformed":
            yield {}
        return
    for services_range in services:
        start, end = services_range.network_address, services_range.broadcast_address
        places = {
            "outside": address not in services_range,
            "first": address in (start, start + 1),
            "last": address == end,
        }
        if places.get(place):
            yield {"address": address, "range": services_range, "first": start + 1}


def small_api_server_subnet(cluster: Subject) -> Failures:
    for prefix in prefixes_of(cluster.value("apiServerAccessProfile.subnetId->") or {}):
        if prefix.prefixlen > _SMALLEST_API_SERVER_SUBNET:
            yield {"prefix": prefix}


def api_server_in_another_virtual_network(cluster: Subject) -> Failures:
    home = parent_id(cluster.value("apiServerAccessProfile.subnetId"))
    if not all(is_same_id(parent_id(subnet), home) for subnet in _node_subnets(cluster)):
        yield {}


def without_role_on_a_zone(cluster: Subject, path: str) -> Failures:
    yield from without_role(cluster, path, "Private DNS Zone Contributor")


def uneven_outbound_ports(cluster: Subject) -> Failures:
    ports = cluster.value("networkProfile.loadBalancerProfile.allocatedOutboundPorts")
    if ports and ports % 8:
        yield {"ports": ports}


def more_outbound_ports_than_addresses_have(cluster: Subject) -> Failures:
    profile = cluster.value("networkProfile.loadBalancerProfile") or {}
    ports = profile.get("allocatedOutboundPorts") or 0
    given = (profile.get("outboundIPs") or {}).get("publicIPs") or ()
    addresses = len(given) or (profile.get("managedOutboundIPs") or {}).get("count") or 1
    nodes = sum(map(most_nodes_with_surge, every_pool(cluster.request).values()))
    available = addresses * facts("networks")["portsOfAnAddress"]
    if nodes * ports > available and not profile.get("outboundIPPrefixes"):
        yield {
            "nodes": nodes,
            "ports": ports,
            "wanted": nodes * ports,
            "available": available,
            "addresses": addresses,
        }


def bootstrap_registry_without_cache(cluster: Subject) -> Failures:
    registry = cluster.value("bootstrapProfile.containerRegistryId")
    rule = cluster.resource(f"{registry}/cacheRules/aks-managed-mcr") or {}
    has_rule = rule.get("sourceRepository") == "mcr.microsoft.com/*"
    if not has_rule or cluster.value("bootstrapProfile.containerRegistryId->sku.name") != "Premium":
        yield {}


def _asked(cluster: Subject, property_: str) -> Any:  # noqa: ANN401  JSON
    """Return a property of the cluster's network, or what Azure takes in its place."""
    return cluster.value(f"networkProfile.{property_}") or facts("networks")["defaults"].get(property_)


def _ranges(cluster: Subject, which: str) -> list[IPv4Network]:
    if which == "services":
        return networks([_asked(cluster, "serviceCidr")])
    if which == "nodes":
        subnets = sorted({key_of(subnet) for subnet in _node_subnets(cluster)})
        return [prefix for subnet in subnets for prefix in prefixes_of(cluster.resource(subnet) or {})]
    is_overlay = _asked(cluster, "networkPluginMode") == "overlay"
    has_pod_range = is_overlay or _asked(cluster, "networkPlugin") == "kubenet"
    return networks([_asked(cluster, "podCidr")]) if has_pod_range else []


def _node_subnets(cluster: Subject) -> list[str]:
    return [subnet for subnet in cluster.value("agentPoolProfiles.vnetSubnetID") or () if subnet]


def _overlaps(ranges: Sequence[IPv4Network], others: Sequence[IPv4Network]) -> Failures:
    for network in ranges:
        yield from ({"range": network, "other": other} for other in others if network.overlaps(other))
