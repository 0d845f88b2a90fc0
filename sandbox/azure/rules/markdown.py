"""The rules as Markdown, for ``python -m sandbox rules`` and the documentation."""

from __future__ import annotations

from sandbox.azure.rules import RuleInfo, table


def tables() -> str:
    """Return every rule, in a table for each topic."""
    topics: dict[str, list[str]] = {}
    for info in table():
        row = f"| {info.sentence} | {_when(info)} | `{info.name}` ([source]({info.source})) |"
        topics.setdefault(info.topic, []).append(row)
    parts = [f"{len(table())} rules."]
    for topic, rows in sorted(topics.items()):
        parts.append("\n".join([f"#### {topic}", "", "| Rule | Asked at | Name |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _when(info: RuleInfo) -> str:
    """The last parts of the ARM types and the operations: natGateways: create, update."""
    types = ["everything" if name == "*" else name.rpartition("/")[2] for name in info.types]
    return f"{', '.join(types)}: {', '.join(info.operations)}"
