"""Plans a stack's addresses: `python -m plan --stack prod`.

It prints who has which addresses, how full each range gets when all pools are at their largest and are being
upgraded, how many more nodes fit, and what is free; and it draws that. It reads the stack file and nothing
else: neither Pulumi nor Azure is asked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from plan.errors import PlanError
from plan.picture import picture
from plan.plan import plan_of
from plan.stack import project_in, settings_of
from plan.table import tables
from settings.errors import SettingsError

_LOG_WIDTH: Final = 160


def main(arguments: Sequence[str] | None = None) -> int:
    """Print and draw the plan, and return the process's exit code: 1 where the settings are refused."""
    parser = argparse.ArgumentParser(
        prog="python -m plan", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", required=True, help="the stack")
    parser.add_argument(
        "--file", type=Path, help="its stack file, such as one in scenarios/ (default: Pulumi.<stack>.yaml)"
    )
    parser.add_argument("--picture", type=Path, help="the file for the picture (default: .plan/<stack>.svg)")
    options = parser.parse_args(arguments)
    file = options.file or Path(f"Pulumi.{options.stack}.yaml")
    drawn = options.picture or Path(".plan", f"{options.stack}.svg")
    try:
        settings = settings_of(file, options.stack, project_in(Path.cwd()), _warn)
    except (PlanError, SettingsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    plan = plan_of(settings)
    console = Console()
    if not console.is_terminal:
        console.width = _LOG_WIDTH
    console.print(tables(plan))
    drawn.parent.mkdir(parents=True, exist_ok=True)
    drawn.write_text(picture(plan), encoding="utf-8")
    console.print(f"Drawn in {drawn}", soft_wrap=True)
    return 0


def _warn(text: str) -> None:
    print(f"warning: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
