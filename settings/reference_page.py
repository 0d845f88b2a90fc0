"""The configuration reference, as Markdown."""

import json
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import groupby
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from azure_facts import vm_sizes
from components.ingress.settings import DEFAULT_KIND as DEFAULT_INGRESS_KIND
from components.ingress.settings import INGRESS_KINDS
from components.nodepool.settings import DEFAULT_KIND, NODE_POOL_KINDS, NodePoolBase
from components.settings import Settings
from settings.checks import RULES
from settings.meanings import marks, meanings, summary
from settings.model import Between, Matching, See, key_of
from settings.stack_schema import PROJECT

_INTRODUCTION: Final = f"""\
# Configuration

Made from the models in `settings/` by `python -m settings.reference`; a test keeps it current.

A stack is one file, `Pulumi.<stack>.yaml`. It says what differs from the defaults below; only
`azure-native:location` and `{PROJECT}:access` have none. Every key of this page stands under `config:` with
the project's name before it, so `network.addressSpace` is

```yaml
config:
  {PROJECT}:network:
    addressSpace: 10.224.0.0/16
```

Nothing is guessed: an unknown key, a value of another type and a setting without effect are errors. All of
them are told at once, before anything is created or changed. `null` stands only where the default is —, and
for `cluster.kubernetesVersion`.
"""

_HEAD: Final = "| Key | Type | Default | Limits | Meaning |\n|---|---|---|---|---|\n"


def page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, _top_level(), *_sections(), _rules()]
    return "\n".join(parts)


def _top_level() -> str:
    plain = [name for name in Settings.model_fields if name != "location" and not _nested(Settings, name)]
    location = "azure-native:location"
    rows = _row(Settings, "location").replace("`location`", f"`{location}`")
    return f"## The stack\n\n{_HEAD}{rows}" + "".join(_row(Settings, name) for name in plain)


def _sections() -> Iterator[str]:
    for name in Settings.model_fields:
        key = key_of(name)
        if name == "node_pools":
            yield from _kinds(
                f"{key}.<name>", NODE_POOL_KINDS, DEFAULT_KIND, meanings(Settings)[name], NodePoolBase
            )
        elif name == "ingress":
            yield from _kinds(key, INGRESS_KINDS, DEFAULT_INGRESS_KIND, meanings(Settings)[name], None)
        elif (model := _nested(Settings, name)) is not None:
            yield from _section(key, model, depth=2)


def _section(title: str, model: type[BaseModel], depth: int) -> Iterator[str]:
    nested = {name: found for name in model.model_fields if (found := _nested(model, name)) is not None}
    yield f"{'#' * depth} {title}\n\n{summary(model)}\n"
    plain = [name for name in model.model_fields if name not in nested]
    if plain:
        yield _HEAD + "".join(_row(model, name) for name in plain)
    for name, found in nested.items():
        yield from _section(f"{title}.{key_of(name)}", found, depth=min(depth + 1, 4))


def _kinds(
    title: str, kinds: dict[str, type[Any]], default: str, text: str, base: type[BaseModel] | None
) -> Iterator[str]:
    yield f"## {title}\n\n{text}\n\nThe key `kind`, by default `{default}`, decides what else it may say.\n"
    common = set() if base is None else set(base.model_fields)
    if base is not None:
        nested = {name: found for name in base.model_fields if (found := _nested(base, name)) is not None}
        yield f"### Every kind\n\n{summary(base)}\n"
        yield _HEAD + "".join(_row(base, name) for name in base.model_fields if name not in nested)
        for name, found in nested.items():
            yield from _section(f"{title}.{key_of(name)}", found, depth=4)
    for kind, model in kinds.items():
        own = [name for name in model.model_fields if name not in common and name != "kind"]
        yield f"### kind: {kind}\n\n{summary(model)}\n"
        if own:
            yield _HEAD + "".join(_row(model, name) for name in own)


def _rules() -> str:
    text = "## Rules between settings\n"
    for topic, rules in groupby(RULES, key=lambda rule: rule.topic):
        text += f"\n### {topic.rstrip('.')}\n\n" + "".join(f"- {rule.sentence}\n" for rule in rules)
    return text


def _row(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    see = next((mark for mark in marks(field) if isinstance(mark, See)), None)
    meaning = meanings(model).get(name, "") + (f" [Document]({see.url})" if see else "")
    cells = (f"`{key_of(name)}`", _type(field.annotation), _default(field), _limits(field), meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "—" if value is None else f"`{json.dumps(value, default=str)}`"


def _limits(field: FieldInfo) -> str:
    found = [mark.limit for mark in marks(field) if isinstance(mark, Matching | Between)]
    literals = _literals(field.annotation)
    if literals:
        found.append(", ".join(f"`{value}`" for value in literals))
    if IPv4Network in _types(field.annotation):
        found.append("address/prefix without host bits")
    if field.annotation is str and "vm_size" in str(field.metadata):
        found.append(vm_sizes.EXPECTED_FORM)
    return "; ".join(dict.fromkeys(found)).replace("<", "&lt;")


def _type(annotation: object) -> str:
    annotation = _bare(annotation)
    origin, arguments = get_origin(annotation), [_bare(argument) for argument in get_args(annotation)]
    if origin is tuple:
        return f"list of {_type(arguments[0])}s"
    if origin is dict:
        return f"map of string to {_type(arguments[1])}"
    if origin is Literal:
        return "string"
    return {
        bool: "true or false",
        int: "whole number",
        float: "number",
        str: "string",
        IPv4Network: "range",
        IPv4Address: "address",
    }[annotation]


def _literals(annotation: object) -> list[str]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for argument in get_args(annotation) for value in _literals(argument)]


def _types(annotation: object) -> set[object]:
    return {annotation} | {found for argument in get_args(annotation) for found in _types(argument)}


def _bare(annotation: object) -> object:
    """``annotation`` without marks and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return _bare(next(member for member in get_args(annotation) if member is not type(None)))
    return annotation


def _nested(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The model that reads the field ``name``, where it is a section of its own."""
    if model is Settings and name in {"node_pools", "ingress"}:
        return NodePoolBase
    found = model.model_fields[name].annotation
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None
