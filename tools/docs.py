"""The files that are made from the code.

`python -m tools.docs` writes them; with `--check` it only says which are out of date.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from components.settings import Settings
from sandbox.azure.rules import markdown
from settings import reference, schema

CHECKOUT: Final = Path(__file__).resolve().parent.parent
PROJECT: Final = "aks-platform"
RULES_PAGE: Final = CHECKOUT / "docs" / "sandbox.md"
RULES_BEGIN: Final = "<!-- rules: written by `make docs` -->"
RULES_END: Final = "<!-- end of the rules -->"


def files() -> dict[Path, str]:
    """Every file that is made from the code, with the content that it should have."""
    stack_schema = schema.stack_schema(Settings, PROJECT)
    return {
        CHECKOUT / "docs" / "configuration.md": reference.page(Settings, PROJECT),
        CHECKOUT / "settings" / "stack.schema.json": json.dumps(stack_schema, indent=2, ensure_ascii=False)
        + "\n",
        RULES_PAGE: with_rules(RULES_PAGE.read_text(encoding="utf-8")),
    }


def with_rules(page: str) -> str:
    """The text of the page with the sandbox's rules as they are now between their marks.

    Raises:
        ValueError: the page has lost one of its marks.
    """
    before, begin, rest = page.partition(RULES_BEGIN)
    _, end, after = rest.partition(RULES_END)
    if not begin or not end:
        raise ValueError(f"{RULES_PAGE.name} needs the marks {RULES_BEGIN} and {RULES_END}, in this order.")
    return f"{before}{RULES_BEGIN}\n\n{markdown.tables()}\n\n{RULES_END}{after}"


def outdated() -> list[Path]:
    """The files that are missing or have other content than they should."""
    return [
        path
        for path, content in files().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != content
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or check them, and return the process's exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.docs", description="Write the generated files anew."
    )
    parser.add_argument(
        "--check", action="store_true", help="only say which are out of date, and fail if any is"
    )
    check = parser.parse_args(arguments).check
    for path in outdated():
        name = path.relative_to(CHECKOUT)
        if check:
            print(f"{name} is out of date: run `make docs`.", file=sys.stderr)
        else:
            path.write_text(files()[path], encoding="utf-8")
            print(f"Wrote {name}.")
    return 1 if check and outdated() else 0


if __name__ == "__main__":
    sys.exit(main())
