"""A stack file in a preview of the real engine: what its user is told, and what must not happen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sandbox.engine.engine_error import EngineError
from tests.engine.platform_project import CHECKOUT, PlatformProject
from tests.messages.files import File
from tests.unit.settings.stack import text_of
from tests.unit.settings.test_bad_input import Case

STACK: Final = "dev"

_HEADING: Final = {
    "error": r"Pulumi\.dev\.yaml: \d+ problems?\. Nothing was created or changed\.",
    "warning": r"Pulumi\.dev\.yaml: \d+ warnings?\.",
}
_ON_A_DAY: Final = """\
from datetime import date
from azure_facts import versions
versions.today = lambda: date({day.year}, {day.month}, {day.day})
"""


class Previewed:
    """A project whose dev stack each case gives another file."""

    def __init__(self, directory: Path) -> None:
        self._project = PlatformProject(directory)

    def case(self, case: Case) -> list[str]:
        """Preview the stack file of a case: in what it differs from what the case says."""
        program = (CHECKOUT / "__main__.py").read_text(encoding="utf-8")
        (self._project.directory / "__main__.py").write_text(_ON_A_DAY.format(day=case.today) + program)
        succeeds, said, wrong = self._previewed(text_of(case.config).encode())
        if succeeds == bool(case.says):
            wrong.append(f"exit code {'0' if succeeds else 'not 0'}")
        for severity, text in (("error", case.says), ("warning", case.warns)):
            told, expected = list(_told(severity, said)), [line for line in text.splitlines() if line]
            if told != expected:
                wrong.append("\n".join([f"{severity}:", *told, "instead of:", *expected]))
        return wrong

    def file(self, file: File) -> list[str]:
        """Preview a stack file that the program does not get to read: what is otherwise than it says."""
        succeeds, said, wrong = self._previewed(file.content)
        if succeeds:
            wrong.append("exit code 0")
        if file.says not in said:
            wrong.append(f"it says {said!r}")
        return wrong

    def _previewed(self, content: bytes) -> tuple[bool, str, list[str]]:
        """Whether a preview succeeds, what it says, and what it does though no preview may."""
        (self._project.directory / f"Pulumi.{STACK}.yaml").write_bytes(content)
        before = self._files()
        try:
            run = self._project.engine.preview(STACK, capture=True)
            succeeds, said = run.succeeded, run.output
        except EngineError as error:
            succeeds, said = False, str(error)
        wrong = ["a traceback"] * ("Traceback" in said)
        wrong += ["a file of the checkout changed"] * (self._files() != before)
        wrong += ["something is in the cloud"] * bool(self._project.cloud_ids())
        return succeeds, said, wrong

    def _files(self) -> dict[str, bytes]:
        # Python keeps its bytecode there, where it is allowed to.
        files = [file for file in self._project.directory.iterdir() if file.name != "__pycache__"]
        return {file.name: b"" if file.is_symlink() else file.read_bytes() for file in files}


def _told(severity: str, said: str) -> Iterator[str]:
    """The lines below the heading of an error or warning of the settings; Pulumi leaves empty ones out."""
    diagnostics = said.partition("\nDiagnostics:\n")[2]
    for heading, body in re.findall(rf"^    {severity}: (.*)\n((?: {{6}}.*\n)*)", diagnostics, re.MULTILINE):
        if not re.fullmatch(_HEADING[severity], heading):
            yield heading
        yield from (line[4:] for line in body.splitlines())
