"""The configuration reference, rendered from the settings' JSON schema and rules."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from settings.model import JsonSchema, SettingsModel
from settings.rules import rules_of
from settings.schema import settings_schema

_INTRODUCTION: Final = """\
# Configuration

Generated from the models in `components/*/settings.py` by `make docs`; a test keeps it current.

A stack is one file, `Pulumi.<stack>.yaml`. It says what differs from the defaults below; only
`azure-native:location` and `{project}:access` have none. Every key of this page stands under `config:` with
the project's name before it, so `network.addressSpace` is

```yaml
config:
  {project}:network:
    addressSpace: 10.224.0.0/16
```

Nothing is guessed: an unknown key, a value of another type and a setting without effect are errors. All of
them are reported at once, before anything is created or changed. What Azure accepts but is rarely meant is a
warning, and the stack is built. `null` is allowed only where the default is —, and for
`cluster.kubernetesVersion`.
"""

_HEAD: Final = "| Key | Type | Default | Limits | Meaning |\n|---|---|---|---|---|\n"

_TYPES: Final = {
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "string": "string",
    "cidr": "range",
    "ipv4": "address",
}


def page(model: type[SettingsModel], project: str) -> str:
    """The whole page."""
    schema = settings_schema(model)
    del schema["properties"]["pulumi:stack"]
    rules = "## Rules between settings\n"
    for topic, of_topic in groupby(rules_of(model), key=lambda rule: rule.topic):
        rules += f"\n### {topic.rstrip('.')}\n\n" + "".join(f"- {rule.sentence}\n" for rule in of_topic)
    sections = _Sections(schema["$defs"])
    return "\n".join([_INTRODUCTION.format(project=project), *sections.of("", schema), rules])


class _Sections:
    """The sections of the page: one for each model, one for each of its kinds."""

    def __init__(self, definitions: Mapping[str, JsonSchema]) -> None:
        self._definitions = definitions
        self._places: dict[int, str] = {}
        """Where the models stand that have a section, by identity: others refer to it."""

    def of(self, title: str, schema: JsonSchema, depth: int = 2) -> Iterator[str]:
        """The section of one model, then those of the models in it."""
        yield f"{'#' * depth} {_text(title) or 'The stack'}\n\n{_line(schema)}\n"
        yield from self._properties(title, schema["properties"], schema.get("required", []), depth)

    def _properties(
        self, title: str, properties: Mapping[str, JsonSchema], required: list[str], depth: int
    ) -> Iterator[str]:
        below = {key: models for key, each in properties.items() if (models := self._models(each))}
        rows = [_row(key, each, key in required) for key, each in properties.items() if key not in below]
        if rows:
            yield _HEAD + "".join(rows)
        for key, models in below.items():
            path = f"{title}.{key}".lstrip(".")
            deeper = min(depth + bool(title), 4)
            described = models[0]
            if "additionalProperties" in properties[key]:
                path, described = f"{path}.<name>", properties[key]
            if len(models) == 1 and (place := self._places.setdefault(id(models[0]), path)) != path:
                line = f"{_line(described)} It has the keys of [{_text(place)}](#{_anchor(place)})."
                yield f"{'#' * deeper} {_text(path)}\n\n{line}\n"
            elif len(models) == 1:
                yield from self.of(path, {**models[0], "description": described["description"]}, deeper)
            else:
                yield from self._kinds(path, _line(properties[key]), models, deeper)

    def _kinds(self, title: str, text: str, models: list[JsonSchema], depth: int) -> Iterator[str]:
        """The settings of every kind, then those that each kind adds."""
        every, *others = [dict(model["properties"]) for model in models]
        common = {key: each for key, each in every.items() if all(each == one.get(key) for one in others)}
        default = next(each for each in models if "kind" not in each.get("required", []))
        kind = default["properties"]["kind"]["const"]
        text += f" The key `kind`, by default `{kind}`, decides what else it may say."
        yield f"{'#' * depth} {_text(title)}\n\n{text}\n"
        if common:
            yield f"{'#' * (depth + 1)} Every kind\n"
            yield from self._properties(title, common, models[0].get("required", []), depth + 1)
        for model in models:
            own = {key: each for key, each in model["properties"].items() if key not in {*common, "kind"}}
            yield f"{'#' * (depth + 1)} kind: {model['properties']['kind']['const']}\n\n{_line(model)}\n"
            yield from self._properties(title, own, model.get("required", []), depth + 1)

    def _models(self, schema: JsonSchema) -> list[JsonSchema]:
        """The models of which a value is one; none where it is a plain value."""
        members = schema.get("additionalProperties")
        schema = members if isinstance(members, dict) else schema
        choices = schema.get("oneOf") or schema.get("anyOf") or [schema]
        references = [each["$ref"] for each in choices if "$ref" in each]
        return [self._definitions[reference.rpartition("/")[2]] for reference in references]


def _text(title: str) -> str:
    """A title as Markdown: GitHub would take <name> for HTML and leave it out."""
    return title.replace("<", "&lt;")


def _anchor(title: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _row(key: str, schema: JsonSchema, required: bool) -> str:
    value = schema.get("default")
    default = "required" if required else "—" if value is None else f"`{json.dumps(value)}`"
    limits = "; ".join(dict.fromkeys(_limits(schema))).replace("<", "&lt;")
    cells = (f"`{key}`", _type(schema), default, limits, _line(schema))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _type(schema: JsonSchema) -> str:
    if "anyOf" in schema:
        return _type(schema["anyOf"][0])
    if schema["type"] == "array":
        return f"list of {_type(schema['items'])}s"
    if schema["type"] == "object":
        return f"map of string to {_type(_members(schema)[0])}"
    return _TYPES[schema.get("format", schema["type"])]


def _limits(schema: JsonSchema) -> Iterator[str]:
    """The limits of a value and of its members, in words."""
    if "x-limit" in schema:
        yield schema["x-limit"]
    elif "enum" in schema or "const" in schema:
        yield ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    elif "minimum" in schema:
        yield f"{schema['minimum']} to {schema['maximum']}"
    elif schema.get("format") == "cidr":
        yield "address/prefix without host bits"
    parts = [schema[key] for key in ("propertyNames", "items") if key in schema]
    for part in (*parts, *schema.get("anyOf", []), *_members(schema)):
        yield from _limits(part)


def _members(schema: JsonSchema) -> list[JsonSchema]:
    """What the members of a map may be."""
    members = schema.get("additionalProperties")
    return [members] if isinstance(members, dict) else list(schema.get("patternProperties", {}).values())


def _line(schema: JsonSchema) -> str:
    """The description of a value, on one line; a document at its end becomes a link."""
    text = " ".join(schema.get("description", "").split())
    return re.sub(r"(https://\S+)$", r"[Document](\1)", text)
