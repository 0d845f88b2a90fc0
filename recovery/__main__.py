"""Recovers a stack of which an update was killed: `python -m recovery --stack prod`.

It reads the stack's state, asks Azure Resource Manager and the cluster what exists, and says what the state
lacks. With `--yes` it adopts that: under its component, with the inputs that were asked for. It deletes
nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from recovery.errors import RecoveryError
from recovery.recovery import Recovery


def main(arguments: Sequence[str] | None = None) -> int:
    """Recover a stack, and return the process's exit code: 1 where a person has to decide or wait."""
    parser = argparse.ArgumentParser(
        prog="python -m recovery", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", required=True, help="the stack")
    parser.add_argument(
        "--subscription",
        default=os.environ.get("ARM_SUBSCRIPTION_ID", ""),
        help="its subscription; by default the one in its state, its config or ARM_SUBSCRIPTION_ID",
    )
    parser.add_argument(
        "--backups",
        type=Path,
        default=Path(".recovery"),
        help="the directory for the state as it was (default: %(default)s)",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--yes", action="store_true", help="adopt what is found")
    how.add_argument("--dry-run", action="store_true", help="change nothing, which is the default")
    options = parser.parse_args(arguments)
    try:
        recovery = Recovery(options.stack, options.subscription, options.backups)
        return 0 if recovery.run(adopt=options.yes) else 1
    except RecoveryError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
