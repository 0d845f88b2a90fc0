"""Preview every stack and write what Pulumi said as Markdown, for a job summary and a pull request's comment.

    preview_report.py --title "Preview in the sandbox" --to report.md -- make preview STACK={stack}
    preview_report.py --publish report.md

The first form runs the command once for each stack of the checkout and fails if one of them failed. The
second hands the report to GitHub, as the job's summary and the step's output `report`.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

LARGEST_REPORT: Final = 30_000
"""Characters; a comment holds 65 536 and carries two reports."""

_FENCE: Final = "``````"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the two forms and return the process's exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--title", default="Preview")
    parser.add_argument("--to", type=Path, default=Path("report.md"))
    parser.add_argument("--publish", type=Path)
    parser.add_argument("command", nargs="*", help="the command; {stack} stands for the stack's name")
    options = parser.parse_args(arguments)
    if options.publish is not None:
        publish(options.publish)
        return 0
    results = {stack: run(options.command, stack) for stack in stacks(Path())}
    options.to.write_text(report(options.title, results), encoding="utf-8")
    return int(any(exit_code for exit_code, _ in results.values()))


def stacks(checkout: Path) -> list[str]:
    """The stacks that *checkout* has a file for; dev, staging and prod first, in this order."""
    found = {
        path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in checkout.glob("Pulumi.*.yaml")
    }
    first = [stack for stack in ("dev", "staging", "prod") if stack in found]
    return [*first, *sorted(found.difference(first))]


def run(command: Sequence[str], stack: str) -> tuple[int, str]:
    """The exit code and the output of *command* for one stack; the output is shown as it comes."""
    line = [part.replace("{stack}", stack) for part in command]
    said = []
    with subprocess.Popen(
        line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for text in process.stdout or ():
            print(text, end="", flush=True)
            said.append(text)
    return process.returncode, "".join(said)


def report(title: str, results: dict[str, tuple[int, str]]) -> str:
    """The Markdown: a line for each stack, its output folded below it."""
    room = LARGEST_REPORT // max(len(results), 1)
    parts = [f"### {title}"]
    for stack, (exit_code, output) in results.items():
        headline = f"<b>{stack}</b>: {'failed' if exit_code else _counts(output)}"
        opened = " open" if exit_code else ""
        parts.append(
            f"<details{opened}><summary>{headline}</summary>\n\n"
            f"{_FENCE}text\n{_cut(output.strip(), room).replace(_FENCE, '')}\n{_FENCE}\n\n</details>"
        )
    return "\n\n".join(parts) + "\n"


def publish(path: Path) -> None:
    """Append the report, if there is one, to the job's summary, and make it the step's output `report`."""
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as summary:
        summary.write(text)
    # The report quotes what the pull request's author wrote, who must not be able to guess the end mark.
    end = secrets.token_hex(16)
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as output:
        output.write(f"report<<{end}\n{text}{end}\n")


def _counts(output: str) -> str:
    """Pulumi's own summary of a preview, as one line."""
    lines = output.splitlines()
    starts = [number for number, line in enumerate(lines) if line.strip() == "Resources:"]
    if not starts:
        return "no summary of resources"
    counts = []
    for line in lines[starts[-1] + 1 :]:
        if not line.strip():
            break
        counts.append(line.strip())
    changes = [count for count in counts if not count.endswith("unchanged")]
    return ", ".join(changes) if changes else "no changes"


def _cut(text: str, limit: int) -> str:
    """*text* without its middle where it is too long: the start shows what, the end shows how much."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n\n... the middle is cut here; see the job's log ...\n\n{text[-half:]}"


if __name__ == "__main__":
    sys.exit(main())
