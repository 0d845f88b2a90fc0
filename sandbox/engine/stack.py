"""One stack as the sandbox keeps it: made in its backend, and configured by a copy of the user's stack file.

The user's file is only read. What the stack holds is the engine's matter.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.engine.cli import Cli
from sandbox.engine.directory import write
from sandbox.engine.engine_error import EngineError
from sandbox.engine.environment import ENCRYPTION_SALT

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_SECRETS_KEYS: Final = re.compile(r"^(encryptionsalt|encryptedkey|secretsprovider)\s*:.*\n?", re.MULTILINE)
_SECURE_VALUE: Final = re.compile(r"^\s*(?:-\s+)?secure\s*:", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack of a project.

    Attributes:
        name: its name.
        project_dir: the directory of `Pulumi.yaml` and of the user's stack file.
        root: the sandbox's directory.
    """

    name: str
    project_dir: Path
    root: Path

    def prepare(self, cli: Cli) -> Path:
        """Make the stack where it does not exist, and its config file from the user's; answers that file.

        Args:
            cli: the Pulumi CLI, which makes the stack.

        Raises:
            EngineError: the stack does not exist, its file holds a secret, or the CLI cannot create it.
        """
        text = self._users_config()
        if not any(self.root.glob(f"backend/.pulumi/stacks/*/{self.name}.json")):
            self._init(cli)
        config_file = self.root / "work" / self.name / self._file_name
        write(config_file, f"{text}encryptionsalt: {ENCRYPTION_SALT}\n")
        return config_file

    @property
    def _file_name(self) -> str:
        return f"Pulumi.{self.name}.yaml"

    def _users_config(self) -> str:
        """What the user's stack file says, without how it is encrypted."""
        if not _NAME.fullmatch(self.name):
            raise EngineError(
                f"{self.name!r} is no stack name: it takes 1 to 100 letters, digits, hyphens, underscores "
                "and full stops."
            )
        file = self.project_dir / self._file_name
        if not file.is_file():
            known = sorted(path.name.split(".")[1] for path in self.project_dir.glob("Pulumi.*.yaml"))
            raise EngineError(
                f"There is no stack {self.name!r}: {file.name} does not exist. "
                f"Stacks: {', '.join(known) or 'none'}."
            )
        text = file.read_text(encoding="utf-8")
        if _SECURE_VALUE.search(text):
            raise EngineError(
                f"{file.name} holds a secret, encrypted with a key that the sandbox does not have. Use "
                "a stack file without `secure:` values in the sandbox."
            )
        text = _SECRETS_KEYS.sub("", text)
        return f"{text}\n" if text and not text.endswith("\n") else text

    def _init(self, cli: Cli) -> None:
        """Make the stack in the backend.

        `pulumi stack init` writes into the stack file beside `Pulumi.yaml`, so it runs in a directory of its
        own.
        """
        project_file = self.project_dir / "Pulumi.yaml"
        if not project_file.is_file():
            raise EngineError(f"{self.project_dir} is not a Pulumi project: Pulumi.yaml does not exist.")
        with tempfile.TemporaryDirectory() as scratch:
            shutil.copy(project_file, scratch)
            ended = cli.ask(["stack", "init", self.name, "--non-interactive"], directory=Path(scratch))
        if ended.returncode:
            raise EngineError(ended.stderr.strip())
