"""What rows about virtual networks, security groups, public IP addresses and NAT gateways call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from sandbox.azure.cloud import normalized_location, parent_id
from sandbox.azure.rules.arm_types import (
    AGENT_POOL,
    BASTION_HOST,
    MANAGED_CLUSTER,
    NAT_GATEWAY,
    PRIVATE_ENDPOINT,
    PUBLIC_IP_ADDRESS,
    SECURITY_RULE,
    VIRTUAL_NETWORK_GATEWAY,
)
from sandbox.azure.rules.reading import (
    is_inside,
    is_same_id,
    name_of,
    networks_of_both_families,
    prefixes_of,
    prefixes_of_both_families,
    security_rules,
    subnets_of,
    users_of,
    values_at,
)
from sandbox.azure.rules.subjects import Failures, Subject

_SMALLEST_SUBNET = 29
_HIGHEST_PORT = 65535
_ZONES = ("1", "2", "3")
_SPACE = "addressSpace.addressPrefixes"
_USERS = (MANAGED_CLUSTER, AGENT_POOL, PRIVATE_ENDPOINT, BASTION_HOST, VIRTUAL_NETWORK_GATEWAY)


def wrong_prefixes(subject: Subject, kind: str) -> Failures:
    """Yield what is no prefix: what is malformed, or what has host bits, with the prefix less these."""
    single = subject.asked.get("addressPrefix")
    for text in subject.value(_SPACE) or subject.asked.get("addressPrefixes") or ([single] if single else ()):
        if not networks_of_both_families([text]):
            try:
                expected = str(ip_network(text, strict=False)) if "/" in text else None
            except ValueError:
                expected = None
            if (expected is None) == (kind == "malformed"):
                yield {"prefix": text, "expected": expected}


def small_subnet(subnet: Subject) -> Failures:
    if any(prefix.prefixlen > _SMALLEST_SUBNET for prefix in prefixes_of(subnet.asked)):
        yield {"virtual_network": name_of(subnet.known["parent"])}


def outside_the_virtual_network(subnet: Subject) -> Failures:
    home = subnet.resource(subnet.known["parent"])
    if home is not None and _is_outside(subnet.asked, values_at(home, _SPACE)):
        yield {"subnet": subnet.known["name"], "virtual_network": home["name"]}


def overlapping_another_subnet(subnet: Subject) -> Failures:
    name, virtual_network = subnet.known["name"], subnet.known["parent"]
    others = subnets_of(subnet.request.cloud, virtual_network)
    others.pop(name.lower(), None)
    taken = [prefix for other in others.values() for prefix in prefixes_of_both_families(other)]
    if any(mine.overlaps(other) for mine in prefixes_of_both_families(subnet.asked) for other in taken):
        yield {"subnet": name, "virtual_network": name_of(virtual_network)}


def subnets_outside(virtual_network: Subject, which: str) -> Failures:
    asked = {subnet["name"]: subnet for subnet in virtual_network.asked.get("subnets") or ()}
    held = subnets_of(virtual_network.request.cloud, virtual_network.known["id"])
    for name, subnet in (asked if which == "asked" else held).items():
        if _is_outside(subnet, virtual_network.value(_SPACE)):
            yield {"subnet": name, "virtual_network": virtual_network.known["name"]}


def overlapping_inline_subnets(virtual_network: Subject) -> Failures:
    seen: list[IPv4Network | IPv6Network] = []
    for subnet in virtual_network.asked.get("subnets") or ():
        mine = prefixes_of_both_families(subnet)
        if any(prefix.overlaps(other) for prefix in mine for other in seen):
            yield {"subnet": subnet["name"], "virtual_network": virtual_network.known["name"]}
        seen += mine


def range_changed_in_use(subnet: Subject) -> Failures:
    held, asked = (set(prefixes_of_both_families(each)) for each in (subnet.known["current"], subnet.asked))
    # Others may be added, of IPv6 above all.
    if held - asked:
        yield from _users(subnet, subnet.known["id"])


def delegations_changed_in_use(subnet: Subject) -> Failures:
    was, wanted = (
        sorted(each.get("serviceName", "") for each in properties.get("delegations") or ())
        for properties in (subnet.known["current"], subnet.asked)
    )
    if was != wanted:
        for failure in _users(subnet, subnet.known["id"]):
            yield {**failure, "was": was, "wanted": wanted}


def subnet_in_use(subnet: Subject) -> Failures:
    yield from _users(subnet, subnet.known["id"])


def subnets_in_use(virtual_network: Subject) -> Failures:
    own = virtual_network.known["id"]
    for name in subnets_of(virtual_network.request.cloud, own):
        yield from _users(virtual_network, f"{own}/subnets/{name}")


def conflicting_security_rules(subject: Subject) -> Failures:
    taken = {_place(other): name for name, other in _siblings(subject)}
    for name, rule in security_rules(subject.request):
        other = taken.setdefault(_place(rule), name)
        if other is not name:
            yield {"name": name, "other": other}


def bad_ports(rule: Subject) -> Failures:
    for side in ("source", "destination"):
        single = rule.asked.get(f"{side}PortRange")
        for text in [single] if single else rule.asked.get(f"{side}PortRanges") or ():
            if not _is_port_range(text):
                yield {"ports": text}


def domain_name_label_taken(address: Subject) -> Failures:
    label = address.value("dnsSettings.domainNameLabel").lower()
    for other in address.request.cloud.of_type(PUBLIC_IP_ADDRESS):
        taken = values_at(other.properties, "dnsSettings.domainNameLabel") or ""
        is_here = normalized_location(other.location) == address.known["location"]
        if is_here and taken.lower() == label and not is_same_id(other.id, address.known["id"]):
            yield {}


def zones_not_offered(subject: Subject) -> Failures:
    offered = () if subject.value("$region.has_zones") is False else _ZONES
    refused = [zone for zone in subject.asked.get("zones") or () if zone not in offered]
    if refused:
        yield {"refused": refused, "offered": offered}


def addresses_of_another_sku(gateway: Subject) -> Failures:
    sku = gateway.value("sku.name") or "Standard"
    for address_id in gateway.value("publicIpAddresses.id") or ():
        address = gateway.resource(address_id)
        found = values_at(address, "sku.name") or "Basic"
        if address is not None and found != sku:
            yield {"sku": sku, "address": address_id, "found": found}


def addresses_in_use(gateway: Subject) -> Failures:
    for address_id in gateway.value("publicIpAddresses.id") or ():
        for user in gateway.request.cloud.referencing(address_id):
            if user.type.lower() == NAT_GATEWAY.lower() and not is_same_id(user.id, gateway.known["id"]):
                yield {"address": address_id, "user": user.id}


def _is_outside(subnet: Mapping[str, Any], space: list[str] | None) -> bool:
    ranges = networks_of_both_families(space or ())
    return not all(is_inside(prefix, ranges) for prefix in prefixes_of_both_families(subnet))


def _users(subject: Subject, subnet_id: str) -> Failures:
    users = users_of(subject.request.cloud, subnet_id, _USERS)
    if users:
        yield {"subnet": name_of(subnet_id), "user": users[0].id}


def _siblings(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the other rules of the group that a separate security rule belongs to."""
    if subject.request.type.lower() != SECURITY_RULE.lower():
        return
    group, own = parent_id(subject.known["id"]), subject.known["name"].lower()
    rules = values_at(subject.resource(group), "securityRules") or ()
    inline = [(str(rule.get("name", "")), rule) for rule in rules]
    separate = [
        (child.name, child.properties)
        for child in subject.request.cloud.children(group)
        if child.type.lower() == SECURITY_RULE.lower()
    ]
    yield from ((name, rule) for name, rule in inline + separate if name.lower() != own)


def _place(rule: Mapping[str, Any]) -> tuple[object, str]:
    return rule.get("priority"), str(rule.get("direction")).lower()


def _is_port_range(text: str) -> bool:
    if text == "*":
        return True
    first, _, last = text.partition("-")
    if not first.isdecimal() or ("-" in text and not last.isdecimal()):
        return False
    return int(first) <= int(last or first) <= _HIGHEST_PORT
