"""The reference and the schema are what the models say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from settings.checks import RULES
from settings.meanings import marks, meanings, summary
from settings.model import See, SettingsModel
from settings.reference import CHECKOUT, files


def _models(base: type[BaseModel] = SettingsModel) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


MODELS = sorted(set(_models()), key=lambda model: model.__name__)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_a_made_file_is_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == files()[path], "run: python -m settings.reference"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_and_setting_has_a_meaning(model: type[BaseModel]) -> None:
    without = [name for name in model.model_fields if not meanings(model).get(name, "").endswith((".", ")"))]

    assert without == []
    assert summary(model).endswith(".")


def test_documents_are_addresses() -> None:
    pages = {
        mark.url
        for model in MODELS
        for field in model.model_fields.values()
        for mark in marks(field)
        if isinstance(mark, See)
    }

    assert [page for page in pages if not page.startswith("https://")] == []
    assert len(pages) > 30


def test_the_reference_tells_every_rule() -> None:
    page = files()[CHECKOUT / "docs" / "configuration.md"]

    assert [rule.sentence for rule in RULES if f"- {rule.sentence}\n" not in page] == []
    assert [rule.sentence for rule in RULES if not rule.sentence.endswith(".")] == []


def test_the_reference_tells_key_type_default_limits_meaning_and_document() -> None:
    page = files()[CHECKOUT / "docs" / "configuration.md"]

    assert (
        "| `maxPods` | whole number | `250` | 10 to 250 | Most pods on a node. "
        "[Document](https://learn.microsoft.com/azure/aks/"
        "concepts-network-ip-address-planning#maximum-pods-per-node) |\n"
    ) in page
    assert '| `sku` | string | `"Standard"` | `Basic`, `Standard`, `Premium` | Tier of the registry. ' in page
