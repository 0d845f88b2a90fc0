"""Keeps what users have today, so that no later change breaks it: `python -m tools.upgrade_states RELEASE`.

Builds dev, staging and prod in its own sandbox and writes the state and the stack file of each to
`tests/upgrade/RELEASE/`.
"""

from __future__ import annotations

import argparse
import copy
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sandbox.engine.engine import Engine
from sandbox.engine.engine_error import EngineError

CHECKOUT: Final = Path(__file__).resolve().parent.parent
STATES: Final = CHECKOUT / "tests" / "upgrade"
STACKS: Final = ("dev", "staging", "prod")

_OF_ONE_RUN: Final = ("created", "modified", "sourcePosition", "stackTrace")
"""What an exported resource says of the run that made it. No preview reads it."""


def state_text(exported: Mapping[str, Any]) -> str:
    """The state to keep of what `pulumi stack export` gave, one resource a line."""
    state = copy.deepcopy(dict(exported))
    resources = state["deployment"].pop("resources")
    for resource in resources:
        for key in _OF_ONE_RUN:
            resource.pop(key, None)
    lines = ",\n".join(json.dumps(resource, separators=(",", ":")) for resource in resources)
    state["deployment"]["resources"] = []
    return json.dumps(state).replace('"resources": []', f'"resources": [\n{lines}\n]', 1) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the stacks, write their states, and return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.upgrade_states", description=__doc__)
    parser.add_argument("release", help="the directory below tests/upgrade, such as 0.1.0")
    directory = STATES / parser.parse_args(arguments).release
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="aks-platform-upgrade-") as scratch:
        engine = Engine(Path(scratch) / "sandbox", CHECKOUT)
        try:
            for stack in STACKS:
                if not engine.up(stack, "--skip-preview").succeeded:
                    return 1
                (directory / f"{stack}.json").write_text(state_text(engine.export(stack)), encoding="utf-8")
                shutil.copy(CHECKOUT / f"Pulumi.{stack}.yaml", directory)
        except EngineError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        finally:
            engine.clean()
    return 0


if __name__ == "__main__":
    sys.exit(main())
