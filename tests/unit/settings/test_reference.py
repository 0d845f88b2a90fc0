"""The reference and the schema are what the models say."""

from components.settings import Settings
from settings import reference
from settings.rules import rules_of
from settings.shape import models_of
from tests.unit.settings.stack import PROJECT

PAGE = reference.page(Settings, PROJECT)


def test_every_model_and_setting_has_a_meaning() -> None:
    models = set(models_of(Settings))
    settings = [(model, name) for model in models for name in model.model_fields]

    assert [model for model in models if not model.__doc__] == []
    assert [place for place in settings if not place[0].model_fields[place[1]].description] == []


def test_the_reference_tells_every_rule() -> None:
    assert [rule.sentence for rule in rules_of(Settings) if f"- {rule.sentence}\n" not in PAGE] == []
    assert [rule.sentence for rule in rules_of(Settings) if not rule.sentence.endswith(".")] == []


def test_the_reference_tells_key_type_default_limits_meaning_and_document() -> None:
    assert ("| `zone` | string | — | `1`, `2`, `3` | The one availability zone of the gateway; ") in PAGE
    assert '| `sku` | string | `"Standard"` | `Basic`, `Standard`, `Premium` | Tier of the registry. ' in PAGE
    assert "| `peerAddressSpaces` | list of ranges | `[]` | address/prefix without host bits | " in PAGE
    assert "| `location` | string | — |  | Location of the workspace; " in PAGE
    assert "| `tags` | map of string to string | `{}` |  | Azure tags of every resource. " in PAGE
