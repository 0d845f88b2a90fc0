"""The settings in a stack file, read without Pulumi's engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from components.settings import Settings
from plan.errors import PlanError
from settings.loader import read
from settings.stack_file import StackFile

PROJECT_FILE: Final = "Pulumi.yaml"


def settings_of(file: Path, stack: str, project: str, warn: Callable[[str], None]) -> Settings:
    """The settings that the program would have; ``warn`` gets all warnings as one text.

    Raises:
        PlanError: the file cannot be read, or a setting is encrypted.
        SettingsError: the settings cannot be used.
    """
    config = _config(file)
    encrypted = {key for key, value in config.items() if _is_encrypted(value)}
    if own := sorted(key for key in encrypted if key.startswith(f"{project}:")):
        raise PlanError(f"{file.name}: {own[0]} is encrypted, and a plan decrypts nothing.")
    # What is encrypted is the provider's: it says nothing about addresses.
    told = {key: "" if key in encrypted else handed_over(value) for key, value in config.items()}
    return read(
        Settings,
        told,
        project=project,
        stack=stack,
        secret=encrypted,
        file=StackFile(file.name, project, file),
        warn=warn,
    )


def project_in(directory: Path) -> str:
    """The name of the Pulumi project in ``directory``.

    Raises:
        PlanError: there is none.
    """
    return str(_parsed(directory / PROJECT_FILE)["name"])


def handed_over(value: object) -> str:
    """A value of a stack file as Pulumi hands it to a program; a date is the midnight that begins it."""
    return value if isinstance(value, str) else json.dumps(value, default="{}T00:00:00Z".format)


def _config(file: Path) -> Mapping[str, Any]:
    config = _parsed(file).get("config") or {}
    if not isinstance(config, Mapping):
        raise PlanError(f"{file.name}: `config` is no map of keys and values.")
    return config


def _parsed(file: Path) -> Mapping[str, Any]:
    try:
        parsed = next(yaml.safe_load_all(file.read_text(encoding="utf-8-sig")), None) or {}
    except OSError as error:
        raise PlanError(f"{file} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise PlanError(f"{file} is no YAML: {error}") from error
    if not isinstance(parsed, Mapping):
        raise PlanError(f"{file} is no map of keys and values.")
    return parsed


def _is_encrypted(value: object) -> bool:
    """Whether Pulumi has encrypted the value, or something in it."""
    if isinstance(value, Mapping):
        return [*value] == ["secure"] or any(map(_is_encrypted, value.values()))
    return isinstance(value, list) and any(map(_is_encrypted, value))
