"""The picture shows what the plan says: to scale, readable, in light and in dark, the same every time."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from plan import picture as drawing
from plan.picture import picture
from plan.plan import Part, Plan, Use, plan_of
from plan.treemap import Box
from tests.unit.plan.stacks import FEATURES, FILES, SPACES, plan_in, plan_with
from tests.unit.settings.stack import settings

SVG = "{http://www.w3.org/2000/svg}"
FEW = limits(max_examples=40)
"""Each reads whole stack files."""

AA = 4.5
"""https://www.w3.org/TR/WCAG22/#contrast-minimum"""


def check_readable(plan: Plan) -> None:
    """No text overlaps another or leaves the picture, and every subnet can be read."""
    svg = ElementTree.fromstring(picture(plan))
    height = float(svg.attrib["height"])
    texts = [*boxes_of_texts(svg.iter(f"{SVG}text"))]
    for _, box in texts:
        assert box.x >= 0
        assert box.x + box.width <= 1200
        assert box.y >= 0
        assert box.y + box.height <= height
    for (one, a), (other, b) in combinations(texts, 2):
        assert not a.overlaps(b), (one, other)
    for text, box, part in labels_of(svg):
        assert part.x <= box.x
        assert box.x + box.width <= part.x + part.width, text
        assert box.y + box.height <= part.y + part.height, text
    badges = [box_of(each) for each in svg.iter(f"{SVG}rect") if each.get("class") == "lens-f"]
    assert not [pair for pair in combinations(badges, 2) if pair[0].overlaps(pair[1])]
    shown = {text for text, _ in texts}
    for part in (part for space in plan.spaces for part in space.parts):
        if part.use in {Use.SUBNET, Use.EXISTING}:
            assert {part.name, str(part.network)} <= shown


def box_of(element: ElementTree.Element) -> Box:
    return Box(*(float(element.attrib[key]) for key in ("x", "y", "width", "height")))


def width_of(text: str, size: float, styles: Iterable[str]) -> float:
    """At least that of the widest font that is common."""
    widths = {"m": 0.61, "b": 0.68}
    return len(text) * size * max((widths[each] for each in styles if each in widths), default=0.62)


def labels_of(svg: ElementTree.Element) -> Iterator[tuple[str, Box, Box]]:
    """The texts in the part of an address space that was drawn last, and that part."""
    parts = {"nodes", "pods", "other", "kept", "free", "unknown"}
    part = Box(0, 0, 0, 0)
    for element in svg:
        if element.tag == f"{SVG}rect" and parts & {*element.attrib["class"].split()}:
            part = box_of(element)
        elif element.tag == f"{SVG}text" and float(element.attrib["x"]) == pytest.approx(part.x + 8):
            for text, box in boxes_of_texts([element]):
                if box.y < part.y + part.height:
                    yield text, box, part


def boxes_of_texts(elements: Iterable[ElementTree.Element]) -> Iterator[tuple[str, Box]]:
    for element in elements:
        text, size = "".join(element.itertext()), float(element.attrib["font-size"])
        style = element.attrib.get("class", "").split()
        width = width_of(text, size, style)
        x = float(element.attrib["x"]) - (width / 2 if "c" in style else 0)
        yield text, Box(x, float(element.attrib["y"]) - size * 0.8, width, size)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_stack_file_has_a_readable_picture(file: Path) -> None:
    check_readable(plan_in(file))


@FEW
@given(
    space=SPACES | st.just("10.0.0.0/8"),
    features=st.lists(st.sampled_from(sorted(FEATURES)), unique=True, max_size=6),
)
def test_every_picture_is_readable(space: str, features: list[str]) -> None:
    plan = plan_with(space, features)
    assume(plan is not None)
    assert plan
    check_readable(plan)


@given(length=st.integers(1, 20), width=st.floats(10, 300), height=st.floats(5, 120))
def test_a_label_is_left_out_where_it_would_be_cut_off(length: int, width: float, height: float) -> None:
    network = IPv4Network("10.224.130.192/28")
    part = Part(use=Use.SUBNET, network=network, name="m" * length, purpose="Azure Bastion")
    lines = drawing._label(part, Box(0, 0, width, height))
    assert all(8 + width_of(text, size, [style]) <= width for text, size, style in lines)
    assert sum(size + 4 for _, size, _ in lines) <= height


def test_a_plan_with_everything_in_it_is_readable() -> None:
    far = {f"far{number}": {"addressPrefix": f"10.{130 + number}.0.0/28"} for number in range(6)}
    longest = {"abcdefghijklmnopqrst": {"addressPrefix": "172.20.0.0/28"}}
    pools = {
        f"p{number}": {"vmSize": "Standard_D8ds_v5", "count": 1, "subnet": name}
        for number, name in enumerate([*far, *longest])
    }
    network = {
        "addressSpace": "10.0.0.0/8",
        "additionalAddressSpaces": ["172.20.0.0/22"],
        "serviceCidr": "172.16.0.0/16",
        "cni": {"kind": "podSubnet", "podIpAllocationMode": "StaticBlock"},
        "peerAddressSpaces": [f"172.24.{number}.0/24" for number in range(20)],
        "subnets": {**far, **longest},
    }
    check_readable(plan_of(settings(network=network, nodePools=pools)))


def test_the_same_plan_is_drawn_alike() -> None:
    assert picture(plan_in(FILES[0])) == picture(plan_in(FILES[0]))


def test_names_cannot_break_the_picture() -> None:
    plan = plan_in(FILES[0])
    svg = picture(Plan(**{**vars(plan), "stack": "<&>"}))
    assert "Address plan of &lt;&amp;&gt;" in svg
    ElementTree.fromstring(svg)


def test_it_says_all_in_words_too() -> None:
    svg = ElementTree.fromstring(picture(plan_in(FILES[0])))
    description = svg.findtext(f"{SVG}desc") or ""
    assert "nodes 10.224.0.0/21" in description
    assert "the services 10.0.0.0/16" in description


@pytest.mark.parametrize("theme", [drawing._LIGHT, drawing._DARK], ids=["light", "dark"])
def test_every_text_has_enough_contrast(theme: dict[str, str]) -> None:
    grounds = {"ink": ["ground", "hatch"], "quiet": ["ground"], "ground": ["ink"]}
    for text, behind in grounds.items():
        for ground in behind:
            assert contrast(rgb(theme[text]), rgb(theme[ground])) >= AA, (text, ground)
    for color in ("nodes", "pods", "other"):
        tint, full = rgb(theme[f"{color}-tint"]), rgb(theme[color])
        upgrade = blended(full, tint, 0.14)
        for ground in (tint, upgrade, blended(full, upgrade, 0.28)):
            assert contrast(rgb(theme["ink"]), ground) >= AA, color


def test_the_opacities_of_the_levels_are_those() -> None:
    assert re.findall(r"\.level(?:\.more)? {{ fill-opacity: (\S+); }}", drawing._STYLE) == [".28", ".14"]


Color = tuple[float, float, float]


def rgb(text: str) -> Color:
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


def blended(over: Color, under: Color, opacity: float) -> Color:
    red, green, blue = (opacity * a + (1 - opacity) * b for a, b in zip(over, under, strict=True))
    return red, green, blue


def contrast(one: Color, other: Color) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: Color) -> float:
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in color]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
