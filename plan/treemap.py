"""Where the parts of an address space are drawn: to scale, each half of a block on half of its area. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from plan.plan import Part

_FLAT: Final = 4.0
"""A block this many times as wide as high is divided into left and right, others into top and bottom."""

_NARROW: Final = 3
"""What is magnified is an eighth of what is drawn, or less, unless it has to be more."""


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Its width times its height."""
        return self.width * self.height

    def halves(self) -> tuple[Box, Box]:
        """Left and right, or top and bottom."""
        if self.width >= _FLAT * self.height:
            half = self.width / 2
            return Box(self.x, self.y, half, self.height), Box(self.x + half, self.y, half, self.height)
        half = self.height / 2
        return Box(self.x, self.y, self.width, half), Box(self.x, self.y + half, self.width, half)

    def overlaps(self, other: Box) -> bool:
        """Whether they have a point in common."""
        beside = self.x + self.width <= other.x or other.x + other.width <= self.x
        return not (beside or self.y + self.height <= other.y or other.y + other.height <= self.y)


def boxes_in(block: IPv4Network, box: Box, parts: Iterable[Part]) -> Iterator[tuple[Part, Box]]:
    """Where the parts of a block are drawn if the block is drawn in ``box``."""
    inside = [part for part in parts if part.network.overlaps(block)]
    if len(inside) == 1 and block.subnet_of(inside[0].network):
        yield inside[0], box
    elif inside:
        for half, place in zip(block.subnets(), box.halves(), strict=True):
            yield from boxes_in(half, place, inside)


def place_of(lens: IPv4Network, block: IPv4Network, box: Box) -> Box:
    """Where the block ``lens`` is drawn if ``block``, which holds it, is drawn in ``box``."""
    while block != lens:
        (block, box) = next(
            (half, place)
            for half, place in zip(block.subnets(), box.halves(), strict=True)
            if lens.subnet_of(half)
        )
    return box


def lenses(
    block: IPv4Network, box: Box, parts: Sequence[Part], lens: Box, can_be_read: Callable[[Part, Box], bool]
) -> Iterator[IPv4Network]:
    """The blocks in ``block`` that have to be drawn again, as large as ``lens``, so that all can be read."""
    small = _unread(block, box, parts, can_be_read)
    narrow = block.prefixlen + _NARROW

    def inside(outer: IPv4Network, small: Sequence[IPv4Network]) -> Iterator[IPv4Network]:
        for half in outer.subnets() if small else ():
            within = [network for network in small if network.subnet_of(half)]
            if {*_unread(half, lens, parts, can_be_read)} & {*within}:
                yield from inside(half, within)
            elif within:
                yield _around(within, half, narrow)

    return inside(block, small)


def _around(networks: Sequence[IPv4Network], block: IPv4Network, narrow: int) -> IPv4Network:
    """What of ``block`` holds all ``networks``: of length ``narrow``, or as near to it as can be."""
    for length in range(narrow, block.prefixlen, -1):
        around = networks[0].supernet(new_prefix=min(length, networks[0].prefixlen))
        if all(network.subnet_of(around) for network in networks):
            return around
    return block


def _unread(
    block: IPv4Network, box: Box, parts: Sequence[Part], can_be_read: Callable[[Part, Box], bool]
) -> list[IPv4Network]:
    return [part.network for part, place in boxes_in(block, box, parts) if not can_be_read(part, place)]
