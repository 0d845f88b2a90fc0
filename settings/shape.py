"""The structure of a settings model: which model reads which place of a stack file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from settings.errors import Mark, Path
from settings.model import SettingsModel, keys_of

Kinds = dict[str, type[SettingsModel]]


@dataclass(frozen=True)
class Step:
    """One key or position on the way to a value."""

    part: str | int
    owner: Any
    """The type of what holds it, without marks and None."""
    kinds: Kinds
    """The kinds of which ``owner`` is one, by name; empty where it has none."""


def steps(model: type[SettingsModel], location: Path) -> list[Step]:
    """The way to pydantic's ``location`` in ``model``, without what pydantic adds: kinds and ``[key]``."""
    found: list[Step] = []
    owner: object = model
    kinds = Kinds()
    for part in location:
        if part in kinds_of(owner):
            kinds = kinds_of(owner)
            owner = kinds[part]
        elif not (part == "[key]" and found and get_origin(found[-1].owner) is dict and not is_model(owner)):
            found.append(Step(part, owner, kinds))
            owner, kinds = _member(owner, part), Kinds()
    return found


def members(value: object) -> Mapping[str | int, Any]:
    """The contents of ``value``, by key in the stack file or by position."""
    if isinstance(value, SettingsModel):
        fields = vars(value)
        return {key: fields[name] for key, name in keys_of(type(value)).items() if name in fields}
    return dict(enumerate(value)) if isinstance(value, list) else value if isinstance(value, dict) else {}


def value_at(value: object, path: Path) -> object:
    """What stands at ``path`` below ``value``."""
    for part in path:
        if isinstance(value, list):  # which may be long, and is asked for each of its items
            value = value[part] if isinstance(part, int) and part < len(value) else Mark.MISSING
        else:
            value = members(value).get(part, Mark.MISSING)
    return value


def parts_of(value: object, place: Path = ()) -> Iterator[tuple[Path, SettingsModel]]:
    """Every model in ``value``, with its place."""
    if isinstance(value, SettingsModel):
        yield place, value
    for key, member in members(value).items():
        if isinstance(member, SettingsModel | list | dict):
            yield from parts_of(member, (*place, key))


def is_model(annotation: object) -> TypeGuard[type[SettingsModel]]:
    """Whether ``annotation`` is the class of a settings model."""
    return isinstance(annotation, type) and issubclass(annotation, SettingsModel)


def kinds_of(annotation: object) -> Kinds:
    """The models of a union discriminated by ``kind``, by kind; empty for any other type."""
    members = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else ()
    return {member.model_fields["kind"].default: member for member in members if is_model(member)}


def models_of(annotation: object) -> Iterator[type[SettingsModel]]:
    """Every model that ``annotation`` holds, itself first."""
    if is_model(annotation):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_of(field.annotation)
    else:
        for argument in get_args(annotation):
            yield from models_of(argument)


def holds_models(annotation: object) -> bool:
    """Whether a map of type ``annotation`` has models for members."""
    return get_origin(annotation) is dict and next(models_of(annotation), None) is not None


def _member(owner: object, part: str | int) -> object:
    """The type of the member ``part`` of ``owner``."""
    if is_model(owner):
        names = keys_of(owner)
        return _bare(owner.model_fields[names[part]].annotation) if part in names else None
    arguments = get_args(owner)
    return _bare(arguments[-1] if get_origin(owner) is dict else arguments[0]) if arguments else None


def _bare(annotation: object) -> object:
    """``annotation`` without marks and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    members = [member for member in get_args(annotation) if member is not NoneType]
    if get_origin(annotation) in {Union, UnionType} and len(members) == 1:
        return _bare(members[0])
    return annotation
