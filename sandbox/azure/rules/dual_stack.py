"""What rows about IPv6 beside IPv4 call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from ipaddress import IPv6Network

from sandbox.azure.rules.reading import (
    ipv6_networks,
    name_of,
    networks,
    networks_of_both_families,
    prefixes_of_both_families,
)
from sandbox.azure.rules.subjects import Failures, Subject

_SUBNET_LENGTH = 64
_LARGEST_SERVICE_RANGE = 108
_BOTH = ["IPv4", "IPv6"]


def ipv6_subnets_of_another_length(subject: Subject) -> Failures:
    for subnet in subject.asked.get("subnets") or [subject.asked]:
        for prefix in prefixes_of_both_families(subnet):
            if isinstance(prefix, IPv6Network) and prefix.prefixlen != _SUBNET_LENGTH:
                yield {"subnet": subnet.get("name") or subject.known["name"], "prefix": prefix}


def ipv6_where_a_service_has_none(subnet: Subject) -> Failures:
    if ipv6_networks(subnet.asked.get("addressPrefixes") or ()):
        yield {}


def rule_of_both_families(rule: Subject) -> Failures:
    keys = ("sourceAddressPrefix", "destinationAddressPrefix")
    single = [rule.asked[key] for key in keys if rule.asked.get(key)]
    texts = [*single, *(text for key in keys for text in rule.asked.get(f"{key}es") or ())]
    if networks(texts) and ipv6_networks(texts):
        yield {}


def ip_families(cluster: Subject) -> Failures:
    asked = cluster.value("networkProfile.ipFamilies")
    if asked and asked not in (_BOTH[:1], _BOTH):
        yield {"families": asked}


def ranges_of_other_families(cluster: Subject, which: str) -> Failures:
    """Yield where there is not one range for each family, in their order, the first as the single one."""
    profile = cluster.value("networkProfile") or {}
    single, several = profile.get(which), profile.get(f"{which}s")
    if not several:
        return
    families = [f"IPv{network.version}" for text in several for network in networks_of_both_families([text])]
    if families != (profile.get("ipFamilies") or _BOTH[:1]) or (single and single != several[0]):
        yield {"ranges": several, "families": profile.get("ipFamilies") or _BOTH[:1]}


def large_ipv6_service_range(cluster: Subject) -> Failures:
    for network in ipv6_networks(cluster.value("networkProfile.serviceCidrs") or ()):
        if network.prefixlen < _LARGEST_SERVICE_RANGE:
            yield {"range": network}


def nodes_without_ipv6(cluster: Subject) -> Failures:
    for subnet_id in dict.fromkeys(cluster.value("agentPoolProfiles.vnetSubnetID") or ()):
        subnet = cluster.resource(subnet_id)
        if subnet is not None and not ipv6_networks(subnet.get("addressPrefixes") or ()):
            yield {"subnet": name_of(subnet_id)}
