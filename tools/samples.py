"""The samples in the documentation: what the program itself says."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from components.settings import Settings
from plan.picture import picture
from plan.plan import plan_of
from plan.stack import handed_over, settings_of
from settings.errors import SettingsError
from settings.loader import read

_CHECKOUT: Final = Path(__file__).resolve().parent.parent
_STACK_FILE: Final = _CHECKOUT / "Pulumi.dev.yaml"
_WRONG: Final = """\
  aks-platform:network:
    addressSpace: 10.224.0.0/26
  aks-platform:nodePools:
    web:
      vmSize: Standard_D8ds_v5
      minCount: 5
      maxCount: 3
"""


def _unheard(_: str) -> None:
    """The sample is about what is refused."""


def refusal(project: str) -> str:
    """Markdown: wrong values for dev's stack file, and what the program says to them.

    Raises:
        ValueError: the program takes them.
    """
    config = yaml.safe_load(_STACK_FILE.read_text(encoding="utf-8"))["config"] | yaml.safe_load(_WRONG)
    told = {key: handed_over(value) for key, value in config.items()}
    try:
        read(Settings, told, project=project, stack="dev", warn=_unheard)
    except SettingsError as error:
        return f"```yaml\n{_WRONG}```\n\n```text\n{str(error).strip()}\n```"
    raise ValueError("The program no longer refuses the sample's values: write wrong ones.")


def address_plan(scenario: str, project: str) -> str:
    """SVG: the picture of a scenario's address plan, as `make plan` draws it."""
    file = _CHECKOUT / "scenarios" / f"{scenario}.yaml"
    return picture(plan_of(settings_of(file, scenario, project, _unheard)))
