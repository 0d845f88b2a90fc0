import re

import pytest

from sandbox.azure import rules
from tools import docs

PAGE = docs.RULES_PAGE.read_text(encoding="utf-8")


def test_the_table_of_rules_is_current() -> None:
    assert docs.with_rules(PAGE) == PAGE, "`make docs` writes the table anew"


def test_every_rule_is_in_the_table_once() -> None:
    wanted = sorted(f"| {info.sentence} | `{info.name}` {info.source}" for info in rules.rules())
    rows = re.findall(r"^(\| .+?) \| .+? \| (`\w+`) \(\[source\]\((.+)\)\) \|$", PAGE, re.MULTILINE)
    assert sorted(f"{sentence} | {name} {source}" for sentence, name, source in rows) == wanted


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sandbox\.md needs the marks"):
        docs.with_rules(PAGE.replace(docs.RULES_END, ""))
