"""What the source says of models and fields beside their types: only the reference and the schema ask."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Annotated, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@cache
def meanings(model: type[BaseModel]) -> dict[str, str]:
    """The docstring under each field of ``model``, its bases' included, as one line."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            found.update(_own(base))
    return {name: text for name, text in found.items() if name in model.model_fields}


def summary(model: type[BaseModel]) -> str:
    """The docstring of ``model``, as one line."""
    return " ".join(inspect.cleandoc(model.__doc__ or "").split())


def marks(field: FieldInfo) -> Iterator[object]:
    """Everything that annotates the type of ``field``, at any depth."""
    yield from field.metadata
    yield from _marks(field.annotation)


def _marks(annotation: object) -> Iterator[object]:
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        yield from arguments[1:]
        arguments = arguments[:1]
    for argument in arguments:
        yield from _marks(argument)


def _own(model: type[BaseModel]) -> dict[str, str]:
    (definition,) = ast.parse(dedent(inspect.getsource(model))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    found = {}
    for field, text in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
        ):
            found[field.target.id] = " ".join(ast.literal_eval(text.value).split())
    return found
