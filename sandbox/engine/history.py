"""What the last update of a stack did, as the engine's own history tells it."""

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
    """One `up`, `refresh` or `destroy`, finished or not.

    Attributes:
        kind: Pulumi's word for it: `update`, `refresh` or `destroy`.
        started: when it began, in whole seconds.
        ended: when it ended, in whole seconds.
        before: the state's resources before it, by URN.
        after: the state's resources after it, by URN.
    """

    kind: str
    started: datetime
    ended: datetime
    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]]


def last_update(root: Path, project_dir: Path, stack: str) -> Update | None:
    """The last update of a stack, or None where there was none, or no project.

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
    # The names hold the time of the update, to the nanosecond.
    updates = sorted(directory.glob("*.history.json"))
    if not updates:
        return None
    about = json.loads(updates[-1].read_text(encoding="utf-8"))
    return Update(
        kind=about["kind"],
        started=datetime.fromtimestamp(about["startTime"], UTC),
        ended=datetime.fromtimestamp(about["endTime"], UTC),
        before=_resources(updates[-2]) if len(updates) > 1 else {},
        after=_resources(updates[-1]),
    )


def _resources(update: Path) -> dict[str, dict[str, Any]]:
    """The resources that the state held after an update, without those whose deletion is still to come."""
    checkpoint = update.with_name(update.name.replace(".history.", ".checkpoint."))
    latest = json.loads(checkpoint.read_text(encoding="utf-8"))["checkpoint"]["latest"] or {}
    return {each["urn"]: each for each in latest.get("resources") or () if not each.get("delete")}
