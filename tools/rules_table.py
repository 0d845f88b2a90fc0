"""The table of the sandbox's rules in docs/sandbox.md: `python -m tools.rules_table` writes it anew."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sandbox.azure import rules

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "sandbox.md"
BEGIN: Final = "<!-- rules: written by `make docs` -->"
END: Final = "<!-- end of the rules -->"


def table() -> str:
    """Every rule as Markdown, a section for each file of rules."""
    parts = [f"{len(rules.table())} rules."]
    for module, infos in _by_module().items():
        heading = (sys.modules[module].__doc__ or module).strip().splitlines()[0].rstrip(".")
        rows = [
            f"| {info.sentence} | {_when(info)} | `{info.name}` ([source]({info.source})) |" for info in infos
        ]
        parts.append("\n".join([f"#### {heading}", "", "| Rule | Asked at | Name |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def current(page: str) -> str:
    """The text of the page with the table as it is now between its marks.

    Raises:
        ValueError: the page has lost one of its marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} needs the marks {BEGIN} and {END}, in this order.")
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def _by_module() -> dict[str, Sequence[rules.RuleInfo]]:
    grouped: dict[str, list[rules.RuleInfo]] = {}
    for info in rules.table():
        grouped.setdefault(info.check.__module__, []).append(info)
    return dict(sorted(grouped.items()))


def _when(info: rules.RuleInfo) -> str:
    """The last parts of the ARM types and the operations: natGateways create, update."""
    types = ["everything" if name == "*" else name.rpartition("/")[2] for name in info.types]
    return f"{', '.join(types)}: {', '.join(info.operations)}"


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
