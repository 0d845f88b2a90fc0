"""What rows about the subnets of node pools call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.cloud import key_of, normalized_location, parent_id
from sandbox.azure.facts import facts
from sandbox.azure.rules.pools import every_pool, most_nodes
from sandbox.azure.rules.reading import is_same_id, name_of, network_of, prefixes_of
from sandbox.azure.rules.subjects import Failures, Subject

_DYNAMIC = "DynamicIndividual"


def several_virtual_networks(pool: Subject) -> Failures:
    subnets = [one.get("vnetSubnetID") for one in every_pool(pool.request).values()]
    if len({key_of(parent_id(subnet)) for subnet in subnets if subnet}) > 1:
        yield {}


def pool_without_a_subnet(pool: Subject) -> Failures:
    if pool.known["cluster"] is not pool.request.properties and not pool.asked.get("vnetSubnetID"):
        return
    everything = every_pool(pool.request)
    without = [name for name, one in everything.items() if not one.get("vnetSubnetID")]
    if 0 < len(without) < len(everything):
        yield {"without": without[0]}


def subnet_elsewhere(pool: Subject) -> Failures:
    subnet, location = pool.asked.get("vnetSubnetID"), pool.known["location"]
    home = pool.request.cloud.get(parent_id(subnet)) if subnet else None
    if home and location and normalized_location(home.location) != location:
        yield {}


def another_allocation_mode(pool: Subject) -> Failures:
    subnet, mode = pool.asked["podSubnetID"], pool.asked.get("podIPAllocationMode") or _DYNAMIC
    for name, other in every_pool(pool.request).items():
        found = other.get("podIPAllocationMode") or _DYNAMIC
        if name != pool.known["name"] and is_same_id(other.get("podSubnetID"), subnet) and found != mode:
            yield {"other": found, "user": name}


def more_nodes_than_addresses(pool: Subject) -> Failures:
    subnet_id, others = pool.asked["vnetSubnetID"], every_pool(pool.request).values()
    prefixes = prefixes_of(pool.resource(subnet_id) or {})
    room = sum(prefix.num_addresses - facts("networks")["addressesKeptInASubnet"] for prefix in prefixes)
    nodes = sum(most_nodes(one) for one in others if is_same_id(one.get("vnetSubnetID"), subnet_id))
    if prefixes and nodes > room:
        yield {"nodes": nodes, "room": room, "prefix": prefixes[0], "subnet": name_of(subnet_id)}


def more_nodes_than_pod_ranges(pool: Subject) -> Failures:
    asked = pool.value("$cluster.networkProfile.podCidr")
    pod_range = network_of(asked or facts("networks")["defaults"]["podCidr"])
    nodes = sum(map(most_nodes, every_pool(pool.request).values()))
    if pod_range is not None:
        room = int(2 ** (facts("networks")["podRangeOfANode"] - pod_range.prefixlen))
        if nodes > room:
            yield {"range": pod_range, "room": room, "nodes": nodes}
