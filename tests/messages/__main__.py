"""Preview every stack file of the tests of settings with the real engine, and print what came of it."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.messages.files import FILES, File
from tests.messages.previewed import Previewed
from tests.unit.settings.test_bad_input import CASES, Case
from tests.unit.settings.test_good_input import GOOD

Trial = Case | File


def main(arguments: Sequence[str] | None = None) -> int:
    """Preview the stack files, and return the process's exit code: 0 if all are told as they should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.messages", description=__doc__)
    parser.add_argument("--only", default="", help="try those whose topic and title match this expression")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="previews at a time")
    options = parser.parse_args(arguments)
    chosen = [trial for trial in [*CASES, *GOOD, *FILES] if re.search(options.only, name_of(trial))]
    began = time.monotonic()
    with ThreadPoolExecutor(options.jobs) as pool:
        shares = [chosen[share :: options.jobs] for share in range(options.jobs)]
        wrong = {name: told for share in pool.map(_try_all, shares) for name, told in share.items()}
    minutes = round((time.monotonic() - began) / 60)
    print(table(chosen, {name for name, told in wrong.items() if told}), f"{minutes} min.", sep="\n\n")
    return 1 if any(wrong.values()) else 0


def name_of(trial: Trial) -> str:
    """Topic and title."""
    return f"{topic_of(trial)}: {trial.title}"


def topic_of(trial: Trial) -> str:
    """The row of the table in which a trial counts."""
    if isinstance(trial, File):
        return "not read"
    return trial.topic if trial.says or trial.warns else f"{trial.topic}, unusual"


def table(chosen: Sequence[Trial], wrong: set[str]) -> str:
    """How many were tried of each topic, and how many of them were told as they should be."""
    tried = Counter(map(topic_of, chosen))
    differing = Counter(name.partition(": ")[0] for name in wrong)
    rows = [(topic, count, count - differing[topic], differing[topic]) for topic, count in tried.items()]
    rows.append(("all", tried.total(), tried.total() - differing.total(), differing.total()))
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    return "\n".join(["| Stack files | Tried | As told | Differing |", "|---|---|---|---|", *lines])


def _try_all(share: Sequence[Trial]) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory(prefix="messages-") as directory:
        previewed = Previewed(Path(directory))
        wrong: dict[str, list[str]] = {}
        for trial in share:
            name = name_of(trial)
            wrong[name] = previewed.file(trial) if isinstance(trial, File) else previewed.case(trial)
            for difference in wrong[name]:
                print(f"{name}\n{difference}\n", file=sys.stderr)
        return wrong


if __name__ == "__main__":
    sys.exit(main())
