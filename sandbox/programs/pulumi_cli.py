"""The Pulumi CLI: the one on PATH, the official bundle, or one built from pinned Go modules."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from sandbox.programs.binaries import PROGRAMS
from sandbox.programs.program import cache_directory

PROGRAM = PROGRAMS["pulumi"]
"""The CLI that is downloaded or built."""

VERSION = PROGRAM.version
"""The version that is downloaded or built. From PATH, this or a later one is taken; none older was tried."""

URL_VARIABLE = "AKS_PLATFORM_PULUMI_URL"
"""The environment variable with another address that the official bundle lies under, such as a mirror."""


def find_cli() -> Path | None:
    """The Pulumi CLI to run, if there is one: the one on PATH where it is recent enough, else ours."""
    on_path = shutil.which("pulumi")
    if on_path is not None and _is_recent(Path(on_path)):
        return Path(on_path)
    return PROGRAM.path if PROGRAM.path.is_file() else None


def ensure(checkout: Path) -> Path:
    """The Pulumi CLI to run; made where there is none yet.

    Args:
        checkout: the project's directory, which holds the pinned Go modules.

    Raises:
        SetupError: there is none, and it can be neither downloaded nor built.
    """
    official, mirror = PROGRAM.official(), os.environ.get(URL_VARIABLE)
    if official and mirror:
        official = replace(official, url=f"{mirror.rstrip('/')}/{official.url.rpartition('/')[2]}")
    return find_cli() or PROGRAM.ensure(checkout, official)


def _is_recent(cli: Path) -> bool:
    """Whether *cli* is of the oldest version taken or later, and of the same major version."""
    wanted = tuple(map(int, VERSION.split(".")))
    version = _version(cli)
    return version is not None and version[0] == wanted[0] and version >= wanted


def _version(cli: Path) -> tuple[int, ...] | None:
    """The version that *cli* says it is, or None; asked once for each state of the file.

    The answer takes a quarter of a second.
    """
    status = cli.stat()
    key = f"{cli.resolve()} {status.st_mtime_ns} {status.st_size}"
    memory = cache_directory() / "version-on-path.json"
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    if not isinstance(known, dict) or key not in known:
        known = {key: _ask_version(cli)}
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(json.dumps(known), encoding="utf-8")
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", str(known[key]))
    return tuple(map(int, found.groups())) if found else None


def _ask_version(cli: Path) -> str:
    # Its own home keeps this call from touching the user's.
    environment = os.environ | {
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_HOME": str(cache_directory() / "home"),
    }
    try:
        ended = subprocess.run(
            [str(cli), "version"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout.strip()
