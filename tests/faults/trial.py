"""The dev stack in a sandbox of its own, which faults strike and remedies heal."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from kubernetes import client

from sandbox.azure.cloud import Cloud
from sandbox.engine.directory import CLOUD_FILE
from tests.engine.platform_project import CHECKOUT, PlatformProject

STACK: Final = "dev"
INGRESS: Final = "nginx-ingress"
PLUGIN: Final = ("nvidia-device-plugin-none", "gpu-resources")
# Nobody is there to look at their previews.
_UPDATES: Final = ("up", "refresh", "destroy")


class NotSurvivedError(Exception):
    """The stack is not whole again, or users were not told what they should be; the text says which."""


class Trial:
    """The dev stack, of which nothing is built yet.

    Attributes:
        root: its sandbox.
        dice: decides when and what a fault strikes.
        seconds: how long an `up` takes that meets no fault.
        cleanup: what is undone at the end.
    """

    def __init__(self, directory: Path, *, ingress: bool, seconds: float = 0.0) -> None:
        self.project = PlatformProject(directory)
        self.root = self.project.engine.root
        self.dice = random.Random()
        self.seconds = seconds
        self.cleanup = contextlib.ExitStack()
        self._ingress = ingress
        if not ingress:
            self.project.edit(STACK, _without_ingress)

    def start(self, command: str) -> subprocess.Popen[str]:
        """Start a command of the sandbox for the stack, such as `A_VARIABLE=true refresh --run-program`.

        It leads a session, so that a fault finds all of its processes.
        """
        words = shlex.split(command)
        variables = dict(word.split("=", 1) for word in words if re.match(r"\w+=", word))
        name, *arguments = [word for word in words if not re.match(r"\w+=", word)]
        if name == "recover":
            name, arguments = "run", [sys.executable, "-m", "recovery", "--stack", STACK, "--yes"]
            variables["PYTHONPATH"] = str(CHECKOUT)
        line = [sys.executable, "-m", "sandbox", "--root", str(self.root)]
        line += ["--project", str(self.project.directory), name]
        if name != "clean":
            line += ["--stack", STACK, "--", *["--skip-preview"] * (name in _UPDATES), *arguments]
        return subprocess.Popen(
            line,
            cwd=CHECKOUT,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, command: str) -> tuple[int, str]:
        """How a command of the sandbox ended, and what it said."""
        with self.start(command) as process:
            said = process.communicate()[0]
        return process.returncode, said

    def heal(self, remedy: Sequence[str], said: str = "") -> None:
        """Run the commands of a remedy; `follow` runs those that the message *said* tells to run.

        Raises:
            NotSurvivedError: one of them fails.
        """
        for command in remedy:
            if command == "follow":
                for line in re.findall(r"^  ((?:cp|rm) .*)$", said, re.MULTILINE):
                    subprocess.run(shlex.split(line), check=True)
                continue
            code, answer = self.run(command)
            if code:
                errors = [line.strip() for line in answer.splitlines() if "error:" in line]
                raise NotSurvivedError(f"`{command}` fails: {errors[-1] if errors else answer[-300:]}")

    def holds(self) -> Counter[str]:
        """How many resources of each type Azure holds, and of each name what a preview does not compare."""
        with Cloud.open(self.root / CLOUD_FILE) as cloud:
            held = Counter(resource.type for resource in cloud.everything())
        if self._ingress:
            core, apps = self.project.core(), self.apps()
            objects = core.list_namespaced_service(INGRESS).items
            objects += apps.list_namespaced_deployment(INGRESS).items
            containers = apps.read_namespaced_daemon_set(*PLUGIN).spec.template.spec.containers
            held.update([each.metadata.name for each in objects] + [each.name for each in containers])
        return held

    def apps(self) -> Any:
        """The cluster's API of workloads."""
        return client.AppsV1Api(self.project.core().api_client)

    def end(self) -> None:
        """Delete everything that was built."""
        self.run("clean")
        self.cleanup.close()


def _without_ingress(settings: dict[str, Any]) -> None:
    settings["ingress"] = {"kind": "none"}
