"""The parts of a faulty stack file that can be read, so that the rules can check them too."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeVar

from pydantic_core import ErrorDetails

from settings.errors import Mark, Path
from settings.model import SettingsModel, UnreadError, keys_of
from settings.shape import Step, holds_models, is_model, steps, value_at
from settings.spelling import nearest

Model = TypeVar("Model", bound=SettingsModel)


class _Hole:
    """Stands in a map for a member that could not be read."""

    def __getattr__(self, name: str) -> object:
        raise UnreadError(name)


def readable(
    model: type[Model], data: Mapping[str, Any], errors: Sequence[ErrorDetails]
) -> tuple[Model, Mapping[Path, Sequence[int]]]:
    """The settings in ``data`` without what ``errors`` refuse: to ask for that is an UnreadError.

    Lists have those of their items that can be read. Of each such list, the positions of these in ``data``.
    """
    rest, holes = deepcopy(dict(data)), list[Path]()
    left = _without_items(rest, [_path(steps(model, error["loc"])) for error in errors])
    for error in errors:
        way = steps(model, error["loc"])
        if _path(way)[:-1] in left:
            continue
        if error["type"] == "extra_forbidden":
            _take(rest, _path(way))
            way = _meant(way, rest)
        elif error["type"] == "missing":
            way = way[:-1]
        while len(way) > 1 and not _can_be_left_out(way[-1]):
            way = way[:-1]
        holes.append(_path(way))
        _take(rest, holes[-1])
    for key, name in keys_of(model).items():
        field = model.model_fields[name]
        if field.is_required() and key not in rest:
            rest[key] = field.annotation.model_construct() if is_model(field.annotation) else ""
            holes.append((key,))
    settings = model.model_validate(rest, by_alias=True, by_name=False)
    for hole in holes:
        _dig(settings, hole)
    return settings, left


def _without_items(data: dict[str, Any], places: Sequence[Path]) -> Mapping[Path, Sequence[int]]:
    """Take the items at ``places`` out of lists, where others are left: the positions that these had."""
    bad: dict[Path, set[int]] = {}
    for place in places:
        bad.setdefault(place[:-1], set()).update(part for part in place[-1:] if isinstance(part, int))
    left: dict[Path, list[int]] = {}
    for path, positions in bad.items():
        items = value_at(data, path)
        if positions and isinstance(items, list) and len(positions) < len(items):
            left[path] = [position for position in range(len(items)) if position not in positions]
            items[:] = [items[position] for position in left[path]]
    return left


def _meant(way: Sequence[Step], rest: Mapping[str, Any]) -> Sequence[Step]:
    """The way to the key that was probably meant by an unknown one; empty where that is given too."""
    *outer, last = way
    meant = nearest(str(last.part), keys_of(last.owner))
    if meant is None or value_at(rest, (*_path(outer), meant)) is not Mark.MISSING:
        return []
    return [*outer, Step(meant, last.owner, {})]


def _can_be_left_out(step: Step) -> bool:
    if is_model(step.owner):
        return not step.owner.model_fields[keys_of(step.owner)[str(step.part)]].is_required()
    return holds_models(step.owner)


def _path(way: Sequence[Step]) -> Path:
    return tuple(step.part for step in way)


def _take(data: object, path: Path) -> None:
    """Take the value at ``path`` out of ``data``, where it is still there."""
    holder = value_at(data, path[:-1])
    if isinstance(holder, dict) and path:
        holder.pop(path[-1], None)


def _dig(value: object, path: Path) -> None:
    """Make a hole at ``path`` in ``value``, where there is not a larger one already."""
    holder = value_at(value, path[:-1])
    if isinstance(holder, SettingsModel) and path:
        vars(holder).pop(keys_of(type(holder))[str(path[-1])], None)
    elif isinstance(holder, dict):
        holder[path[-1]] = _Hole()
