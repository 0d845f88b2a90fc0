"""Set the checkout up: `python3 -m tools.setup`.

Makes what is missing and says what it does; costs a fraction of a second when all is there.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)


def main() -> int:
    """Set up, and return the process's exit code."""
    # Up to here and through `_use_a_recent_python`, this file is read by Pythons older than the project's.
    if sys.version_info < OLDEST_PYTHON:
        return _use_a_recent_python()

    from sandbox.programs import pulumi_cli  # noqa: PLC0415
    from sandbox.programs.console import SetupError  # noqa: PLC0415
    from tools import virtual_environment  # noqa: PLC0415

    try:
        virtual_environment.ensure(CHECKOUT)
        pulumi_cli.ensure(CHECKOUT)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run it again to go on from here.", file=sys.stderr)
        return 130
    return 0


def _use_a_recent_python() -> int:
    """Run the set-up again with a Python that the project takes."""
    for minor in range(OLDEST_PYTHON[1] + 3, OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, "-m", "tools.setup"])  # noqa: S606
    oldest = ".".join(map(str, OLDEST_PYTHON))
    print(
        f"error: this project needs Python {oldest} or later, and {sys.executable} is "
        f"{sys.version.split()[0]}. "
        f"Install it from python.org or with your package manager, so that `python{oldest}` is on PATH.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
