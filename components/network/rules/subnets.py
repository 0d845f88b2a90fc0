"""Subnets, and the node pools that have room in them."""

import re
from collections.abc import Mapping
from dataclasses import replace

from azure_facts import address_plan
from components.network.rules.remedies import (
    prefixes_instead,
    ranges_instead,
    shortages,
    without_range,
)
from components.network.settings import NetworkSettings, SubnetSettings
from components.network.subnets import NODES, clashes, outside, slots_of
from components.nodepool.settings import NodePoolBase
from components.settings import Settings
from settings.rules import Refusals, refuse, rule, unused
from settings.spelling import nearest


@rule
def subnets_have_names_of_the_plan(network: NetworkSettings, stack: Settings) -> Refusals:
    """A subnet has one of the names in the address plan, or that of a subnet which a node pool names."""
    known = [slot.name for slot in address_plan.SLOTS]
    used = {*known, *(pool.subnet for pool in stack.pools)}
    for name in (name for name in network.subnets if name not in used):
        close = nearest(name, known)
        limit = f"one of {', '.join(known)}, or the subnet of a node pool"
        instead = f"{close}: <the same>" if close else f"remove {name}"
        yield refuse(("subnets", name), limit, "nothing uses it", instead)


@rule
def names_of_subnets_fit_into_names(network: NetworkSettings) -> Refusals:
    """The name of a subnet has 1 to 20 lower-case letters, digits and hyphens."""
    for name in network.subnets:
        if not re.fullmatch(r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?", name):
            limit = "1 to 20 lower-case letters, digits and hyphens, a letter first, no hyphen last"
            yield refuse(("subnets", name), limit, "names of resources contain it", "a name such as batch")


@rule
def pools_are_in_subnets_for_nodes(pool: NodePoolBase, stack: Settings) -> Refusals:
    """The subnet of a node pool is nodes, or one that network.subnets adds."""
    own = [name for name in stack.network.subnets if name not in address_plan.SLOTS_BY_NAME]
    if pool.subnet not in {NODES, *own}:
        limit = f"one of {', '.join([NODES, *own])}"
        taken = pool.subnet in address_plan.SLOTS_BY_NAME
        reason = "that subnet is for something else" if taken else "network.subnets has no such subnet"
        close = NODES if taken else nearest(pool.subnet, [NODES, *own]) or NODES
        yield refuse("subnet", limit, reason, f"subnet: {close}")


@rule
def subnets_are_large_enough(stack: Settings) -> Refusals:
    """A subnet has the size that the service in it asks for."""
    too_small: dict[str, str] = {}
    for name, slot in slots_of(stack.network).items():
        given = stack.network.subnets.get(name)
        if given and given.address_prefix and given.address_prefix.prefixlen > slot.smallest:
            too_small[name] = f"/{slot.smallest} or larger"
    yield from _refuse_prefixes(too_small, "Azure accepts no smaller subnet there", stack)


@rule
def subnets_lie_in_the_virtual_network(stack: Settings) -> Refusals:
    """The ranges of subnets lie in addressSpace or additionalAddressSpaces."""
    limit = f"a range inside {' or '.join(map(str, stack.network.address_spaces))}"
    limits = dict.fromkeys(outside(stack.subnets, stack.network), limit)
    yield from _refuse_prefixes(limits, "a subnet is a part of its virtual network", stack)


@rule
def subnets_do_not_overlap(stack: Settings) -> Refusals:
    """The ranges of subnets do not overlap."""
    limits: dict[str, str] = {}
    for name, others in clashes(stack.subnets).items():
        met = ", ".join(f"{each.slot.name} {each.prefix}" for each in others)
        limits[name] = f"a range that does not overlap {met}"
    yield from _refuse_prefixes(limits, "an address belongs to one subnet", stack)


def _refuse_prefixes(limits: Mapping[str, str], reason: str, stack: Settings) -> Refusals:
    """Refuse the ranges that the stack file gives subnets, by name, and offer free ones."""
    free = prefixes_instead(stack) if limits else {}
    for name, limit in limits.items():
        given = stack.network.subnets.get(name)
        instead = f"addressPrefix: {free.get(name) or '<another range>'}"
        if given and given.id:
            instead = "id: <another subnet>"
        yield refuse(("network", "subnets", name, "addressPrefix"), limit, reason, instead)


@rule
def existing_subnets_stay_as_they_are(subnet: SubnetSettings) -> Refusals:
    """Security rules, routes and service endpoints are set only on subnets that the platform makes."""
    if subnet.id:
        keys = ["securityRules", "routes", "disableBgpRoutePropagation", "serviceEndpoints"]
        yield from unused(subnet, keys, "id", "a range instead of an id")


@rule
def every_subnet_has_room(network: NetworkSettings, stack: Settings) -> Refusals:
    """Every subnet that something needs, or that the stack file names, has a range."""
    space = network.planned_address_space
    for name in without_range(stack):
        given = network.subnets.get(name)
        if given and given.id:
            reason = "the plan is checked before Azure is asked"
            instead = f"what `az network vnet subnet show --ids {given.id} --query addressPrefix` prints"
        elif space is None or name not in address_plan.SLOTS_BY_NAME:
            reason = "the address plan has no place for it"
            instead = "a free range of the virtual network"
        else:
            wider = ranges_instead(stack).get(("addressSpace",))
            limit = f"/{address_plan.planned_length(name)} or larger for the subnet {name}"
            reason = "the plan of a smaller address space has no place for it"
            instead = f"addressSpace: {wider or '<a larger range>'}"
            instead += f", or subnets: {{{name}: {{addressPrefix: <a free range>}}}}"
            yield refuse("addressSpace", limit, reason, instead)
            continue
        yield refuse(("subnets", name, "addressPrefix"), "required", reason, f"addressPrefix: <{instead}>")


@rule
def existing_subnets_are_in_the_existing_network(network: NetworkSettings) -> Refusals:
    """The ids of subnets for the cluster lie in the network of virtualNetworkId."""
    home = network.virtual_network_id
    for name, slot in slots_of(network).items():
        given = network.subnets.get(name)
        if given and given.id and slot.joined:
            parent = given.id.rpartition("/subnets/")[0]
            at, reason = ("subnets", name, "id"), "all nodes and pods of a cluster are in one virtual network"
            if home is None:
                yield refuse(at, "not without virtualNetworkId", reason, f"virtualNetworkId: {parent}")
            elif parent.lower() != home.lower():
                yield refuse(at, f"a subnet of {home}", reason, f"id: {home}/subnets/<name>")


@rule
def an_existing_virtual_network_is_not_changed(network: NetworkSettings) -> Refusals:
    """Ranges, DNS servers and peerings are set only on a virtual network of the platform's own."""
    if network.virtual_network_id:
        keys = ["additionalAddressSpaces", "dnsServers", "peerings", "ddosProtectionPlanId"]
        yield from unused(network, keys, "virtualNetworkId", "remove virtualNetworkId")


@rule
def every_pool_can_reach_its_maximum(stack: Settings) -> Refusals:
    """Subnets and the range of the pods hold all pools at their largest, also during an upgrade."""
    for shortage in shortages(stack):
        each, at = shortage.addresses, shortage.at
        nodes = each.nodes_during_upgrade
        place = f"the subnet {each.subnet}, {each.network}," if each.subnet else "it"
        units = "addresses" if each.block == 1 else f"blocks of {each.block} addresses"
        room, taken = each.usable // each.block, each.during_upgrade // each.block
        takers = f"{nodes:,} nodes and a private endpoint" if each.fixed else f"{nodes:,} nodes"
        limit = f"/{shortage.length} or larger for {nodes:,} nodes"
        reason = f"{place} has {room:,} {units}, and with surge {takers} take {taken:,}"
        if each.subnet and stack.subnets[each.subnet].given:
            (problem,) = _refuse_prefixes({each.subnet: limit}, reason, stack)
        else:
            instead = ranges_instead(stack).get(at) or "<a larger range>"
            problem = refuse(("network", *at), limit, reason, f"{at[-1]}: {instead}")
        yield replace(problem, write=f"{problem.write}, or lower maxCount")
