"""Network security groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.azure.cloud import parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import NETWORK_SECURITY_GROUP, SECURITY_RULE
from sandbox.azure.rules.reading import name_of, security_rules
from sandbox.azure.rules.registry import Request, rule

_RULES = "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules"
_HIGHEST_PORT = 65535


@rule(NETWORK_SECURITY_GROUP, SECURITY_RULE, source=_RULES)
def security_rules_have_different_priorities(request: Request) -> Iterator[Refusal]:
    """No two rules of a network security group have the same priority and direction."""
    taken = {_place(other): name for name, other in _siblings(request)}
    for name, security_rule in security_rules(request):
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
    for _, security_rule in security_rules(request):
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


def _siblings(request: Request) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the other rules of the group that a separate security rule belongs to."""
    if request.type.lower() != SECURITY_RULE.lower():
        return
    group, own = request.cloud.get(parent_id(request.id)), name_of(request.id).lower()
    inline = (group.properties.get("securityRules") or ()) if group is not None else ()
    children = request.cloud.children(parent_id(request.id))
    for name, properties in [
        *((str(inline_rule.get("name", "")), inline_rule) for inline_rule in inline),
        *((child.name, child.properties) for child in children if child.type.lower() == request.type.lower()),
    ]:
        if name.lower() != own:
            yield name, properties


def _place(security_rule: Mapping[str, Any]) -> tuple[object, object]:
    return security_rule.get("priority"), str(security_rule.get("direction")).lower()


def _is_port_range(text: str) -> bool:
    if text == "*":
        return True
    first, _, last = text.partition("-")
    if not first.isdecimal() or ("-" in text and not last.isdecimal()):
        return False
    return int(first) <= int(last or first) <= _HIGHEST_PORT
