import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.components.stacks import record_platform

PAGE = Path(__file__).resolve().parents[3] / "docs" / "outputs.md"
NO_EXTRAS = {
    "monitoring": {"enabled": False, "controlPlaneLogs": {"enabled": False}},
    "ingress": {"kind": "none"},
}
HUB = (
    "/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/hub"
    "/providers/Microsoft.Network/virtualNetworks/hub"
)
ALL_EXTRAS: dict[str, Any] = {
    "network": {
        "bastion": {"enabled": True},
        "cni": {"ipFamilies": ["IPv4", "IPv6"]},
        "dnsResolver": {"enabled": True},
        "vpnGateway": {"enabled": True},
        "peerings": {"hub": {"virtualNetworkId": HUB, "addressSpaces": ["10.100.0.0/16"]}},
    },
}


def documented() -> dict[str, list[str]]:
    """Cells of each output's row, by its name."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: cells.split(" | ") for name, cells in rows}


def test_every_output_is_documented_and_no_other() -> None:
    assert set(documented()) == set(record_platform(**ALL_EXTRAS).outputs("Platform").values)


def test_the_page_says_which_outputs_are_secret() -> None:
    secret = {name for name, cells in documented().items() if cells[1] == "yes"}
    assert secret == record_platform(**ALL_EXTRAS).outputs("Platform").secret


def test_the_page_says_which_outputs_are_always_there() -> None:
    always = {name for name, cells in documented().items() if cells[2].startswith("always")}
    assert always == set(record_platform(**NO_EXTRAS).outputs("Platform").values)


@pytest.mark.parametrize(("word", "kind"), [("string", str), ("list of strings", list)])
def test_the_page_says_what_type_an_output_has(word: str, kind: type) -> None:
    values = record_platform(**ALL_EXTRAS).outputs("Platform").values
    declared = {name for name, cells in documented().items() if cells[0].split(",")[0] == word}
    assert declared == {name for name, value in values.items() if isinstance(value, kind)}
