"""Network security groups and their rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.azure.cloud import parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import NETWORK_SECURITY_GROUP, SECURITY_RULE, SUBNET
from sandbox.azure.rules.reading import name_of, users_of
from sandbox.azure.rules.registry import Request, rule

_RULES = "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules"
_LOWEST_PRIORITY, _HIGHEST_PRIORITY, _HIGHEST_PORT = 100, 4096, 65535


@rule(NETWORK_SECURITY_GROUP, SECURITY_RULE, source=_RULES)
def security_rule_priority_is_in_range(request: Request) -> Iterator[Refusal]:
    """A security rule's priority lies between 100 and 4096."""
    for _, security_rule in _asked_for(request):
        priority = security_rule.get("priority")
        if priority is not None and not _LOWEST_PRIORITY <= priority <= _HIGHEST_PRIORITY:
            yield Refusal(
                400,
                "SecurityRuleInvalidPriority",
                f"Security rule has invalid Priority. Value provided: {priority:g} Allowed range "
                f"{_LOWEST_PRIORITY}-{_HIGHEST_PRIORITY}.",
            )


@rule(NETWORK_SECURITY_GROUP, SECURITY_RULE, source=_RULES)
def security_rules_have_different_priorities(request: Request) -> Iterator[Refusal]:
    """No two rules of a network security group have the same priority and direction."""
    taken: dict[tuple[object, object], str] = {}
    if request.type.lower() == SECURITY_RULE.lower():
        taken = {_place(other): name for name, other in _siblings(request)}
    for name, security_rule in _asked_for(request):
        place = _place(security_rule)
        if place in taken:
            yield Refusal(
                400,
                "SecurityRuleConflict",
                f"Security rule {name} conflicts with rule {taken[place]}. Rules cannot have the same "
                "Priority and Direction.",
            )
        taken.setdefault(place, name)


@rule(NETWORK_SECURITY_GROUP, SECURITY_RULE, source=_RULES)
def security_rule_ports_are_ports(request: Request) -> Iterator[Refusal]:
    """A security rule's ports are numbers or ranges between 0 and 65535, or an asterisk."""
    for _, security_rule in _asked_for(request):
        for side in ("source", "destination"):
            single = security_rule.get(f"{side}PortRange")
            for text in [single] if single else security_rule.get(f"{side}PortRanges") or ():
                if not _is_port_range(text):
                    yield Refusal(
                        400,
                        "SecurityRuleInvalidPortRange",
                        f"Security rule has invalid Port range. Value provided: {text}. Value should be an "
                        f"integer OR integer range with '-' delimiter. Valid range 0-{_HIGHEST_PORT}.",
                    )


@rule(
    NETWORK_SECURITY_GROUP,
    on=("delete",),
    source="https://learn.microsoft.com/azure/virtual-network/manage-network-security-group#delete-a-network-security-group",
)
def network_security_group_in_use_is_not_deleted(request: Request) -> Iterator[Refusal]:
    """A network security group that a subnet uses cannot be deleted."""
    users = users_of(request, (SUBNET, "Microsoft.Network/virtualNetworks"))
    if users:
        yield Refusal(
            400,
            "InUseNetworkSecurityGroupCannotBeDeleted",
            f"Network security group {request.id} cannot be deleted because it is in use by the following "
            f"resources: {', '.join(user.id for user in users)}. In order to delete the Network security "
            "group, remove the association with the resource(s). To learn how to do this, see "
            "aka.ms/deletensg.",
        )


def _asked_for(request: Request) -> list[tuple[str, Mapping[str, Any]]]:
    if request.type.lower() == SECURITY_RULE.lower():
        return [(name_of(request.id), request.properties)]
    return [(rule_.get("name", ""), rule_) for rule_ in request.properties.get("securityRules") or ()]


def _siblings(request: Request) -> Iterator[tuple[str, Mapping[str, Any]]]:
    group = request.cloud.get(parent_id(request.id))
    own = name_of(request.id).lower()
    inline = (group.properties.get("securityRules") or ()) if group is not None else ()
    for security_rule in inline:
        if str(security_rule.get("name", "")).lower() != own:
            yield security_rule.get("name", ""), security_rule
    for child in request.cloud.children(parent_id(request.id)):
        if child.type.lower() == SECURITY_RULE.lower() and child.name.lower() != own:
            yield child.name, child.properties


def _place(security_rule: Mapping[str, Any]) -> tuple[object, object]:
    return security_rule.get("priority"), str(security_rule.get("direction")).lower()


def _is_port_range(text: str) -> bool:
    if text == "*":
        return True
    first, _, last = text.partition("-")
    if not first.isdecimal() or ("-" in text and not last.isdecimal()):
        return False
    return int(first) <= int(last or first) <= _HIGHEST_PORT
