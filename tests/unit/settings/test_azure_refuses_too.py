"""What the rules of networks refuse, Azure refuses too, where somebody gets past the rules.

azure_refuses_too.yaml has the cases of bad_input/networks.yaml by the code of Azure's answer, or by the
reason why Azure takes them. A case whose text never becomes a setting is not there: no request can be made
of it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from components.azure_account import AzureAccount
from components.platform import Platform, PlatformArgs
from components.settings import Settings
from settings import loader
from settings.errors import SettingsError
from tests.unit.components.azure_answers import SUBSCRIPTION, TENANT
from tests.unit.components.recorder import record
from tests.unit.components.simulated_azure import SimulatedAzure
from tests.unit.settings.stack import read, text_of
from tests.unit.settings.test_bad_input import CASES, Case

_KNOWN: Final[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("azure_refuses_too.yaml").read_text(encoding="utf-8")
)
_REFUSED: Final = {title: code for code, titles in _KNOWN["refuses"].items() for title in titles}
_TAKEN: Final = {title for titles in _KNOWN["takes"].values() for title in titles}
_LEAST: Final = """\
aks-platform:monitoring: {enabled: false, controlPlaneLogs: {enabled: false}}
aks-platform:ingress: {kind: none}
"""


def _unchecked(case: Case, directory: Path) -> Settings:
    """The settings of a case without its rules, and without what no network needs."""
    keys = [line.partition(": ")[0] for line in case.config.splitlines()]
    least = [line for line in _LEAST.splitlines() if line.partition(": ")[0] not in keys]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "problems_in", lambda _: iter(()))
        patch.setattr(loader, "slips", lambda *_: iter(()))
        return read(text_of("\n".join([*least, case.config])), directory, warn=lambda _: None)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.title in _REFUSED], ids=lambda case: case.title
)
def test_azure_refuses_what_gets_past_the_rules(case: Case, tmp_path: Path) -> None:
    settings = _unchecked(case, tmp_path)
    account = AzureAccount(subscription_id=SUBSCRIPTION, tenant_id=TENANT)

    def program() -> None:
        Platform("platform-dev", PlatformArgs(settings=settings, account=account))

    with SimulatedAzure(tmp_path) as azure:
        azure.given(_KNOWN["given"])
        record(program, azure=azure)
    answers = [re.search(r'Code="(\w+)"', refusal) for refusal in azure.refused]
    assert _REFUSED[case.title] in {answer and answer[1] for answer in answers}


def test_of_every_case_it_is_known_whether_azure_refuses_it(tmp_path: Path) -> None:
    known: set[str] = set()
    for case in CASES:
        if case.topic == "networks" and case.says:
            with suppress(SettingsError):
                _unchecked(case, tmp_path)
                known.add(case.title)
    assert {*_REFUSED} | _TAKEN == known
    assert {*_REFUSED} & _TAKEN == set()
