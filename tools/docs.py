"""The files that are made from the code.

`python -m tools.docs` writes them; with `--check` it only says which are out of date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from settings import reference
from tools import rules_table, samples

CHECKOUT = Path(__file__).resolve().parent.parent


def files() -> dict[Path, str]:
    """Every file that is made from the code, with the content that it should have."""
    parts = {
        part.PAGE: part.current(part.PAGE.read_text(encoding="utf-8")) for part in (rules_table, samples)
    }
    return {**reference.files(), **parts}


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
