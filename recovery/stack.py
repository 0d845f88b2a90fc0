"""A stack, through the Pulumi CLI that is on the PATH."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recovery.errors import RecoveryError


class Stack:
    """A stack of the project in this directory."""

    def __init__(self, name: str) -> None:
        self.name = name

    def export(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """The state as `pulumi stack export` gives it.

        Raises:
            RecoveryError: Pulumi does not give it.
        """
        return json.loads(self._pulumi("stack", "export", *["--show-secrets"] * show_secrets))

    def back_up(self, state: Mapping[str, Any], directory: Path) -> Path:
        """Write a state to a new file in *directory* and return the file."""
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / f"{self.name}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.json"
        file.write_text(json.dumps(state, indent=2), encoding="utf-8")
        return file

    def save(self, state: Mapping[str, Any]) -> None:
        """Make a state the stack's.

        Raises:
            RecoveryError: Pulumi does not take it; the state is as it was.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            self._pulumi("stack", "import", "--file", file.name)

    def read(self, urns: Iterable[str]) -> None:
        """Have the providers read resources into the state. One that does not exist leaves it.

        Raises:
            RecoveryError: a provider cannot read one.
        """
        targets = [argument for urn in urns for argument in ("--target", urn)]
        self._pulumi("refresh", "--yes", "--skip-preview", "--suppress-outputs", *targets)

    def make(self, urns: Iterable[str]) -> None:
        """Have the next update make resources, and nothing else.

        Raises:
            RecoveryError: one cannot be made.
        """
        targets = [argument for urn in urns for argument in ("--target", urn)]
        self._pulumi("up", "--yes", "--skip-preview", "--suppress-outputs", *targets)

    def planned(self) -> list[dict[str, Any]]:
        """The steps of a preview, those that change nothing left out.

        Raises:
            RecoveryError: the program cannot be previewed.
        """
        ended = self._run("preview", "--json", "--suppress-outputs")
        told = json.loads(ended.stdout[ended.stdout.index("{") :]) if "{" in ended.stdout else {}
        if ended.returncode:
            messages = "".join(each["message"] for each in told.get("diagnostics") or ())
            raise RecoveryError(f"`pulumi preview` failed:\n{messages.strip() or _output(ended)}")
        return [step for step in told.get("steps") or () if step["op"] not in ("same", "read")]

    def config(self, key: str) -> str:
        """A value of the stack's configuration; empty where it is not set.

        Raises:
            RecoveryError: Pulumi does not give it.
        """
        namespace, _, name = key.partition(":")
        return self.config_of(namespace).get(name, "")

    def config_of(self, namespace: str) -> dict[str, str]:
        """The values of the stack's configuration in a namespace, such as that of a provider; no secrets.

        Raises:
            RecoveryError: Pulumi does not give it.
        """
        values = json.loads(self._pulumi("config", "--json"))
        plain = {key: each["value"] for key, each in values.items() if not each["secret"]}
        return {
            key.rpartition(":")[2]: value for key, value in plain.items() if key.startswith(f"{namespace}:")
        }

    def _pulumi(self, *arguments: str) -> str:
        ended = self._run(*arguments)
        if ended.returncode:
            raise RecoveryError(f"`pulumi {' '.join(arguments[:2])}` failed:\n{_output(ended)}")
        return ended.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        line = ["pulumi", *arguments, "--stack", self.name, "--non-interactive"]
        try:
            return subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise RecoveryError("There is no `pulumi` on PATH.") from None


def _output(ended: subprocess.CompletedProcess[str]) -> str:
    return "\n".join(filter(None, (ended.stdout.strip(), ended.stderr.strip())))
