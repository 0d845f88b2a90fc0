"""The plan of a stack's addresses as tables for a terminal."""

from __future__ import annotations

from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table

from components.nodepool.capacity import AddressRange
from plan.plan import Part, Plan, Space, Use, address_count

_STYLES = {Use.KEPT: "dim", Use.FREE: "green", Use.UNKNOWN: "dim"}
_FIGURES = ("addresses", "at most", "in an upgrade", "full")


def tables(plan: Plan) -> Group:
    """A table of the address spaces, one of what is beside them, and one of the node pools."""
    return Group(*(_space(space) for space in plan.spaces), _beside(plan), _pools(plan))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in {*_FIGURES, *_COUNTS} else "left")
    return table


def _space(space: Space) -> Table:
    free = space.count(Use.FREE)
    title = f"{space.network}, {space.title}: {space.network.num_addresses:,} addresses"
    title += f", {free:,} of them free" if space.count(Use.UNKNOWN) == 0 else ""
    title += f", and {space.ipv6}" if space.ipv6 else ""
    table = _table(title, "subnet", "range", "for", *_FIGURES)
    for use, parts in groupby(space.parts, key=lambda part: part.use):
        if use in {Use.FREE, Use.UNKNOWN}:
            table.add_row(*_gap([*parts]), style=_STYLES[use])
        else:
            for part in parts:
                name = f"{part.name}, {use.value}" if use is not Use.SUBNET else part.name
                figures = _figures(part.addresses)
                ranges = "\n".join(str(each) for each in (part.network, part.ipv6) if each)
                table.add_row(name, ranges, part.purpose, *figures, style=_STYLES.get(use))
    return table


def _gap(parts: list[Part]) -> list[str]:
    """What lies between two subnets: its ends, and the largest range in it."""
    networks = [part.network for part in parts]
    largest = min(networks, key=lambda each: each.prefixlen)
    ends = f"{networks[0].network_address} - {networks[-1].broadcast_address}"
    size = sum(each.num_addresses for each in networks)
    return [parts[0].use.value, ends, f"largest: {largest}", f"{size:,}"]


def _figures(addresses: AddressRange | None) -> list[str]:
    if addresses is None:
        return []
    counts = addresses.usable, addresses.at_largest, addresses.during_upgrade
    share = addresses.during_upgrade / addresses.usable
    return [*(f"{count:,}" for count in counts), f"{share:.0%}" if share >= 0.01 else "< 1%"]


def _beside(plan: Plan) -> Table:
    table = _table("Beside the virtual network", "range", "of", *_FIGURES)
    filled = {str(each.network): each for each in plan.ranges if each.subnet is None}
    for each in plan.beside:
        figures = _figures(filled.get(str(each.network))) or [address_count(each.network)]
        table.add_row(str(each.network), each.owner, *figures)
    return table


_COUNTS = ("nodes at most", "surge", "more nodes fit")


def _pools(plan: Plan) -> Table:
    table = _table("Node pools", "pool", "subnet", *_COUNTS, "full first")
    for pool in plan.pools:
        table.add_row(
            pool.name, pool.subnet, f"{pool.nodes:,}", f"{pool.surge:,}", f"{pool.more:,}", pool.limited_by
        )
    return table
