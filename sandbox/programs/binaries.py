"""The programs of `programs.toml`, each of one pinned version; made when they are first needed.

Official downloads are taken where their checksum is pinned, and Pulumi's Kubernetes provider, of which no
checksum is published. What cannot be downloaded is built from its Go modules.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sandbox.programs.program import Program

_FILE: Final = Path(__file__).with_name("programs.toml")
_CHECKOUT: Final = Path(__file__).resolve().parents[2]


def _read() -> Iterator[Program]:
    for modules, release in tomllib.loads(_FILE.read_text(encoding="utf-8")).items():
        for command, own in release.pop("commands").items():
            major, minor, _ = release["version"].split(".")
            names = {"version": release["version"], "major": major, "minor": minor, "command": command}
            row: dict[str, Any] = {"title": command, **release, **own}
            for name in ("package", "remedy"):
                row[name] = row[name].format(**names)
            row["symbols"] = {name: text.format(**names) for name, text in row.get("symbols", {}).items()}
            yield Program(command=command, modules=modules, **row)


PROGRAMS: Final[Mapping[str, Program]] = {program.command: program for program in _read()}
"""The programs by the name of their command."""

KUBERNETES_VERSION: Final = PROGRAMS["kube-apiserver"].version
"""The version of Kubernetes' own programs, all control planes alike."""

KUBERNETES_PROVIDER: Final = "pulumi-resource-kubernetes"
"""Pulumi's Kubernetes provider, of the version of its Python SDK."""

SERVERS: Final = ("etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager", "kwok")
"""What runs in every control plane."""


def ensure(command: str) -> Path:
    """The file to run for *command*, one of `PROGRAMS`; downloaded or built where there is none yet.

    Raises:
        sandbox.programs.console.SetupError: it can be neither downloaded nor built.
    """
    program = PROGRAMS[command]
    return program.ensure(_CHECKOUT, program.official())


def ensure_servers() -> None:
    """Make what every control plane runs, where it is missing.

    Raises:
        sandbox.programs.console.SetupError: one can be neither downloaded nor built.
    """
    for command in SERVERS:
        ensure(command)
