"""The command line: `python -m benchmarks [--quick] [--rounds N] [--pools N ...]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.comparison import ComparisonError, compare
from benchmarks.projects import CHECKOUT
from benchmarks.report import Report
from benchmarks.single_commands import measure_single_commands
from sandbox.engine.engine_error import EngineError

_POOLS: Final = (0, 14, 64)
"""With the 42 resources of prod these make 42, 56 and 106. AKS takes at most 100 pools in a cluster."""

_ROUNDS: Final = 5
_INTERRUPTED: Final = 130
_LOG_WIDTH: Final = 160


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show and write down; *arguments* are the process's by default. A missed aim is no failure."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure previews of prod side by side: by this program, by a flat program that declares "
        "the same resources, and by that program without versioned aliases; and plans, and a preview of the "
        "largest scenario, by themselves.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="one round of prod as it is, to see that it works"
    )
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="how often (default: %(default)s)")
    parser.add_argument(
        "--pools", nargs="*", type=int, default=_POOLS, help="node pools to add (default: 0 14 64)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=CHECKOUT / ".sandbox" / "bench",
        help="directory of the JSON file (default: .sandbox/bench)",
    )
    options = parser.parse_args(arguments)
    if options.quick:
        options.pools, options.rounds = [0], 1
    console = Console()
    if not console.is_terminal:
        console.width = _LOG_WIDTH
    started = datetime.now(UTC)
    comparisons = []
    try:
        with tempfile.TemporaryDirectory(prefix="aks-platform-bench-") as scratch:
            for pools in options.pools:
                console.print(f"prod with {pools} more node pools, {options.rounds} rounds")
                place = Path(scratch) / str(pools)
                comparisons.append(
                    compare(place, pools=pools, rounds=options.rounds, warm_up=not options.quick)
                )
            console.print(f"commands by themselves, {options.rounds} rounds")
            singles = measure_single_commands(Path(scratch), rounds=options.rounds, warm_up=not options.quick)
    except (ComparisonError, EngineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    report = Report(started=started, rounds=options.rounds, comparisons=comparisons, singles=singles)
    report.show(console)
    console.print(f"Written to {report.write(options.output)}", soft_wrap=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
