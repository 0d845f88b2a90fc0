"""Stack files that the program does not get to read, and what their users are told instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.unit.settings.stack import text_of


@dataclass(frozen=True)
class File:
    """A stack file.

    Attributes:
        title: what is wrong with it.
        content: its bytes.
        says: what stands in the output.
    """

    title: str
    content: bytes
    says: str


_ACCENT: Final = text_of("aks-platform:tags: {owner: Ren\N{LATIN SMALL LETTER E WITH ACUTE}}")

FILES: Final = [
    File("Latin 1", _ACCENT.encode("latin-1"), "Pulumi.dev.yaml is not UTF-8 (line 4). Save it as UTF-8."),
    File("UTF-16", _ACCENT.encode("utf-16"), "Pulumi.dev.yaml is not UTF-8 (line 1). Save it as UTF-8."),
    File("a bracket that is never closed", text_of("aks-platform:tags: {a: b").encode(), "yaml: line 3:"),
    File("a tab for indentation", text_of("\taks-platform:workload: shop").encode(), "yaml: line 4:"),
    File("a list in place of the config", b"config: [a]\n", "cannot unmarshal !!seq"),
    File(
        "a key given twice", text_of("x:y: a\nx:y: b").encode(), 'line 5: mapping key "x:y" already defined'
    ),
    File("a key with two colons", text_of("aks-platform:tags:a: b").encode(), "`<namespace>:<name>`"),
    File("a number that is none", text_of("aks-platform:x: {y: .nan}").encode(), "unsupported value: NaN"),
    File("20,000 lists inside each other", text_of(f"a:b: {'[' * 20_000}").encode(), "exceeded max depth"),
    File("a secret", text_of("a:b: {secure: AAAA}").encode(), "Pulumi.dev.yaml holds a secret"),
]
