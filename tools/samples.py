"""The samples in README.md: what the program itself says, between marks."""

from __future__ import annotations

import json
import runpy
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Final

import pulumi
import yaml

from settings.errors import SettingsError

CHECKOUT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = CHECKOUT / "README.md"
BEGIN: Final = "<!-- what a wrong stack file gets: written by `make docs` -->"
END: Final = "<!-- end of what a wrong stack file gets -->"

_PROJECT: Final = "aks-platform"
_WRONG: Final = """\
  aks-platform:network:
    addressSpace: 10.224.0.0/26
  aks-platform:nodePools:
    web:
      vmSize: Standard_D8ds_v5
      minCount: 5
      maxCount: 3
"""


def current(page: str) -> str:
    """The text of the page with the sample as it is now.

    Raises:
        ValueError: the page has lost one of its marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} needs the marks {BEGIN} and {END}, in this order.")
    return f"{before}{BEGIN}\n\n```yaml\n{_WRONG}```\n\n```text\n{_refusal()}\n```\n\n{END}{after}"


def _refusal() -> str:
    """What the program says to the wrong values, in dev's stack file."""
    config = yaml.safe_load((CHECKOUT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))["config"]
    config |= yaml.safe_load(_WRONG)
    pulumi.runtime.configure(pulumi.runtime.Settings(project=_PROJECT, stack="dev"))
    pulumi.runtime.set_all_config(
        {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    )
    # Without a stack file to look into, the program names no lines.
    with tempfile.TemporaryDirectory() as elsewhere, chdir(elsewhere):
        try:
            runpy.run_path(str(CHECKOUT / "__main__.py"), run_name="__main__")
        except SettingsError as error:
            return str(error).strip()
    raise ValueError("The program no longer refuses the sample's stack file: write a wrong one.")
