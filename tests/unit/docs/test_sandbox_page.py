import re

from sandbox.azure import rules
from tools.docs import CHECKOUT

PAGE = (CHECKOUT / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_every_rule_is_in_the_table_once() -> None:
    wanted = sorted(f"| {info.sentence} | `{info.name}` {info.source}" for info in rules.rules())
    rows = re.findall(r"^(\| .+?) \| .+? \| (`\w+`) \(\[source\]\((.+)\)\) \|$", PAGE, re.MULTILINE)
    assert sorted(f"{sentence} | {name} {source}" for sentence, name, source in rows) == wanted
