"""The JSON schema of a stack file, by which editors complete and check it."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from azure_facts.locations import LOCATIONS
from components.ingress import settings as ingress
from components.nodepool import settings as node_pools
from components.settings import Settings
from settings.meanings import meanings, summary
from settings.model import SettingsModel, key_of

PROJECT: Final = "aks-platform"

Schema = dict[str, Any]

_DEFAULT_KINDS: Final = {node_pools.DEFAULT_KIND, ingress.DEFAULT_KIND}


def schema() -> Schema:
    """The schema of the whole file; keys of other namespaces than this project's may hold anything."""
    settings = Settings.model_json_schema(by_alias=True)
    definitions = settings.pop("$defs")
    for model in _models():
        if model is Settings:
            _describe(model, settings)
        elif model.__name__ in definitions:
            _describe(model, definitions[model.__name__])
    location = settings["properties"].pop("location")
    own = {f"{PROJECT}:{key}": value for key, value in settings["properties"].items()}
    required = [f"{PROJECT}:{key}" for key in settings["required"] if key != "location"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"A stack of {PROJECT}",
        "description": "Made from the settings models by python -m settings.reference.",
        "type": "object",
        "properties": {
            "secretsprovider": {"type": "string"},
            "encryptionsalt": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "environment": {"description": "Pulumi ESC environments to import."},
            "config": {
                "type": "object",
                "properties": {
                    "azure-native:location": {**location, "enum": list(LOCATIONS)},
                    "azure-native:subscriptionId": {"type": "string", "description": "Azure subscription."},
                    "azure-native:tenantId": {"type": "string", "description": "Microsoft Entra tenant."},
                    **own,
                },
                "patternProperties": {f"^(?!{PROJECT}:)[a-zA-Z0-9-]+:": {}},
                "additionalProperties": False,
                "required": ["azure-native:location", *required],
            },
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _models(base: type[BaseModel] = SettingsModel) -> Iterator[type[BaseModel]]:
    """Every model there is; those that a stack file is made of stand in the schema's definitions."""
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


def _describe(model: type[BaseModel], part: Schema) -> None:
    """Put into ``part`` what the source says of ``model``, and what its kind asks for."""
    part.pop("title", None)
    part["description"] = summary(model)
    for field, text in meanings(model).items():
        entry = part["properties"][key_of(field)]
        entry.pop("title", None)
        entry["description"] = text
    kind = part["properties"].get("kind")
    if kind is not None and kind["const"] not in _DEFAULT_KINDS:
        part["required"] = [*part.get("required", []), "kind"]
