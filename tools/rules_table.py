"""The table of the sandbox's rules in docs/sandbox.md: `python -m tools.rules_table` writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sandbox.azure.rules_table import table

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "sandbox.md"
BEGIN: Final = "<!-- rules: written by `make docs` -->"
END: Final = "<!-- end of the rules -->"


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


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
