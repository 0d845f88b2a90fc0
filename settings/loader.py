"""From Pulumi's config to settings: all problems are reported at once, so no mistake hides another."""

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, TypeVar

import pulumi
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from settings import wording
from settings.bounds import decoded, excess
from settings.credentials import credentials
from settings.errors import Mark, Path, Problem, SettingsError, render, whole_key
from settings.hiding import Secret
from settings.model import SettingsModel, keys_of
from settings.readable import readable
from settings.rules import problems_in
from settings.shape import value_at
from settings.slips import slips
from settings.stack_file import StackFile

Model = TypeVar("Model", bound=SettingsModel)


def load(model: type[Model]) -> Model:
    """The settings of the stack that runs; what is probably not meant becomes a warning of Pulumi's.

    Raises SettingsError, with all that is wrong.
    """
    project, stack = pulumi.get_project(), pulumi.get_stack()
    config = {**pulumi.runtime.config.get_config_env(), **pulumi.runtime.config.CONFIG.get()}
    secret = {key for key in config if pulumi.runtime.config.is_config_secret(key)}
    secret |= set(pulumi.runtime.config.get_config_secret_keys_env())
    file = StackFile.of(stack, project, FilePath.cwd())
    return read(model, config, project=project, stack=stack, secret=secret, file=file)


def read(
    model: type[Model],
    config: Mapping[str, str],
    *,
    project: str,
    stack: str,
    secret: Set[str] = frozenset(),
    file: StackFile | None = None,
    warn: Callable[[str], None] = pulumi.log.warn,
) -> Model:
    """The settings that ``config`` holds, Pulumi's config as text by whole keys.

    Keys of other namespaces count where a field has them for an alias; ``pulumi:stack`` is the stack's name.
    Values of ``secret`` keys are never shown; ``file`` tells on which lines values stand. ``warn`` gets all
    warnings as one text, also where there are errors.

    Raises SettingsError, with all that is wrong.
    """
    values = {whole: decoded(text) for whole, text in config.items()}
    data = _own(model, {**config, "pulumi:stack": stack}, {**values, "pulumi:stack": stack}, project)
    file = file or StackFile(f"Pulumi.{stack}.yaml", project)
    if large := excess(data):
        raise SettingsError([large], source=file.name, project=project)
    settings, errors, lists = _validated(model, data)
    known = {whole_key(key, project) for key in keys_of(model)}
    exposed = list(credentials(values, project=project, secret=secret, settings=known))
    problems = [
        *(wording.problem_of(error, model, file) for error in errors),
        *(_in_file(problem, lists) for problem in problems_in(settings)),
        *slips(values, model, file),
        *exposed,
    ]
    if not problems:
        return settings
    hidden = {*secret, *(str(problem.path[0]) for problem in exposed)}
    secrets = {whole: Secret(values.get(whole, "")) for whole in hidden}
    told = []
    for problem in problems:
        found = _found(problem, data, settings, file)
        found = replace(found, line=found.line or file.line_of(found.path, found.value))
        whole = whole_key(str(found.path[0]), project)
        told.append(secrets[whole].hidden_in(found) if whole in secrets else found)
    told.sort(key=lambda problem: math.inf if problem.line is None else problem.line)
    if warnings := [problem for problem in told if problem.warning]:
        warn(render(warnings, source=file.name, project=project))
    if refused := [problem for problem in told if not problem.warning]:
        raise SettingsError(refused, source=file.name, project=project)
    return settings


def _own(
    model: type[SettingsModel], config: Mapping[str, str], values: Mapping[str, object], project: str
) -> dict[str, Any]:
    """The ``values`` of the keys that settings may have, where they are strings as ``config`` has them."""
    names = keys_of(model)
    data: dict[str, Any] = {}
    for whole, text in config.items():
        key = whole.removeprefix(f"{project}:")
        if key in names or key != whole:
            is_text = key in names and model.model_fields[names[key]].annotation is str
            data[key] = text if is_text else values[whole]
    return data


def _validated(
    model: type[Model], data: Mapping[str, Any]
) -> tuple[Model, list[ErrorDetails], Mapping[Path, Sequence[int]]]:
    """The settings in ``data``, the errors in it, and the lists that lack items because of them."""
    try:
        return model.model_validate(data, by_alias=True, by_name=False), [], {}
    except ValidationError as error:
        errors = [each for each in error.errors(include_url=False) if not _is_echo(each)]
        settings, lists = readable(model, data, errors)
        return settings, errors, lists


def _is_default(path: Path, settings: SettingsModel) -> bool:
    """Whether ``path`` is that of a key of the stack which has its default."""
    name = keys_of(type(settings)).get(str(path[0])) if len(path) == 1 else None
    return name is not None and value_at(settings, path) == type(settings).model_fields[name].default


def _in_file(problem: Problem, lists: Mapping[Path, Sequence[int]]) -> Problem:
    """``problem`` where the stack file has it; the settings lack items of ``lists``, by their positions."""
    for path, positions in lists.items():
        outer, inner = problem.path[: len(path)], problem.path[len(path) :]
        if outer == path and inner:
            return replace(problem, path=(*path, positions[int(inner[0])], *inner[1:]))
    return problem


def _is_echo(error: ErrorDetails) -> bool:
    """Whether an error follows from another one.

    A list counts as too short as well when one of its members is refused, and a default that depends on other
    settings is not made when one of them is.
    """
    too_short = error["type"] == "too_short" and bool(error["input"])
    return too_short or error["type"] == "default_factory_not_called"


def _found(problem: Problem, data: Mapping[str, Any], settings: SettingsModel, file: StackFile) -> Problem:
    """``problem`` with the value that it is about: its own, else the config's, else the default.

    The config has defaults too, those of Pulumi.yaml.
    """
    if problem.value is not Mark.MISSING:
        return problem
    value = value_at(data, problem.path)
    is_left_out = value is Mark.MISSING or (
        _is_default(problem.path, settings) and file.lacks(str(problem.path[0]))
    )
    default = value_at(settings, problem.path) if is_left_out else None
    if default is None or default is Mark.MISSING:
        return replace(problem, value=value)
    return replace(problem, value=default, default=True)
