"""What rows about the subnets of node pools call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import Any

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
    def addresses(node_pool: Mapping[str, Any]) -> int:
        """One for a node, and one for each of its pods where they are in the same subnet."""
        network = pool.value("$cluster.networkProfile") or {}
        alone = network.get("networkPluginMode") or network.get("networkPlugin") != "azure"
        return 1 if alone or node_pool.get("podSubnetID") else 1 + _pods_of_a_node(node_pool)

    yield from _more_than_the_subnet_has(pool, "vnetSubnetID", addresses)


def more_pods_than_addresses(pool: Subject) -> Failures:
    batch = facts("networks")["podAddressesOfABatch"]

    def addresses(node_pool: Mapping[str, Any]) -> int:
        """The first batch of a node, or whole blocks for its pods and one address more."""
        if (node_pool.get("podIPAllocationMode") or _DYNAMIC) == _DYNAMIC:
            return batch
        return batch * -(-(1 + _pods_of_a_node(node_pool)) // batch)

    yield from _more_than_the_subnet_has(pool, "podSubnetID", addresses)


def more_nodes_than_pod_ranges(pool: Subject) -> Failures:
    asked = pool.value("$cluster.networkProfile.podCidr")
    pod_range = network_of(asked or facts("networks")["defaults"]["podCidr"])
    nodes = sum(map(most_nodes, every_pool(pool.request).values()))
    if pod_range is not None:
        wanted = nodes * 2 ** (pod_range.max_prefixlen - facts("networks")["podRangeOfANode"])
        if wanted > pod_range.num_addresses:
            yield _failure(wanted, pod_range.num_addresses, pod_range, "networkProfile.podCIDR")


def _more_than_the_subnet_has(
    pool: Subject, key: str, addresses: Callable[[Mapping[str, Any]], int]
) -> Failures:
    """Fail where all pools, at their largest, need more addresses than the subnet at *key* has."""
    subnet_id, pools = pool.asked[key], every_pool(pool.request).values()
    prefixes = prefixes_of(pool.resource(subnet_id) or {})
    room = sum(prefix.num_addresses - facts("networks")["addressesKeptInASubnet"] for prefix in prefixes)
    wanted = sum(most_nodes(one) * addresses(one) for one in pools if is_same_id(one.get(key), subnet_id))
    if prefixes and wanted > room:
        yield _failure(wanted, room, prefixes[0], name_of(subnet_id))


def _failure(wanted: int, room: int, prefix: IPv4Network, subnet: str) -> dict[str, Any]:
    return {"wanted": wanted, "room": room, "prefix": prefix, "subnet": subnet}


def _pods_of_a_node(pool: Mapping[str, Any]) -> int:
    return int(pool.get("maxPods") or facts("networks")["podsOfANode"])
