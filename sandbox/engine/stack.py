"""One stack as the sandbox keeps it: made in its backend, for a stack file that it can use.

What the stack holds is the engine's matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.engine.cli import Cli
from sandbox.engine.engine_error import EngineError

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_SECURE_VALUE: Final = re.compile(rb"(?:^\s*(?:-\s+)?|[{,]\s*)secure\s*:", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack of a project.

    Attributes:
        name: its name.
        project_dir: the directory of the user's stack file, which is only read.
        root: the sandbox's directory.
    """

    name: str
    project_dir: Path
    root: Path

    def check(self) -> None:
        """See that the sandbox can use the stack's file.

        Raises:
            EngineError: the name is none, the file does not exist, is not UTF-8, or holds a secret.
        """
        if not _NAME.fullmatch(self.name):
            raise EngineError(
                f"{self.name!r} is no stack name: it takes 1 to 100 letters, digits, hyphens, underscores "
                "and full stops."
            )
        file = self.project_dir / f"Pulumi.{self.name}.yaml"
        if not file.is_file():
            known = sorted(path.name.split(".")[1] for path in self.project_dir.glob("Pulumi.*.yaml"))
            raise EngineError(
                f"There is no stack {self.name!r}: {file.name} does not exist. "
                f"Stacks: {', '.join(known) or 'none'}."
            )
        content = file.read_bytes()
        try:
            content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise EngineError(f"{file.name} is not UTF-8 (line {line}). Save it as UTF-8.") from None
        if _SECURE_VALUE.search(content):
            raise EngineError(
                f"{file.name} holds a secret, encrypted with a key that the sandbox does not have. Use "
                "a stack file without `secure:` values in the sandbox."
            )

    def ensure(self, cli: Cli) -> bool:
        """Make the stack in the backend where it does not exist, and say whether that was so.

        Args:
            cli: the Pulumi CLI, which makes the stack.

        Raises:
            EngineError: the CLI cannot make it.
        """
        if any(self.root.glob(f"backend/.pulumi/stacks/*/{self.name}.json")):
            return False
        ended = cli.ask(["stack", "init", self.name, "--non-interactive"])
        if ended.returncode:
            raise EngineError(ended.stderr.strip())
        return True
