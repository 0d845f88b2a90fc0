"""The last update of a stack, and what a full disk leaves of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.engine.history import last_update


def _updated(root: Path, number: int, kind: str, *names: str) -> Path:
    """An update of the stack `dev` that left resources of these names; the file of its state."""
    about = root / "backend" / ".pulumi" / "history" / "web" / "dev" / f"dev-{number}.history.json"
    about.parent.mkdir(parents=True, exist_ok=True)
    about.write_text(json.dumps({"kind": kind, "startTime": number, "endTime": number + 1}))
    state = about.with_name(f"dev-{number}.checkpoint.json")
    state.write_text(json.dumps({"checkpoint": {"latest": {"resources": [{"urn": name} for name in names]}}}))
    return state


def test_the_last_update_is_told_with_the_state_before_it(tmp_path: Path) -> None:
    assert last_update(tmp_path, "dev") is None
    _updated(tmp_path, 1, "update", "a")
    _updated(tmp_path, 2, "update", "a", "b")
    _updated(tmp_path, 3, "refresh", "b")
    update = last_update(tmp_path, "dev")
    assert update is not None
    assert (update.started.timestamp(), set(update.before), set(update.after)) == (2, {"a"}, {"a", "b"})


@pytest.mark.parametrize("left", [None, "", '{"checkpoint'])
def test_an_update_whose_state_is_not_whole_counts_as_none(tmp_path: Path, left: str | None) -> None:
    _updated(tmp_path, 1, "update", "a")
    cut_off = _updated(tmp_path, 2, "update", "a", "b")
    _updated(tmp_path, 3, "update", "b")
    cut_off.unlink() if left is None else cut_off.write_text(left)
    update = last_update(tmp_path, "dev")
    assert update is not None
    assert (set(update.before), set(update.after)) == ({"a"}, {"b"})
