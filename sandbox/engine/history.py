"""The last update of a stack, from the engine's own history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, kw_only=True)
class Update:
    """One `up` or `destroy`, successful or not.

    Attributes:
        started: when it began, in whole seconds.
        ended: when it ended, in whole seconds.
        before: the state's resources before it, by URN.
        after: the state's resources after it, by URN.
    """

    started: datetime
    ended: datetime
    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]]


def last_update(root: Path, project_dir: Path, stack: str) -> Update | None:
    """The last update of a stack, or None if there is none.

    Args:
        root: the sandbox's directory.
        project_dir: the directory of `Pulumi.yaml`.
        stack: the stack's name.
    """
    project_file = project_dir / "Pulumi.yaml"
    if not project_file.is_file():
        return None
    project = yaml.safe_load(project_file.read_text(encoding="utf-8"))["name"]
    directory = root / "backend" / ".pulumi" / "history" / project / stack
    # The names contain the time of the update, to the nanosecond.
    files = sorted(directory.glob("*.history.json"))
    for at in reversed(range(len(files))):
        about = json.loads(files[at].read_text(encoding="utf-8"))
        if about["kind"] in ("update", "destroy"):
            return Update(
                started=datetime.fromtimestamp(about["startTime"], UTC),
                ended=datetime.fromtimestamp(about["endTime"], UTC),
                before=_resources(files[at - 1]) if at else {},
                after=_resources(files[at]),
            )
    return None


def _resources(file: Path) -> dict[str, dict[str, Any]]:
    """The resources in the state after an update, without those that are pending deletion."""
    checkpoint = file.with_name(file.name.replace(".history.", ".checkpoint."))
    latest = json.loads(checkpoint.read_text(encoding="utf-8"))["checkpoint"]["latest"] or {}
    return {each["urn"]: each for each in latest.get("resources") or () if not each.get("delete")}
