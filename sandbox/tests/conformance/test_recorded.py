"""The sandbox answers what Azure was recorded to answer, but for the deviations that are written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.azure.resource_manager import ResourceManager
from sandbox.azure.resource_types import of_arm_type
from sandbox.tests.conformance.deviations import deviations
from sandbox.tests.conformance.exchanges import SUBSCRIPTION_ID, TENANT_ID, Exchange, exchanges

GROUP = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[ResourceManager]:
    with Cloud.open(tmp_path / "cloud.sqlite") as cloud:
        manager = ResourceManager(cloud, SUBSCRIPTION_ID, TENANT_ID, retries=False)
        manager.put(of_arm_type("Microsoft.Resources/resourceGroups"), GROUP, {"location": "westus3"})
        yield manager


@pytest.mark.parametrize("exchange", exchanges().values(), ids=exchanges())
def test_the_sandbox_answers_as_azure_did(manager: ResourceManager, exchange: Exchange) -> None:
    expected = {path for row in deviations().values() for path in row["exchanges"].get(exchange.name, ())}
    assert exchange.replayed(manager) == expected


def test_every_deviation_is_of_an_exchange_and_says_why() -> None:
    for row in deviations().values():
        assert set(row) == {"azure", "sandbox", "reason", "exchanges"}
        assert set(row["exchanges"]) <= set(exchanges())


def test_every_exchange_names_its_recording_and_says_what_it_shows() -> None:
    for exchange in exchanges().values():
        assert set(exchange.source) == {"repository", "path", "recorded"}
        assert re.fullmatch(r"[A-Z0-9][^\n]*[^.]\.", exchange.content["sentence"])
        assert re.fullmatch(r"20[012]( asynchronous)?|4\d\d", str(exchange.content["status"]))
