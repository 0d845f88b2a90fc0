"""What rows about Bastion hosts and flow logs call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from typing import Any, Final

from sandbox.azure.rules.reading import is_same_id
from sandbox.azure.rules.subjects import Failures, Subject

_TIERS: Final = ("developer", "basic", "standard", "premium")
# https://learn.microsoft.com/azure/bastion/bastion-nsg: direction, port, and the other end.
_NEEDED: Final = (
    ("inbound", 443, "Internet"),
    ("inbound", 443, "GatewayManager"),
    ("outbound", 3389, "VirtualNetwork"),
    ("outbound", 22, "VirtualNetwork"),
    ("outbound", 443, "AzureCloud"),
)


def closed_bastion_subnet(host: Subject) -> Failures:
    for subnet_id in host.value("ipConfigurations.subnet.id") or ():
        subnet = host.resource(subnet_id) or {}
        group_id = (subnet.get("networkSecurityGroup") or {}).get("id")
        rules = (host.resource(group_id) or {}).get("securityRules") or ()
        if group_id and not all(any(_allows(rule, *needed) for rule in rules) for needed in _NEEDED):
            yield {"group": group_id}


def lower_bastion_tier(host: Subject) -> Failures:
    asked, current = (str(host.value(path)).lower() for path in ("sku.name", "$current.sku.name"))
    if _TIERS.index(asked) < _TIERS.index(current):
        yield {}


def second_flow_log(log: Subject) -> Failures:
    for other in log.request.cloud.of_type(log.request.type):
        is_other = not is_same_id(other.id, log.known["id"])
        if is_other and is_same_id(other.inputs["targetResourceId"], log.asked["targetResourceId"]):
            yield {"other": other.id}


def _allows(rule: dict[str, Any], direction: str, port: int, end: str) -> bool:
    side = "source" if direction == "inbound" else "destination"
    ports = rule.get("destinationPortRanges") or [rule.get("destinationPortRange")]
    return (
        str(rule.get("direction")).lower() == direction
        and str(rule.get("access")).lower() == "allow"
        and rule.get(f"{side}AddressPrefix") in ("*", end)
        and any(text in ("*", str(port)) for text in ports)
    )
