"""A stack's config as tests write it: the text of a stack file."""

import json
from pathlib import Path
from textwrap import indent

import yaml

from components.settings import Settings
from settings.loader import Loader
from settings.stack_file import StackFile

PROJECT = "aks-platform"

LEAST = {
    "azure-native:location": "westeurope",
    f"{PROJECT}:access": "{adminGroupObjectIDs: [00000000-0000-0000-0000-000000000000]}",
}
"""The least that a stack must say, key by key."""


def text_of(config: str) -> str:
    """A stack file with what it must say and ``config``, whose keys take the place of those."""
    given = [line.split(": ")[0].rstrip(":") for line in config.splitlines()]
    least = "".join(f"{key}: {value}\n" for key, value in LEAST.items() if key not in given)
    return "config:\n" + indent(least + config, "  ")


def read(text: str, directory: Path, *, stack: str = "dev", secret: set[str] | None = None) -> Settings:
    """The settings of the stack file ``text``, handed over as Pulumi does: each value as text."""
    (directory / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")
    config = {key: handed_over(value) for key, value in yaml.safe_load(text)["config"].items()}
    file = StackFile.of(stack, PROJECT, directory)
    return Loader(config, project=PROJECT, stack=stack, secret=secret or set(), file=file).settings()


def handed_over(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
