"""A stack's config as tests write it: the text of a stack file, or its keys."""

import json
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from textwrap import indent
from typing import Any

import pulumi
import yaml

from components.settings import Settings
from settings import loader
from settings.stack_file import StackFile

PROJECT = "aks-platform"

LEAST: dict[str, Any] = {
    "azure-native:location": "westeurope",
    f"{PROJECT}:access": {"adminGroupObjectIDs": ["00000000-0000-0000-0000-000000000001"]},
}
"""The least that a stack must say, key by key."""


def text_of(config: str) -> str:
    """A stack file with what it must say and ``config``, whose keys take the place of those."""
    given = [line.split(": ")[0].rstrip(":") for line in config.splitlines()]
    least = "".join(f"{key}: {json.dumps(value)}\n" for key, value in LEAST.items() if key not in given)
    return "config:\n" + indent(least + config, "  ")


def read(
    text: str,
    directory: Path,
    *,
    stack: str = "dev",
    secret: Set[str] = frozenset(),
    warn: Callable[[str], None] = pulumi.log.warn,
) -> Settings:
    """The settings of the stack file ``text``."""
    (directory / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")
    file = StackFile.of(stack, PROJECT, directory)
    config = handed_over(next(yaml.safe_load_all(text))["config"])
    return loader.read(Settings, config, project=PROJECT, stack=stack, secret=secret, file=file, warn=warn)


def settings(**keys: Any) -> Settings:
    """The settings of a stack file that holds these keys and otherwise only what has no default."""
    own = {f"{PROJECT}:{key}": value for key, value in keys.items()}
    return loader.read(Settings, handed_over({**LEAST, **own}), project=PROJECT, stack="dev")


def handed_over(config: Mapping[str, Any]) -> dict[str, str]:
    """``config`` as Pulumi hands it over: as Go prints it, maps sorted, dates as times, null as nothing."""
    return {
        key: value or ""
        if isinstance(value, str | None)
        else json.dumps(value, default="{} 00:00:00 +0000 UTC".format, sort_keys=True)
        for key, value in config.items()
    }
