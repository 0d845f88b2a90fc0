"""What the sandbox refuses in Azure's place, as a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sandbox.azure import rules


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


def _by_module() -> dict[str, Sequence[rules.RuleInfo]]:
    grouped: dict[str, list[rules.RuleInfo]] = {}
    for info in rules.table():
        grouped.setdefault(info.check.__module__, []).append(info)
    return dict(sorted(grouped.items()))


def _when(info: rules.RuleInfo) -> str:
    """The last parts of the ARM types and the operations: natGateways create, update."""
    types = ["everything" if name == "*" else name.rpartition("/")[2] for name in info.types]
    return f"{', '.join(types)}: {', '.join(info.operations)}"
