"""What is said of a state that cannot be read; that the remedy works is seen with the real engine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sandbox.engine import state
from sandbox.engine.engine_error import EngineError

WHOLE = json.dumps({"version": 3, "checkpoint": {"stack": "dev"}})
NAMES = {
    "state": "stacks/web/dev.json",
    "bak": "stacks/web/dev.json.bak",
    "backup": "backups/web/dev/dev.1700000000000000001.json",
    "history": "history/web/dev/dev-1700000000000000002.checkpoint.json",
}


def _backend(directory: Path, **files: str) -> dict[str, Path]:
    """A backend with these files, each a minute older than the next."""
    paths = {}
    for age, (name, text) in enumerate(files.items()):
        path = directory / ".pulumi" / NAMES[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (time := 1_764_000_000 + 60 * age, time))
        paths[name] = path
    return paths


def test_a_whole_state_is_read_and_a_missing_one_is_empty(tmp_path: Path) -> None:
    assert state.read(tmp_path, "dev") == {}
    _backend(tmp_path, state=WHOLE)
    assert state.read(tmp_path, "dev") == {"stack": "dev"}
    assert state.read(tmp_path, "prod") == {}


@pytest.mark.parametrize(
    ("files", "newest"),
    [
        ({"bak": WHOLE}, "bak"),
        ({"bak": WHOLE, "backup": WHOLE, "history": WHOLE}, "history"),
        ({"history": WHOLE, "backup": WHOLE, "bak": WHOLE[:9]}, "backup"),
        ({"bak": "[]", "backup": "", "history": WHOLE}, "history"),
    ],
)
@pytest.mark.parametrize(("damaged", "what"), [("", "is empty"), (WHOLE[:-1], "is not whole")])
def test_a_damaged_state_is_named_with_its_newest_whole_copy(
    tmp_path: Path, damaged: str, what: str, files: dict[str, str], newest: str
) -> None:
    paths = _backend(tmp_path, state=damaged, **files)
    minute = list(files).index(newest) + 1
    with pytest.raises(EngineError) as refused:
        state.read(tmp_path, "dev")
    assert str(refused.value) == (
        f"The state of stack dev cannot be read: {paths['state']} {what}, as after a full disk.\n"
        f"Its newest copy is of 2025-11-24 16:{minute:02}:00 UTC. Free some space, and put it back:\n"
        f"  cp {paths[newest]} {paths['state']}\n"
        "Then `make recover STACK=dev` finds what was made since."
    )


def test_a_damaged_state_without_a_copy_is_begun_again(tmp_path: Path) -> None:
    paths = _backend(tmp_path, state="{", bak="")
    with pytest.raises(EngineError) as refused:
        state.read(tmp_path, "dev")
    assert str(refused.value).splitlines()[1:] == [
        "It has no copy. Free some space, and begin with an empty state:",
        f"  rm {paths['state']}",
        "Then `make recover STACK=dev` finds what was made since.",
    ]


def test_only_remains_of_killed_engines_are_cleared(tmp_path: Path) -> None:
    paths = _backend(tmp_path, state=WHOLE, bak=WHOLE, history=WHOLE)
    for ending in (".attrs", ".18d2f0c1.tmp"):
        paths["state"].with_name(f"dev.json{ending}").touch()
    state.clear_remains(tmp_path)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(paths.values())
