"""Which subnets a platform has, and which range each takes. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from azure_facts import address_plan
from azure_facts.address_plan import SLOTS_BY_NAME, Slot
from components.network.settings import NetworkSettings

NODES: Final = "nodes"
API_SERVER: Final = "apiserver"
PRIVATE_ENDPOINTS: Final = "privateendpoints"
PODS: Final = "pods"
FIREWALL: Final = "firewall"
FIREWALL_MANAGEMENT: Final = "firewallmanagement"
GATEWAY: Final = "gateway"
BASTION: Final = "bastion"
DNS_INBOUND: Final = "dnsinbound"
DNS_OUTBOUND: Final = "dnsoutbound"
# Names of slots in the address plan.


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet of the platform."""

    slot: Slot
    prefix: IPv4Network
    ipv6_prefix: IPv6Network | None
    """Its IPv6 range, in a dual-stack network."""
    given: bool
    """Whether the stack file has its range."""
    joined: bool
    """Whether the cluster puts network interfaces in it."""
    id: str | None
    """ARM id of the subnet if it exists and is used as it is."""

    @property
    def prefixes(self) -> list[str]:
        """Its ranges, IPv4 first."""
        return [str(each) for each in (self.prefix, self.ipv6_prefix) if each]

    @property
    def for_nodes(self) -> bool:
        """Whether node pools may be in it."""
        return self.slot.egress and self.slot.delegated_to is None


def subnets_of(network: NetworkSettings, needed: Collection[str]) -> Mapping[str, Subnet]:
    """The subnets of the platform, by name, in the order of the slots, and those of the team's own last.

    Some are always in a network of the platform's own; others are ``needed``, or named in the stack file. One
    that has no range is left out; a rule refuses that.
    """
    space = network.planned_address_space
    planned = address_plan.plan(space) if space else {}
    ipv6_space = network.planned_address_space_ipv6
    ipv6_planned = address_plan.ipv6_plan(ipv6_space) if ipv6_space else {}
    found: dict[str, Subnet] = {}
    for name, slot in slots_of(network).items():
        given = network.subnets.get(name)
        prefix, id_ = (given.address_prefix, given.id) if given else (None, None)
        if id_ is None:
            prefix = prefix or planned.get(name)
        ipv6_prefix = (given.address_prefix_ipv6 if given else None) or (
            None if id_ else ipv6_planned.get(name)
        )
        always = slot.always and network.virtual_network_id is None
        if prefix and (always or name in needed or (given and name in SLOTS_BY_NAME)):
            found[name] = Subnet(
                slot=slot,
                prefix=prefix,
                ipv6_prefix=ipv6_prefix if network.is_dual_stack else None,
                given=bool(given and given.address_prefix),
                joined=slot.joined and name in needed,
                id=id_,
            )
    return found


def slots_of(network: NetworkSettings) -> Mapping[str, Slot]:
    """The slots of the plan, and one as that of the nodes for each further subnet of the stack file."""
    own = [name for name in network.subnets if name not in SLOTS_BY_NAME]
    further = replace(SLOTS_BY_NAME[NODES], purpose="nodes of the pools that name it", always=False)
    return {**SLOTS_BY_NAME, **{name: replace(further, name=name) for name in own}}


def clashes(subnets: Mapping[str, Subnet]) -> Mapping[str, list[Subnet]]:
    """Those whose range the stack file has although it overlaps others, and these."""
    settled = [subnet for subnet in subnets.values() if not subnet.given]
    found: dict[str, list[Subnet]] = {}
    for name, subnet in subnets.items():
        if subnet.given:
            found[name] = [other for other in settled if other.prefix.overlaps(subnet.prefix)]
            settled.append(subnet)
    return {name: others for name, others in found.items() if others}


def outside(subnets: Mapping[str, Subnet], network: NetworkSettings) -> list[str]:
    """The names of those that lie in no range of a virtual network of the platform's own."""
    spaces = network.address_spaces
    if network.virtual_network_id:
        return []
    return [
        name for name, each in subnets.items() if not any(each.prefix.subnet_of(space) for space in spaces)
    ]
