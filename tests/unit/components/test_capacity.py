"""How many addresses node pools take, at their largest and while they are upgraded."""

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.nodepool.capacity import AddressRange, Demand
from settings.errors import SettingsError
from tests.unit.components.stacks import GENERAL
from tests.unit.settings.stack import settings

BATCH: dict[str, Any] = {**GENERAL, "minCount": 0, "maxCount": 20, "upgradeSettings": {"maxSurge": "25%"}}


def test_an_overlay_takes_an_address_and_a_24_for_each_node() -> None:
    nodes, pods = settings(nodePools={"batch": BATCH}).address_ranges
    system, batch = nodes.demands
    assert (nodes.subnet, pods.subnet) == ("nodes", None)
    assert (system.pool, system.nodes, system.surge, system.addresses) == ("system", 5, 1, 1)
    assert (batch.pool, batch.nodes, batch.surge, batch.addresses) == ("batch", 20, 5, 1)
    assert (nodes.at_largest, nodes.during_upgrade, nodes.usable) == (25, 31, 2**15 - 5)
    assert (pods.at_largest, pods.during_upgrade, pods.usable) == (25 * 256, 31 * 256, 2**16)
    assert (nodes.more_nodes, pods.more_nodes) == (2**15 - 36, 225)


def test_a_pool_in_a_subnet_of_its_own_takes_addresses_there_and_nowhere_else() -> None:
    network = {"subnets": {"batch": {"addressPrefix": "10.224.192.0/24"}}}
    ranges = settings(network=network, nodePools={"batch": {**BATCH, "subnet": "batch"}}).address_ranges
    assert {each.subnet: each.during_upgrade for each in ranges} == {"nodes": 6, "batch": 25, None: 31 * 256}


@given(
    nodes=st.integers(1, 1000),
    surge=st.integers(0, 100),
    addresses=st.integers(1, 251),
    subnet=st.sampled_from(["nodes", None]),
)
def test_the_least_length_holds_everything_and_no_longer_one_does(
    nodes: int, surge: int, addresses: int, subnet: str | None
) -> None:
    demand = Demand(pool="batch", nodes=nodes, surge=surge, addresses=addresses)

    def of(length: int) -> AddressRange:
        return AddressRange(subnet=subnet, network=IPv4Network((0, length)), demands=(demand,))

    least = of(0).least_length
    assert of(least).usable >= of(least).during_upgrade
    assert least == 32 or of(least).during_upgrade > of(least + 1).usable


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
    assert stack.subnets["nodes"].prefix.num_addresses - 5 >= sum(pool.most_nodes for pool in stack.pools)
    assert nodes.usable >= nodes.during_upgrade
    assert pods.usable >= pods.during_upgrade


@pytest.mark.parametrize("count", [1, 123 - 6 - 1])
def test_the_last_address_is_used(count: int) -> None:
    settings(network={"addressSpace": "10.224.0.0/24"}, nodePools={"batch": _fixed(count)})


def test_no_pool_grows_beyond_the_last_address() -> None:
    with pytest.raises(SettingsError, match="/23 or larger for 124 nodes"):
        settings(network={"addressSpace": "10.224.0.0/24"}, nodePools={"batch": _fixed(123 - 6)})


def _fixed(count: int) -> dict[str, Any]:
    return {"vmSize": "Standard_D8ds_v5", "count": count, "upgradeSettings": {"maxSurge": "1"}}
