"""The rules as Markdown, for ``python -m sandbox rules`` and the documentation."""

from __future__ import annotations

from sandbox.azure.rules import rules
from sandbox.azure.rules.rows import Rule


def tables() -> str:
    """Return every rule, in a table for each topic."""
    topics: dict[str, list[str]] = {}
    for rule in rules():
        row = f"| {rule.sentence} | {_when(rule)} | `{rule.name}` ([source]({rule.source})) |"
        topics.setdefault(rule.topic, []).append(row)
    parts = [f"{len(rules())} rules."]
    for topic, rows in sorted(topics.items()):
        parts.append("\n".join([f"#### {topic}", "", "| Rule | Asked at | Name |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _when(rule: Rule) -> str:
    """The last parts of the ARM types and the operations: natGateways: create, update."""
    types = ["everything" if name == "*" else name.rpartition("/")[2] for name in rule.types]
    return f"{', '.join(types)}: {', '.join(rule.operations)}"
