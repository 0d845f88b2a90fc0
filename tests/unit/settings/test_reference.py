"""The reference and the schema are what the models say."""

from components.settings import Settings
from settings import reference
from settings.rules import rules_of
from settings.schema import settings_schema
from settings.shape import models_of
from tests.unit.settings.stack import PROJECT

PAGE = reference.page(Settings, PROJECT)


def test_every_model_and_setting_has_a_meaning() -> None:
    models = set(models_of(Settings))
    meanings = {
        (model, name): each.description for model in models for name, each in model.model_fields.items()
    }

    assert [place for place, text in meanings.items() if not (text or "").endswith((".", ")"))] == []
    assert [model for model in models if not (model.__doc__ or "").rstrip().endswith(".")] == []


def test_documents_are_addresses() -> None:
    properties = [
        each for model in settings_schema(Settings)["$defs"].values() for each in model["properties"].values()
    ]
    pages = {each["x-document"] for each in properties if "x-document" in each}

    assert [page for page in pages if not page.startswith("https://")] == []
    assert len(pages) > 30


def test_the_reference_tells_every_rule() -> None:
    assert [rule.sentence for rule in rules_of(Settings) if f"- {rule.sentence}\n" not in PAGE] == []
    assert [rule.sentence for rule in rules_of(Settings) if not rule.sentence.endswith(".")] == []


def test_the_reference_tells_key_type_default_limits_meaning_and_document() -> None:
    assert (
        "| `maxPods` | whole number | `250` | 10 to 250 | Most pods on a node. "
        "[Document](https://learn.microsoft.com/azure/aks/"
        "concepts-network-ip-address-planning#maximum-pods-per-node) |\n"
    ) in PAGE
    assert '| `sku` | string | `"Standard"` | `Basic`, `Standard`, `Premium` | Tier of the registry. ' in PAGE
    assert "| `peerAddressSpaces` | list of ranges | `[]` | address/prefix without host bits | " in PAGE
    assert "| `location` | string | — |  | Location of the workspace, " in PAGE
    assert "| `tags` | map of string to string | `{}` |  | Azure tags of every resource. " in PAGE
