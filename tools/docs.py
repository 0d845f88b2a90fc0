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

from azure_facts import arm_types
from components.settings import Settings
from sandbox.azure import resource_types
from sandbox.azure.rules import markdown
from sandbox.tests.conformance import deviations
from settings import reference, schema
from tools import network_changes, samples

CHECKOUT: Final = Path(__file__).resolve().parent.parent
PROJECT: Final = "aks-platform"
PLANNED: Final = ("firewall", "pod-subnet", "wide-network")
"""Scenarios whose address plans are drawn in docs/network.md."""


def files() -> dict[Path, str]:
    """Every file that is made from the code, with the content that it should have."""
    stack_schema = schema.stack_schema(Settings, PROJECT)
    return {
        CHECKOUT / "docs" / "configuration.md": reference.page(Settings, PROJECT),
        CHECKOUT / "settings" / "stack.schema.json": json.dumps(stack_schema, indent=2, ensure_ascii=False)
        + "\n",
        arm_types.FILE: _arm_types(),
        **with_parts(
            CHECKOUT / "docs" / "sandbox.md", rules=markdown.tables(), deviations=deviations.table()
        ),
        **with_parts(CHECKOUT / "docs" / "network.md", changes=network_changes.table()),
        **with_parts(CHECKOUT / "README.md", refusal=samples.refusal(PROJECT)),
        **{
            CHECKOUT / "docs" / "images" / f"plan-{name}.svg": samples.address_plan(name, PROJECT)
            for name in PLANNED
        },
    }


def _arm_types() -> str:
    known = {type_.token: [type_.path, type_.api_version] for type_ in resource_types.all_types()}
    return (
        "{\n"
        + ",\n".join(f"{json.dumps(token)}: {json.dumps(row)}" for token, row in known.items())
        + "\n}\n"
    )


def with_parts(page: Path, **parts: str) -> dict[Path, str]:
    """The page, with the content of each part between the marks that name it.

    Raises:
        ValueError: the page has lost one of the marks.
    """
    text = page.read_text(encoding="utf-8")
    for name, content in parts.items():
        start, stop = f"<!-- {name}: written by `make docs` -->", f"<!-- end of the {name} -->"
        before, begin, rest = text.partition(start)
        _, end, after = rest.partition(stop)
        if not begin or not end:
            raise ValueError(f"{page.name} needs the marks {start} and {stop}, in this order.")
        text = f"{before}{begin}\n\n{content}\n\n{end}{after}"
    return {page: text}


def outdated() -> list[Path]:
    """The files that are missing or have other content than they should."""
    return [
        path
        for path, content in files().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != content
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or check them, and return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description="Rewrite the generated files.")
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
