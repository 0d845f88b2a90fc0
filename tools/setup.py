"""Set the checkout up: `python3 -m tools.setup`.

Makes what is missing and says what it does; costs a fraction of a second when all is there.
"""

# Pythons as old as 2.7 read this file, to say which one the project needs: no annotations, no f-strings.
from __future__ import print_function

import os
import sys

OLDEST_PYTHON = (3, 11)


def main():
    """Set up, and return the process's exit code."""
    if sys.version_info < OLDEST_PYTHON:
        return _use_a_recent_python()

    from pathlib import Path  # noqa: PLC0415

    from sandbox.programs import pulumi_cli  # noqa: PLC0415
    from sandbox.programs.console import SetupError  # noqa: PLC0415
    from tools import virtual_environment  # noqa: PLC0415

    checkout = Path(__file__).resolve().parent.parent
    try:
        virtual_environment.ensure(checkout)
        pulumi_cli.ensure(checkout)
    except (SetupError, OSError) as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run it again to go on from here.", file=sys.stderr)
        return 130
    return 0


def _use_a_recent_python():
    """Run the set-up again with a Python that the project takes."""
    for minor in range(OLDEST_PYTHON[1] + 3, OLDEST_PYTHON[1] - 1, -1):
        name = "python3.{}".format(minor)
        try:
            os.execvp(name, [name, "-m", "tools.setup"])  # noqa: S606
        except OSError:  # It is not on PATH.
            continue
    told = (
        "error: this project needs Python {} or later, and {} is {}. Install it from python.org or with your "
    )
    told += "package manager, so that `python{}` is on PATH."
    oldest = ".".join(map(str, OLDEST_PYTHON))
    print(told.format(oldest, sys.executable, sys.version.split()[0], oldest), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
