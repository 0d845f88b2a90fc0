"""Try the faults of docs/reliability.md on stacks in the sandbox, and print the table of that page."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markdown import Markdown

from tests.faults import injections
from tests.faults.fault import Fault, Outcome, Skipped, faults
from tests.faults.trial import NotSurvivedError, Trial

_HEADER: Final = (
    "| Fault | What you see | What you run | Survived | Lost | Doubled |\n|---|---|---|---|---|---|"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the faults, and return the process's exit code: 0 if all tries are survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="try a sample of the faults, each once")
    parser.add_argument("--only", default="", help="try the faults whose names match this regular expression")
    parser.add_argument("--seed", default="1", help="another one strikes at other moments (default: 1)")
    options = parser.parse_args(arguments)
    chosen = [
        fault for fault in faults() if re.search(options.only, fault.noun) and fault.tries[options.quick]
    ]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as directory, ThreadPoolExecutor() as pool:
        run = Run(directory=Path(directory), seed=options.seed, is_quick=options.quick)
        stacks = [[fault for fault in chosen if fault.stack == stack] for stack in ("new", "built")]
        outcomes = {noun: outcome for half in pool.map(run.try_all, stacks) for noun, outcome in half.items()}
    table = "\n".join([_HEADER, *(row(fault, outcomes[fault.noun]) for fault in chosen)])
    Console().print(Markdown(table))
    failures = [f"{noun}: {failure}" for noun, outcome in outcomes.items() for failure in outcome.failures]
    minutes = round((time.monotonic() - began) / 60)
    print(f"\n{table}\n", f"Seed {options.seed}, {minutes} min.", *failures, sep="\n")
    return 1 if failures else 0


def row(fault: Fault, outcome: Outcome) -> str:
    commands = ["what the message says" if each == "follow" else f"`{each}`" for each in fault.remedy]
    remedy = ", ".join(commands) or "nothing"
    figures = [f"skipped: {outcome.skipped}", "", ""]
    if not outcome.skipped:
        survived = f"{outcome.tried - len(outcome.failures)} of {outcome.tried}"
        figures = [survived, str(outcome.lost), str(outcome.doubled)]
    return f"| {' | '.join((fault.noun, fault.told, remedy, *figures))} |"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of all faults.

    Attributes:
        directory: where the stacks are.
        seed: decides when and what the faults strike.
        is_quick: whether it tries a sample only.
    """

    directory: Path
    seed: str
    is_quick: bool

    def try_all(self, chosen: list[Fault]) -> dict[str, Outcome]:
        """Try faults of one kind of stack one after another: what came of each, by its noun."""
        outcomes = {fault.noun: Outcome() for fault in chosen}
        if not chosen:
            return outcomes
        is_built = chosen[0].stack == "built"
        built = self._built(ingress=is_built)
        whole = built.holds()
        for fault in chosen:
            outcome = outcomes[fault.noun]
            for number in range(fault.tries[self.is_quick]):
                trial = built if is_built else self._trial(ingress=False, seconds=built.seconds)
                trial.dice.seed(f"{self.seed} {fault.noun} {number}")
                before = len(outcome.failures)
                try:
                    _try(fault, trial)
                    outcome.note(trial.holds(), whole)
                except Skipped as skipped:
                    outcome.skipped = str(skipped)
                except NotSurvivedError as error:
                    outcome.failures.append(str(error))
                outcome.tried += 1
                if trial is not built:
                    trial.end()
                elif outcome.skipped or len(outcome.failures) > before:
                    built.end()
                    built = self._built(ingress=True)
                if outcome.skipped:
                    break
                print(
                    f"{fault.noun} {number + 1}: {outcome.failures[before:] or 'survived'}", file=sys.stderr
                )
        built.end()
        return outcomes

    def _built(self, *, ingress: bool) -> Trial:
        trial = self._trial(ingress=ingress)
        began = time.monotonic()
        trial.heal(["up"])
        trial.seconds = time.monotonic() - began
        return trial

    def _trial(self, *, ingress: bool, seconds: float = 0.0) -> Trial:
        return Trial(Path(tempfile.mkdtemp(dir=self.directory)), ingress=ingress, seconds=seconds)


def _try(fault: Fault, trial: Trial) -> None:
    """Let a fault strike, see what the user is told, run the remedy, and see that nothing is left to do.

    Raises:
        NotSurvivedError: the user is told something else, or the remedy does not build what it should.
    """
    said = getattr(injections, fault.injection)(trial, **fault.arguments)
    if fault.command:
        said = trial.run(fault.command)[1]
    if not re.search(fault.says, said, re.DOTALL):
        raise NotSurvivedError(f"it says {said[-500:]!r}")
    trial.heal([*fault.remedy, "preview --expect-no-changes"], said)


if __name__ == "__main__":
    sys.exit(main())
