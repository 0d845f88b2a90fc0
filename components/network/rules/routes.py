"""Routes of subnets."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Final

from azure_facts import address_plan
from components.network.egress_settings import UserDefinedRoutingEgressSettings
from components.network.settings import NetworkSettings, RouteSettings, SubnetSettings
from components.network.subnets import BASTION, FIREWALL, FIREWALL_MANAGEMENT, GATEWAY, slots_of
from settings.rules import Refusals, refuse, rule, unused

_EVERYWHERE: Final = IPv4Network("0.0.0.0/0")
_NONE: Final[Mapping[str, str]] = {
    BASTION: "Azure Bastion supports no route table",
    FIREWALL_MANAGEMENT: "Azure Firewall manages itself over this subnet, and has its routes from Azure",
}
"""The subnets that take no route table, and why.
https://learn.microsoft.com/azure/bastion/bastion-faq#udr
https://learn.microsoft.com/azure/firewall/forced-tunneling"""


@rule
def names_of_routes_are_names(subnet: SubnetSettings) -> Refusals:
    """The name of a route has 1 to 80 letters, digits, dots, hyphens and underscores, and is not default."""
    for name in subnet.routes:
        if not re.fullmatch(r"(?!default$)(?=.{1,80}$)[A-Za-z0-9]([\w.-]*\w)?", name, re.ASCII):
            limit = "1 to 80 letters, digits, dots, hyphens and underscores, and not default"
            reason = "Azure takes no other names, and the platform's own route is called default"
            yield refuse(("routes", name), limit, reason, "out: <the same>")


@rule
def a_route_to_an_appliance_has_its_address(route: RouteSettings) -> Refusals:
    """A route to an appliance has an address as next hop, and no other route has one."""
    if route.next_hop_type != "VirtualAppliance":
        because = f"nextHopType {route.next_hop_type}"
        yield from unused(route, ["nextHopIpAddress"], because, "nextHopType: VirtualAppliance")
    elif route.next_hop_ip_address is None:
        reason, instead = "traffic is sent to it", "nextHopIpAddress: <private address of the appliance>"
        yield refuse("nextHopIpAddress", "required with VirtualAppliance", reason, instead)


@rule
def a_range_has_one_route(subnet: SubnetSettings) -> Refusals:
    """No two routes of a subnet are for the same range."""
    seen: dict[IPv4Network, str] = {}
    for name, route in subnet.routes.items():
        first = seen.setdefault(route.address_prefix, name)
        if first != name:
            at = ("routes", name, "addressPrefix")
            yield refuse(at, "a range that has no route yet", f"{first} is for it", f"remove {name}")


@rule
def the_way_out_is_a_matter_of_egress(network: NetworkSettings) -> Refusals:
    """In the subnets of nodes and pods, the kind of egress alone decides where 0.0.0.0/0 leads."""
    given = network.egress
    if isinstance(given, UserDefinedRoutingEgressSettings) and given.route_table_id:
        for name, subnet in _with_egress(network).items():
            for key in [key for key, value in _routing(subnet).items() if value]:
                reason = "the route table of routeTableId is not the platform's"
                limit = "none with egress.routeTableId"
                yield refuse(("subnets", name, key), limit, reason, f"remove {key}")
        return
    allowed = {"userDefinedRouting": None, "none": "None"}.get(given.outbound_type, "Internet")
    for name, subnet in _with_egress(network).items():
        for key, route in subnet.routes.items():
            if route.address_prefix == _EVERYWHERE and route.next_hop_type != allowed:
                at = ("subnets", name, "routes", key, "addressPrefix")
                reason = f"traffic to the internet leaves as egress.kind {given.kind} says"
                yield refuse(at, "another range than 0.0.0.0/0", reason, f"remove {key}")


def _with_egress(network: NetworkSettings) -> Mapping[str, SubnetSettings]:
    slots = slots_of(network)
    return {name: each for name, each in network.subnets.items() if name in slots and slots[name].egress}


def _routing(subnet: SubnetSettings) -> Mapping[str, bool]:
    return {
        "routes": bool(subnet.routes),
        "disableBgpRoutePropagation": subnet.disable_bgp_route_propagation is not None,
    }


@rule
def services_keep_the_routes_they_work_with(network: NetworkSettings) -> Refusals:
    """Subnets of gateways, firewalls and Bastion have only the routes with which these services work."""
    for name, reason in _NONE.items():
        for key, is_set in _routing(network.subnets.get(name, SubnetSettings())).items():
            if is_set:
                yield refuse(("subnets", name, key), "none", reason, f"remove {key}")
    reasons = {
        GATEWAY: "a gateway must reach Azure itself",
        FIREWALL: "the firewall must reach the internet itself",
    }
    for name, reason in reasons.items():
        subnet = network.subnets.get(name, SubnetSettings())
        slot = address_plan.SLOTS_BY_NAME[name]
        for key, route in subnet.routes.items():
            is_out = name == FIREWALL and route.next_hop_type == "Internet"
            if route.address_prefix == _EVERYWHERE and not is_out:
                at = ("subnets", name, "routes", key, "addressPrefix")
                limit = f"another range than 0.0.0.0/0 in {slot.azure_name}"
                yield refuse(at, limit, reason, f"remove {key}")
    if network.subnets.get(GATEWAY, SubnetSettings()).disable_bgp_route_propagation:
        at = ("subnets", GATEWAY, "disableBgpRoutePropagation")
        reason = "a gateway without the routes that it learns does not work"
        yield refuse(at, "false in GatewaySubnet", reason, "remove disableBgpRoutePropagation")
