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

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_SECRETS_KEYS: Final = re.compile(r"^(encryptionsalt|encryptedkey|secretsprovider)\s*:.*\n?", re.MULTILINE)
_SALT: Final = re.compile(r"^encryptionsalt:\s*(\S+)", re.MULTILINE)
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
            EngineError: there is no such stack, its file holds a secret, or the CLI does not make it.
        """
        text = self._users_config()
        salt = self._encryption_salt(cli)
        config_file = self._directory / self._file_name
        write(config_file, f"{text}encryptionsalt: {salt}\n")
        return config_file

    @property
    def _directory(self) -> Path:
        return self.root / "work" / self.name

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

    def _encryption_salt(self, cli: Cli) -> str:
        """The salt of the stack's passphrase; the stack is made where there is none yet.

        `pulumi stack init` writes the salt into the stack file beside `Pulumi.yaml`, so it is given a
        directory with no more than these.
        """
        kept = self._directory / "init" / self._file_name
        if not kept.is_file():
            self._init(kept.parent, cli)
        found = _SALT.search(kept.read_text(encoding="utf-8"))
        if found is None:
            raise EngineError(
                f"{kept} has lost its salt. Remove the directory {self.root} (`make clean`) and start again."
            )
        return found[1]

    def _init(self, kept: Path, cli: Cli) -> None:
        project_file = self.project_dir / "Pulumi.yaml"
        if not project_file.is_file():
            raise EngineError(f"{self.project_dir} holds no Pulumi project: Pulumi.yaml does not exist.")
        kept.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="init-", dir=kept.parent))
        arguments = ["stack", "init", self.name, "--non-interactive"]
        try:
            shutil.copy(project_file, scratch)
            ended = cli.ask(arguments, directory=scratch)
            if ended.returncode and "already exists" in ended.stderr:
                # An earlier start was interrupted between making the stack and keeping its salt.
                ended = cli.ask(arguments, directory=scratch, extra={"PULUMI_BACKEND_URL": scratch.as_uri()})
            if ended.returncode:
                raise EngineError(ended.stderr.strip())
            scratch.rename(kept)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
