"""Programs that run beside the Pulumi CLI and reach what it reaches."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.engine.cli import Cli, Run
from sandbox.engine.engine_error import EngineError


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Where such programs run.

    Attributes:
        environment: all of their environment variables.
        directory: the project's directory.
        stack: the stack that `pulumi` means, if any.
    """

    environment: Mapping[str, str]
    directory: Path
    stack: str | None

    def run(self, arguments: Sequence[str], *, capture: bool = False) -> Run:
        """Run a program of their PATH.

        Args:
            arguments: its name, and what follows it on a command line.
            capture: whether to return the output instead of showing it.

        Raises:
            EngineError: there is no such program.
        """
        program = shutil.which(arguments[0], path=self.environment["PATH"])
        if program is None:
            raise EngineError(f"There is no program {arguments[0]!r} on PATH.")
        cli = Cli(program=Path(program), directory=self.directory, environment=self.environment)
        return cli.run(arguments[1:], stack=self.stack, capture=capture)
