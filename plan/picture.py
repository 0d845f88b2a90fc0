"""The plan of a stack's addresses as a picture: an SVG file that follows the reader's light or dark mode.

An address space is drawn to scale: each half of a block has half of its area. Where a subnet would be too
small to be read, the part around it is drawn again, magnified.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Final
from xml.sax.saxutils import escape

from components.network.subnets import PODS
from components.nodepool.capacity import AddressRange
from plan.plan import Part, Plan, Space, Use, address_count
from plan.treemap import Box, boxes_in, lenses, place_of

_LIGHT: Final = {
    "ground": "#ffffff",
    "edge": "#d1d9e0",
    "ink": "#1f2328",
    "quiet": "#59636e",
    "track": "#e6eaef",
    "hatch": "#d1d9e0",
    "nodes": "#0969da",
    "nodes-tint": "#ddf0ff",
    "pods": "#6639ba",
    "pods-tint": "#eee6ff",
    "other": "#1a7f37",
    "other-tint": "#dcf6e4",
}
_DARK: Final = {
    "ground": "#0d1117",
    "edge": "#3d444d",
    "ink": "#f0f6fc",
    "quiet": "#9198a1",
    "track": "#2a313c",
    "hatch": "#3d444d",
    "nodes": "#4493f8",
    "nodes-tint": "#11243d",
    "pods": "#ab7df8",
    "pods-tint": "#221a3d",
    "other": "#3fb950",
    "other-tint": "#122b1a",
}
_STYLE: Final = """\
  <style>
    svg {{ {light} }}
    @media (prefers-color-scheme: dark) {{
      svg {{ {dark} }}
    }}
    text {{ fill: var(--ink); font-family: -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans",
           Helvetica, Arial, sans-serif; }}
    .m {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }}
    .b {{ font-weight: 600; }}
    .c {{ text-anchor: middle; }}
    .q {{ fill: var(--quiet); }}
    .ground {{ fill: var(--ground); stroke: var(--edge); }}
    .track {{ fill: var(--track); }}
    .nodes, .pods, .other {{ stroke-width: 1.25; }}
    .nodes {{ fill: var(--nodes-tint); stroke: var(--nodes); }}
    .pods {{ fill: var(--pods-tint); stroke: var(--pods); }}
    .other {{ fill: var(--other-tint); stroke: var(--other); }}
    .nodes-f {{ fill: var(--nodes); }} .pods-f {{ fill: var(--pods); }} .other-f {{ fill: var(--other); }}
    .more {{ fill-opacity: .45; }} .level {{ fill-opacity: .28; }} .level.more {{ fill-opacity: .14; }}
    .existing {{ stroke-width: 3; }}
    .kept {{ fill: var(--ground); stroke: var(--quiet); stroke-dasharray: 4 3; }}
    .free {{ fill: url(#free); stroke: var(--edge); }}
    .unknown {{ fill: var(--track); stroke: var(--edge); }}
    .lens {{ fill: none; stroke: var(--ink); stroke-width: 2; }}
    .lens-f {{ fill: var(--ink); }} .on-lens {{ fill: var(--ground); }}
    .line {{ stroke: var(--hatch); stroke-width: 1.5; }}
  </style>
  <defs>
    <pattern id="free" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="7" height="7" style="fill:var(--ground)"/><path class="line" d="M0 0V7"/>
    </pattern>
  </defs>
"""

_LAYERS: Final = (Use.UNKNOWN, Use.FREE, Use.KEPT, Use.SUBNET, Use.EXISTING)
"""What is drawn first: the edges of what comes later are above its own."""

_WIDTH: Final = 1200
_MARGIN: Final = 32
_INNER: Final = _WIDTH - 2 * _MARGIN
_SPACE_HEIGHT: Final = 288
_SMALL_SPACE_HEIGHT: Final = 176
_LENS: Final = Box(_MARGIN, 0, _INNER, 320)
"""Where a part is drawn that is magnified, at any height of the picture."""

_NAME: Final = 13.0
_RANGE: Final = 11.5
_SANS: Final = 0.62
_BOLD: Final = 0.68
_MONO: Final = 0.61
"""Widths of a character as parts of the font's size: at least those of the fonts that are common."""


def picture(plan: Plan) -> str:
    """The whole SVG file."""
    sheet = _Sheet()
    sheet.title(f"Address plan of {plan.stack}")
    for space in plan.spaces:
        sheet.space(space)
    sheet.gauges(plan)
    sheet.pools(plan)
    sheet.beside(plan)
    sheet.legend(plan)
    return sheet.svg(f"Address plan of {plan.stack}", _description(plan))


class _Sheet:
    """The picture as it grows from top to bottom."""

    def __init__(self) -> None:
        self._elements: list[str] = []
        self._y = float(_MARGIN)
        self._marks: list[Box] = []

    def title(self, text: str) -> None:
        self._y += 22
        self._write(_MARGIN, self._y, text, size=22, classes="b")
        self._y += 8

    def space(self, space: Space) -> None:
        free, whole = space.count(Use.FREE), space.network.num_addresses
        left = f", {free:,} of them free ({free / whole:.0%})" if free else ""
        ipv6 = f", and {space.ipv6}" if space.ipv6 else ""
        self._heading(str(space.network), f"{space.title}, {whole:,} addresses{left}{ipv6}")
        large = space.title != "additional address space"
        box = Box(_MARGIN, self._y, _INNER, _SPACE_HEIGHT if large else _SMALL_SPACE_HEIGHT)
        self._treemap(space.network, box, space.parts)

    def gauges(self, plan: Plan) -> None:
        self._heading("How full it gets", "with all node pools at their largest, and while all are upgraded")
        for addresses in plan.ranges:
            self._gauge(addresses)

    def pools(self, plan: Plan) -> None:
        self._heading("Node pools", "and the room that each has if the others stay as they are")
        for pool in plan.pools:
            nodes = f"at most {pool.nodes:,} node{'' if pool.nodes == 1 else 's'}"
            upgrade = f", {pool.nodes + pool.surge:,} in an upgrade" if pool.surge else ""
            room = f"room for {pool.more:,} more" if pool.more else "no room for more"
            room = f"{room}, limited by the {pool.limited_by}"
            self._line([("b", pool.name, 0), ("", f"{nodes}{upgrade}", 190), ("", room, 540)])

    def beside(self, plan: Plan) -> None:
        self._heading("Beside the virtual network", "ranges that must not overlap it")
        for each in plan.beside:
            count = address_count(each.network)
            texts = [("b", each.owner, 0.0), ("m", str(each.network), 280.0)]
            self._line([*texts, ("q", f"{count} addresses", 450.0)] if count else texts)

    def legend(self, plan: Plan) -> None:
        used = {part.use for space in plan.spaces for part in space.parts}
        keys = [("nodes", "nodes"), ("pods", "pods"), ("other", "other subnets")]
        keys += [("existing nodes", "existing subnet")] if Use.EXISTING in used else []
        keys += [(use.name.lower(), use.value) for use in (Use.KEPT, Use.FREE, Use.UNKNOWN) if use in used]
        keys += [("nodes-f", "at most"), ("nodes-f more", "added by an upgrade")]
        self._y += 44
        x = float(_MARGIN)
        for classes, text in keys:
            self._elements.append(_rectangle(Box(x, self._y - 11, 22, 14), classes, radius=2))
            self._write(x + 29, self._y, text, size=13)
            x += 29 + len(text) * 13 * _SANS + 16
        self._y += 4

    def svg(self, title: str, description: str) -> str:
        height = self._y + _MARGIN - 8
        light, dark = (
            "; ".join(f"--{name}: {color}" for name, color in theme.items()) for theme in (_LIGHT, _DARK)
        )
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_n(height)}" width="{_WIDTH}" '
            f'height="{_n(height)}" role="img" aria-labelledby="title description">\n'
            f'  <title id="title">{escape(title)}</title>\n'
            f'  <desc id="description">{escape(description)}</desc>\n'
        )
        ground = _rectangle(Box(0.5, 0.5, _WIDTH - 1, height - 1), "ground", radius=14)
        body = "\n".join([ground, *self._elements])
        return f"{head}{_STYLE.format(light=light, dark=dark)}{body}\n</svg>\n"

    def _heading(self, name: str, said: str) -> None:
        self._y += 34
        self._elements.append(
            f'  <text x="{_MARGIN}" y="{_n(self._y)}" font-size="16"><tspan class="b">{escape(name)}</tspan>'
            f'<tspan class="q" font-size="13" dx="12">{escape(said)}</tspan></text>'
        )
        self._y += 14

    def _treemap(self, block: IPv4Network, box: Box, parts: Sequence[Part]) -> None:
        """Draw a block, and below it the parts of it that have to be magnified."""
        frames = {lens: place_of(lens, block, box) for lens in lenses(block, box, parts, _LENS, _can_be_read)}
        for part, place in sorted(boxes_in(block, box, parts), key=lambda each: _LAYERS.index(each[0].use)):
            self._part(part, place, labeled=not any(part.network.subnet_of(lens) for lens in frames))
        self._y = box.y + box.height
        marks = {lens: self._mark(frame, box) for lens, frame in frames.items()}
        for lens, mark in marks.items():
            self._heading(mark, f"{lens}, magnified {_LENS.area / frames[lens].area:,.0f} times")
            self._treemap(lens, replace(_LENS, y=self._y), parts)

    def _mark(self, frame: Box, box: Box) -> str:
        """Frame what is magnified, and name it by a letter."""
        number, side = len(self._marks), 20.0
        mark = chr(ord("A") + number % 26) + "'" * (number // 26)
        x = min(max(frame.x + frame.width / 2 - side / 2, box.x), box.x + box.width - side)
        y = min(max(frame.y + frame.height / 2 - side / 2, box.y), box.y + box.height - side)
        badge = Box(x, y, side, side)
        while any(badge.overlaps(other) for other in self._marks):
            badge = Box(badge.x + side, y, side, side)
        self._marks.append(badge)
        self._elements += [_rectangle(frame, "lens"), _rectangle(badge, "lens-f", radius=side / 2)]
        x = badge.x
        self._write(x + side / 2, y + 14.5, mark, size=13, classes="b c on-lens")
        return mark

    def _part(self, part: Part, box: Box, *, labeled: bool) -> None:
        told = part.name or part.use.value, part.network, part.ipv6, part.purpose
        known = " ".join(str(each) for each in told if each)
        self._elements.append(_rectangle(box, _classes(part), title=known))
        if part.addresses:
            color = _color(part.addresses)
            for classes, share in _levels(part.addresses):
                height = share * (box.height - 2)
                level = Box(box.x + 1, box.y + box.height - 1 - height, box.width - 2, height)
                self._elements.append(_rectangle(level, f"{color}-f level {classes}".rstrip()))
        y = box.y
        for text, size, style in _label(part, box) if labeled else ():
            y += size + 4
            self._write(box.x + 8, y, text, size=size, classes=style)

    def _gauge(self, addresses: AddressRange) -> None:
        track = Box(_MARGIN + 345, self._y + 7, 260, 14)
        self._elements.append(_rectangle(track, "track", radius=3))
        for classes, share in _levels(addresses):
            bar = Box(track.x, track.y, max(2, share * track.width), track.height)
            self._elements.append(_rectangle(bar, f"{_color(addresses)}-f {classes}".rstrip(), radius=3))
        title = addresses.subnet or "pods, overlay"
        self._line([("b", title, 0), ("m", str(addresses.network), 190), ("", _said(addresses), 625)])

    def _line(self, texts: Iterable[tuple[str, str, float]]) -> None:
        """Texts with their styles, each in its column."""
        self._y += 19
        for classes, text, column in texts:
            self._write(_MARGIN + column, self._y, text, size=13, classes=classes)
        self._y += 7

    def _write(self, x: float, y: float, text: str, *, size: float, classes: str = "") -> None:
        styled = f' class="{classes}"' if classes else ""
        self._elements.append(
            f'  <text{styled} x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}">{escape(text)}</text>'
        )


def _label(part: Part, box: Box) -> list[tuple[str, float, str]]:
    """The lines that fit into the box of a part, with the sizes and styles of their letters."""
    lines = [(str(part.network), _RANGE, "m")]
    if part.name:
        lines.insert(0, (part.name, _NAME, "q" if part.use is Use.KEPT else "b"))
    fit = [text for text in lines if _text_width(*text) <= box.width - 14]
    height = sum(size + 4 for _, size, _ in lines) + 3
    if part.use is Use.UNKNOWN or len(fit) < len(lines) or height > box.height:
        return []
    quiet = "q" if part.use is Use.KEPT else ""
    more = [(str(part.ipv6), _RANGE, "m")] if part.ipv6 else []
    more += [(part.purpose, 12.0, quiet)] if part.purpose else []
    if part.addresses:
        more.append((_said(part.addresses), 12.0, ""))
    for line in more:
        height += line[1] + 4
        if _text_width(*line) <= box.width - 14 and height <= box.height:
            lines.append(line)
    return lines


def _can_be_read(part: Part, box: Box) -> bool:
    return part.use not in {Use.SUBNET, Use.EXISTING} or bool(_label(part, box))


def _text_width(text: str, size: float, style: str) -> float:
    return len(text) * size * {"m": _MONO, "b": _BOLD}.get(style, _SANS)


def _classes(part: Part) -> str:
    if part.use in {Use.KEPT, Use.FREE, Use.UNKNOWN}:
        return part.use.name.lower()
    color = _color(part.addresses) if part.addresses else "other"
    return f"{color} existing" if part.use is Use.EXISTING else color


def _color(addresses: AddressRange) -> str:
    if addresses.subnet in {None, PODS}:
        return "pods"
    return "nodes" if addresses.demands else "other"


def _levels(addresses: AddressRange) -> list[tuple[str, float]]:
    """How much of a range is taken during an upgrade, and at most otherwise, as parts of it."""
    return [
        ("more", min(1, addresses.during_upgrade / addresses.usable)),
        ("", min(1, addresses.at_largest / addresses.usable)),
    ]


def _said(addresses: AddressRange) -> str:
    units = "addresses" if addresses.block == 1 else f"blocks of {addresses.block} addresses"
    most, upgrade, usable = (
        each // addresses.block for each in (addresses.at_largest, addresses.during_upgrade, addresses.usable)
    )
    added = f", {upgrade:,} in an upgrade" if upgrade > most else ""
    return f"{most:,} of {usable:,} {units}{added}"


def _description(plan: Plan) -> str:
    spaces = " ".join(
        f"{space.title.capitalize()} {space.network}: "
        + ", ".join(f"{part.name} {part.network}" for part in space.parts if part.name)
        + "."
        for space in plan.spaces
    )
    beside = ", ".join(f"{each.owner} {each.network}" for each in plan.beside)
    return f"{spaces} Beside it: {beside}."


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _rectangle(box: Box, classes: str, *, radius: float = 0, title: str = "") -> str:
    """A box as an element."""
    told = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'  <rect class="{classes}" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" '
        f'height="{_n(box.height)}"' + (f' rx="{_n(radius)}"' if radius else "") + f">{told}</rect>"
    )
