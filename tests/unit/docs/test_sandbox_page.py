import re

import pytest

from sandbox.azure import rules
from tools import rules_table

PAGE = rules_table.PAGE.read_text(encoding="utf-8")


def test_the_table_of_rules_is_current() -> None:
    assert rules_table.current(PAGE) == PAGE, "`.venv/bin/python -m tools.rules_table` writes the table anew"


def test_every_rule_is_in_the_table_once() -> None:
    wanted = sorted(f"| {info.sentence} | `{info.name}` {info.source}" for info in rules.table())
    rows = re.findall(r"^(\| .+?) \| .+? \| (`\w+`) \(\[source\]\((.+)\)\) \|$", PAGE, re.MULTILINE)
    assert sorted(f"{sentence} | {name} {source}" for sentence, name, source in rows) == wanted


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sandbox\.md needs the marks"):
        rules_table.current(PAGE.replace(rules_table.END, ""))
