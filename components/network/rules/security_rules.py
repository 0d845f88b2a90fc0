"""Security rules and service endpoints."""

import re
from ipaddress import ip_network

from azure_facts import address_plan
from components.network.settings import NetworkSettings, SecurityRuleSettings, SubnetSettings
from settings.rules import Refusals, refuse, rule

_PLATFORM_PRIORITIES = (1000, 1999)
_HIGHEST_PORT = 65535
_SERVICE_TAG = r"\*|[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)?"


@rule
def own_security_rules_leave_room_for_the_platforms(rule_: SecurityRuleSettings) -> Refusals:
    """A security rule of a team has a priority below 1000 or from 2000 on."""
    first, last = _PLATFORM_PRIORITIES
    if first <= rule_.priority <= last:
        limit = f"100 to {first - 1}, or {last + 1} to 4096"
        yield refuse(
            "priority",
            limit,
            "those between are reserved for the platform's own rules",
            f"priority: {first - 1}",
        )


@rule
def security_rules_of_a_subnet_have_different_priorities(subnet: SubnetSettings) -> Refusals:
    """No two security rules of a subnet have the same priority and direction."""
    seen: dict[tuple[int, str], str] = {}
    for name, each in subnet.security_rules.items():
        first = seen.setdefault((each.priority, each.direction), name)
        if first != name:
            limit, instead = f"a priority that no other {each.direction} rule has", "priority: <another>"
            yield refuse(("securityRules", name, "priority"), limit, f"{first} has this one", instead)


@rule
def several_prefixes_are_addresses(rule_: SecurityRuleSettings) -> Refusals:
    """A service tag or an asterisk is the only source or destination of its security rule."""
    prefixes = {
        "sourceAddressPrefixes": rule_.source_address_prefixes,
        "destinationAddressPrefixes": rule_.destination_address_prefixes,
    }
    for key, values in prefixes.items():
        for position, value in enumerate(values):
            if not _is_range(value) and (values[1:] or not re.fullmatch(_SERVICE_TAG, value)):
                limit = "an address, a range, or one service tag or * alone"
                yield refuse((key, position), limit, "Azure accepts nothing else there", "10.0.0.0/16")


@rule
def prefixes_are_of_one_family(rule_: SecurityRuleSettings) -> Refusals:
    """A security rule names addresses of IPv4, or of IPv6."""
    values = [*rule_.source_address_prefixes, *rule_.destination_address_prefixes]
    if {4, 6} <= {_version(each) for each in values}:
        limit, reason = "addresses of IPv4, or of IPv6", "Azure accepts no rule with both"
        instead = "sourceAddressPrefixes: <those of one family>, and another rule for the other"
        yield refuse("sourceAddressPrefixes", limit, reason, instead)


@rule
def ports_are_ports(rule_: SecurityRuleSettings) -> Refusals:
    """Ports of a security rule are numbers from 0 to 65535, ranges of them, or an asterisk alone."""
    for position, text in enumerate(rule_.destination_port_ranges):
        first, dash, last = text.partition("-")
        ends = (first, last if dash else first)
        is_range = all(end.isdecimal() for end in ends) and int(ends[0]) <= int(ends[1]) <= _HIGHEST_PORT
        if not is_range and (text != "*" or rule_.destination_port_ranges[1:]):
            limit = f"0 to {_HIGHEST_PORT}, a range such as 8000-8100, or * alone"
            yield refuse(
                ("destinationPortRanges", position), limit, "Azure accepts nothing else there", '"443"'
            )


@rule
def security_rules_are_for_subnets_that_take_them(network: NetworkSettings) -> Refusals:
    """Only a subnet that may have a network security group has security rules."""
    for name, subnet in network.subnets.items():
        slot = address_plan.SLOTS_BY_NAME.get(name)
        if subnet.security_rules and slot and not slot.security_group:
            reason = f"{slot.azure_name} takes no network security group"
            yield refuse(("subnets", name, "securityRules"), "none", reason, "remove securityRules")


@rule
def storage_endpoints_are_of_one_kind(subnet: SubnetSettings) -> Refusals:
    """A subnet has service endpoints to storage in its region, or in all regions."""
    if {"Microsoft.Storage", "Microsoft.Storage.Global"} <= {*subnet.service_endpoints}:
        reason = "Azure takes one of the two, and Microsoft.Storage.Global leads to storage everywhere"
        yield refuse("serviceEndpoints", "one endpoint to storage", reason, "remove Microsoft.Storage")


def _is_range(text: str) -> bool:
    return _version(text) is not None


def _version(text: str) -> int | None:
    """The IP version of an address or a range; None for other text."""
    try:
        return ip_network(text).version
    except ValueError:
        return None
