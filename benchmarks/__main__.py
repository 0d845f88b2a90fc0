"""The command line: `python -m benchmarks [--quick] [--rounds N] [--stacks ...] [--sizes ...]`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.comparison import Comparison, ComparisonError, compare
from benchmarks.projects import CHECKOUT, STACKS, case
from benchmarks.recording import RecordingError
from benchmarks.report import report
from sandbox.engine.engine_error import EngineError

_SIZES: Final = (50, 100, 200)
_GROWN_STACK: Final = "prod"
_ROUNDS: Final = 5
_INTERRUPTED: Final = 130
_LOG_WIDTH: Final = 140
_UNIT_SUITE: Final = "tests/unit/components"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show and write down; *arguments* are the process's by default. A missed aim is no failure."""
    options = _parser().parse_args(arguments)
    if options.quick:
        options.stacks, options.sizes, options.rounds = ["dev"], [], 1
    console = Console()
    if not console.is_terminal:
        console.width = _LOG_WIDTH
    started = datetime.now(UTC)
    try:
        comparisons = _comparisons(options, console)
        unit_suite_seconds = None if options.quick else _unit_suite_seconds(console)
    except (ComparisonError, EngineError, RecordingError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    made = report(comparisons, started=started, rounds=options.rounds, unit_suite_seconds=unit_suite_seconds)
    made.show(console)
    console.print(f"Written to {made.write(options.output)}", soft_wrap=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure previews side by side: of this program, of a flat program that declares the "
        "same resources, and of that program without versioned aliases.",
    )
    parser.add_argument("--quick", action="store_true", help="one round of dev, to see that it works")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="how often (default: %(default)s)")
    parser.add_argument(
        "--stacks", nargs="*", choices=STACKS, default=list(STACKS), help="stacks as they are (default: all)"
    )
    parser.add_argument(
        "--sizes",
        nargs="*",
        type=int,
        default=list(_SIZES),
        help=f"resources to grow {_GROWN_STACK} to (default: 50 100 200)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=CHECKOUT / ".sandbox" / "bench",
        help="directory of the JSON file (default: .sandbox/bench)",
    )
    return parser


def _comparisons(options: argparse.Namespace, console: Console) -> list[Comparison]:
    wanted = [(stack, None) for stack in options.stacks] + [(_GROWN_STACK, size) for size in options.sizes]
    done: list[Comparison] = []
    with tempfile.TemporaryDirectory(prefix="aks-platform-bench-") as directory:
        for number, (stack, size) in enumerate(wanted):
            place = Path(directory) / str(number)
            prepared = case(place, stack, resources=size)
            console.print(f"{prepared.name}: {prepared.resources} resources, {options.rounds} rounds")
            done.append(compare(prepared, place, rounds=options.rounds, warm_up=not options.quick))
    return done


def _unit_suite_seconds(console: Console) -> float | None:
    """Wall time of the mocked unit tests; None where they fail, for then it says nothing."""
    console.print(f"{_UNIT_SUITE}, once")
    start = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", _UNIT_SUITE],
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - start if ended.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
