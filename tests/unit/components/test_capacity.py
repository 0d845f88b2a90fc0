"""How many addresses node pools take, at their largest and while they are upgraded."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import count, islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.nodepool.capacity import AddressRange, Demand
from components.nodepool.settings import UserNodePoolSettings
from settings.errors import SettingsError
from tests.unit.components.stacks import GENERAL
from tests.unit.settings.stack import settings

BATCH: dict[str, Any] = {**GENERAL, "minCount": 0, "maxCount": 20, "upgradeSettings": {"maxSurge": "25%"}}
PRIVATE: dict[str, Any] = {"apiServer": {"privateCluster": {"enabled": True}}}
INTEGRATED: dict[str, Any] = {"apiServer": {"vnetIntegration": True}}


def test_an_overlay_takes_an_address_and_a_24_for_each_node() -> None:
    nodes, pods = settings(nodePools={"batch": BATCH}).address_ranges
    assert [(each.name, each.pool.most_nodes, each.addresses) for each in nodes.demands] == [
        ("system", 6, 1),
        ("batch", 25, 1),
    ]
    assert (nodes.subnet, nodes.at_largest, nodes.during_upgrade, nodes.usable) == (
        "nodes",
        25,
        31,
        2**15 - 5,
    )
    assert (pods.subnet, pods.at_largest, pods.during_upgrade, pods.usable) == (None, 6400, 31 * 256, 2**16)


def test_a_pool_in_a_subnet_of_its_own_takes_addresses_there_and_nowhere_else() -> None:
    network = {"subnets": {"batch": {"addressPrefix": "10.224.192.0/24"}}}
    ranges = settings(network=network, nodePools={"batch": {**BATCH, "subnet": "batch"}}).address_ranges
    assert {each.subnet: each.during_upgrade for each in ranges} == {"nodes": 6, "batch": 25, None: 31 * 256}


@pytest.mark.parametrize(
    ("keys", "fixed"),
    [
        ({}, {"nodes": 0}),
        ({"cluster": PRIVATE}, {"nodes": 1}),
        ({"cluster": INTEGRATED}, {"nodes": 0, "apiserver": 9}),
        (
            {"cluster": PRIVATE, "registry": {"sku": "Premium", "privateEndpoint": {"enabled": True}}},
            {"nodes": 1, "privateendpoints": 2},
        ),
    ],
)
def test_what_is_no_node_takes_addresses_too(keys: dict[str, Any], fixed: dict[str, int]) -> None:
    ranges = settings(**keys).address_ranges
    assert {each.subnet: each.fixed for each in ranges if each.subnet} == fixed
    assert all(each.during_upgrade >= each.fixed for each in ranges)


def test_a_spot_pool_has_no_surge() -> None:
    spot = {**GENERAL, "minCount": 0, "maxCount": 20, "scaleSetPriority": "Spot"}
    nodes, _ = settings(nodePools={"batch": spot}).address_ranges
    assert nodes.during_upgrade == 6 + 20


KINDS: dict[str, dict[str, Any]] = {
    "overlay": {"kind": "overlay"},
    "none": {"kind": "none"},
    "nodeSubnet": {"kind": "nodeSubnet"},
    "podSubnet": {"kind": "podSubnet"},
    "podSubnet, blocks": {"kind": "podSubnet", "podIpAllocationMode": "StaticBlock"},
}
TAKES = {  # by kind: of the subnet of the nodes, and of the range of the pods, with 30 pods and with 250
    "overlay": [(1, 256), (1, 256)],
    "none": [(1, None), (1, None)],
    "nodeSubnet": [(31, None), (251, None)],
    "podSubnet": [(1, 32 + 1), (1, 256 + 1)],
    "podSubnet, blocks": [(1, 32), (1, 256)],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("position", "pods"), [(0, 30), (1, 250)])
def test_a_node_takes_what_its_kind_of_cni_gives_it(kind: str, position: int, pods: int) -> None:
    system = {"maxPods": pods, "minCount": 3, "maxCount": 3}
    nodes, *of_pods = settings(network={"cni": KINDS[kind]}, cluster={"systemPool": system}).address_ranges
    taken = [demand.addresses for each in of_pods for demand in each.demands]
    assert (nodes.demands[0].addresses, taken[0] if taken else None) == TAKES[kind][position]


def fitting(network: IPv4Network, *, is_subnet: bool, per_node: int, block: int) -> int:
    """How many nodes get addresses, counted address by address as Azure gives them out."""
    addresses = [*network]
    kept = {*addresses[:4], addresses[-1]} if is_subnet else set()
    blocks = [addresses[at : at + block] for at in range(0, len(addresses), block)]
    whole = iter([each for each in blocks if len(each) == block and not kept & {*each}])
    for node in count():
        if sum(map(len, islice(whole, per_node // block))) < per_node:
            return node
    raise AssertionError


SIZES: st.SearchStrategy[tuple[bool, int, int]] = st.sampled_from(
    [(True, 1, 1), (True, 31, 1), (True, 33, 1), (True, 16, 16), (True, 48, 16), (False, 256, 256)]
)


@given(length=st.integers(20, 29), size=SIZES)
def test_the_arithmetic_says_what_counting_says(length: int, size: tuple[bool, int, int]) -> None:
    is_subnet, per_node, block = size
    network = IPv4Network((0x0A000000, length))
    empty = of(network, size, nodes=0, surge="1")
    most = fitting(network, is_subnet=is_subnet, per_node=per_node, block=block)
    assert empty.usable // per_node == most
    # With a surge of 1 the last node that has room is the surge's.
    assert empty.more_nodes("batch") == max(0, most - 1)


@given(nodes=st.integers(1, 1000), surge=st.sampled_from(["1", "7", "10%", "100%"]), size=SIZES)
def test_the_least_length_holds_everything_and_no_longer_one_does(
    nodes: int, surge: str, size: tuple[bool, int, int]
) -> None:
    least = of(IPv4Network("0.0.0.0/0"), size, nodes=nodes, surge=surge).least_length
    fits, fits_not = (
        of(IPv4Network((0, each)), size, nodes=nodes, surge=surge) for each in (least, least + 1)
    )
    assert fits.usable >= fits.during_upgrade > fits_not.usable


@given(
    nodes=st.integers(1, 300),
    length=st.integers(18, 24),
    surge=st.sampled_from(["1", "33%", "100%"]),
    size=SIZES,
)
def test_as_many_more_nodes_as_are_said_to_fit_do_and_no_more(
    nodes: int, length: int, surge: str, size: tuple[bool, int, int]
) -> None:
    network = IPv4Network((0, length))
    full = of(network, size, nodes=nodes, surge=surge)
    if full.during_upgrade > full.usable:
        assert full.more_nodes("batch") == 0
        return
    more = nodes + full.more_nodes("batch")
    assert of(network, size, nodes=more, surge=surge).during_upgrade <= full.usable
    assert of(network, size, nodes=more + 1, surge=surge).during_upgrade > full.usable


def of(network: IPv4Network, size: tuple[bool, int, int], *, nodes: int, surge: str) -> AddressRange:
    is_subnet, per_node, block = size
    pool = UserNodePoolSettings.model_validate(
        {"vmSize": "Standard_D8ds_v5", "count": 1, "upgradeSettings": {"maxSurge": surge}}
    ).model_copy(update={"count": nodes})
    demand = Demand(name="batch", pool=pool, addresses=per_node)
    subnet = "nodes" if is_subnet else None
    return AddressRange(subnet=subnet, network=network, demands=(demand,), block=block)


PLACES = [(kind, "nodes") for kind in KINDS] + [
    ("overlay", "podCidr"),
    ("podSubnet", "pods"),
    ("podSubnet, blocks", "pods"),
]


@pytest.mark.parametrize(("kind", "place"), PLACES)
@pytest.mark.parametrize("nodes", [40, 300])
def test_a_range_that_is_too_small_is_refused_with_the_smallest_prefix_that_works(
    kind: str, place: str, nodes: int
) -> None:
    answers = dict(_answers(kind, place, nodes))
    accepted = max(length for length, refusal in answers.items() if refusal is None)
    refused = {length: refusal for length, refusal in answers.items() if refusal is not None}
    assert min(refused) == accepted + 1
    assert {*refused.values()} == {accepted}


def _answers(kind: str, place: str, nodes: int) -> Iterator[tuple[int, int | None]]:
    """By the length of a range: the length that the refusal asks for, None where it is accepted."""
    pools = {"batch": {"vmSize": "Standard_D8ds_v5", "count": nodes, "upgradeSettings": {"maxSurge": "1"}}}
    for length in range(12, 28):
        network: dict[str, Any] = {"addressSpace": "10.0.0.0/8", "serviceCidr": "172.16.0.0/16"}
        network |= {"cni": {**KINDS[kind]}, "subnets": {}}
        if kind in {"overlay", "none"}:
            network["cni"]["podCidr"] = "100.64.0.0/10"
        if place == "podCidr":
            network["cni"]["podCidr"] = f"100.64.0.0/{length}"
        else:
            network["subnets"][place] = {
                "addressPrefix": f"10.0.0.0/{length}" if place == "nodes" else f"10.192.0.0/{length}"
            }
        try:
            settings(network=network, nodePools=pools)
        except SettingsError as refusal:
            (problem,) = refusal.problems
            found = re.match(r"/(\d+) or larger for \d+ nodes", problem.limit)
            assert found, problem
            assert problem.path[-1] == ("podCidr" if place == "podCidr" else "addressPrefix")
            yield length, int(found[1])
        else:
            yield length, None


@given(
    counts=st.lists(st.integers(1, 300), min_size=1, max_size=4),
    length=st.integers(20, 24),
    surge=st.sampled_from(["1", "10%", "100%"]),
)
def test_whatever_is_accepted_never_takes_more_addresses_than_there_are(
    counts: list[int], length: int, surge: str
) -> None:
    pools = {
        f"p{number}": {**GENERAL, "minCount": 0, "maxCount": count, "upgradeSettings": {"maxSurge": surge}}
        for number, count in enumerate(counts)
    }
    try:
        stack = settings(network={"addressSpace": f"10.224.0.0/{length}"}, nodePools=pools)
    except SettingsError:
        return
    nodes, pods = stack.address_ranges
    assert stack.subnets["nodes"].prefix.num_addresses - 5 >= stack.most_nodes
    assert nodes.usable >= nodes.during_upgrade
    assert pods.usable >= pods.during_upgrade


@pytest.mark.parametrize("count", [1, 123 - 6 - 1])
def test_the_last_address_is_used(count: int) -> None:
    settings(network={"addressSpace": "10.224.0.0/24"}, nodePools={"batch": _fixed(count)})


@pytest.mark.parametrize(("count", "cluster"), [(123 - 6, {}), (123 - 6 - 1, PRIVATE)])
def test_no_pool_grows_beyond_the_last_address(count: int, cluster: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=f"/23 or larger for {count + 7} nodes"):
        settings(
            network={"addressSpace": "10.224.0.0/24"}, cluster=cluster, nodePools={"batch": _fixed(count)}
        )


def _fixed(count: int) -> dict[str, Any]:
    return {"vmSize": "Standard_D8ds_v5", "count": count, "upgradeSettings": {"maxSurge": "1"}}
