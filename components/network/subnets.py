"""Which subnets a platform has, and which range each takes. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from azure_facts import address_plan
from azure_facts.address_plan import Slot
from components.network.settings import NetworkSettings

NODES: Final = "nodes"
API_SERVER: Final = "apiserver"
PRIVATE_ENDPOINTS: Final = "privateendpoints"
PODS: Final = "pods"
FIREWALL: Final = "firewall"
BASTION: Final = "bastion"
DNS_INBOUND: Final = "dnsinbound"
DNS_OUTBOUND: Final = "dnsoutbound"
# Names of slots in the address plan.


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet of the platform."""

    slot: Slot
    prefix: IPv4Network
    given: bool
    """Whether the stack file has its range."""
    joined: bool
    """Whether the cluster puts network interfaces in it."""


def subnets_of(network: NetworkSettings, needed: Collection[str]) -> Mapping[str, Subnet]:
    """The subnets that are always there, those that are ``needed``, and those that the stack file names.

    In the order of the slots. A subnet for which there is no room is left out; a rule refuses that.
    """
    planned = address_plan.plan(network.address_space)
    found: dict[str, Subnet] = {}
    for slot in address_plan.SLOTS:
        given = network.subnets.get(slot.name)
        prefix = (given and given.address_prefix) or planned.get(slot.name)
        if prefix and (slot.always or given or slot.name in needed):
            joined = slot.joined and slot.name in needed
            own = bool(given and given.address_prefix)
            found[slot.name] = Subnet(slot=slot, prefix=prefix, given=own, joined=joined)
    return found
