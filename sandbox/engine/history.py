"""The last update of a stack, from the engine's own history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


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


def last_update(root: Path, stack: str) -> Update | None:
    """The last update of a stack in the sandbox at *root*, or None if there is none.

    One whose files a full disk has cut off counts as none.
    """
    # The names contain the time of the update, to the nanosecond.
    found = (root / "backend" / ".pulumi" / "history").glob(f"*/{stack}/*.history.json")
    whole = (each for each in sorted(found, key=lambda file: file.name, reverse=True) if _state(each))
    for file in whole:
        about = _parsed(file)
        if about and about["kind"] in ("update", "destroy"):
            before = next(whole, None)
            return Update(
                started=datetime.fromtimestamp(about["startTime"], UTC),
                ended=datetime.fromtimestamp(about["endTime"], UTC),
                before=_resources(before) if before else {},
                after=_resources(file),
            )
    return None


def _resources(file: Path) -> dict[str, dict[str, Any]]:
    """The resources in the state after an update, without those that are pending deletion."""
    latest = _state(file)["checkpoint"]["latest"] or {}
    return {each["urn"]: each for each in latest.get("resources") or () if not each.get("delete")}


def _state(file: Path) -> dict[str, Any]:
    """The state after an update; empty where it cannot be read."""
    return _parsed(file.with_name(file.name.replace(".history.", ".checkpoint.")))


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
