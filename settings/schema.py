"""The JSON schema of settings and of a stack file, by which editors complete and check it."""

from pydantic.json_schema import GenerateJsonSchema

from settings.errors import whole_key
from settings.model import JsonSchema, SettingsModel


class _WithoutTitles(GenerateJsonSchema):
    """A field's title would be its key once more."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic names it
        return False


def settings_schema(model: type[SettingsModel]) -> JsonSchema:
    """The schema of ``model``, its fields by their keys in the stack file."""
    return model.model_json_schema(by_alias=True, schema_generator=_WithoutTitles)


def stack_schema(model: type[SettingsModel], project: str) -> JsonSchema:
    """The schema of a stack file of ``project``; keys of other namespaces may hold anything."""
    settings = settings_schema(model)
    keys = {key: whole_key(key, project) for key in settings["properties"]}
    del keys["pulumi:stack"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"A stack of {project}",
        "description": "Generated from the settings models by make docs.",
        "type": "object",
        "properties": {
            "secretsprovider": {"type": "string"},
            "encryptionsalt": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "environment": {"description": "Pulumi ESC environments to import."},
            "config": {
                "type": "object",
                "properties": {whole: settings["properties"][key] for key, whole in keys.items()},
                "patternProperties": {f"^(?!{project}:)[a-zA-Z0-9-]+:": {}},
                "additionalProperties": False,
                "required": [keys[key] for key in settings["required"] if key in keys],
            },
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": settings["$defs"],
    }
