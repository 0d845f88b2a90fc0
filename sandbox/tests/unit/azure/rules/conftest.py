from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NoReturn

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.tests.unit.azure.rules.world import PLATFORM, put


class _UndoError(Exception):
    """Ends a test's transaction."""


def _undo() -> NoReturn:
    raise _UndoError


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud with a whole platform in it, for all tests."""
    with Cloud.open(tmp_path_factory.mktemp("rules") / "cloud.sqlite") as opened:
        with opened.transaction():
            for resource_id, inputs in PLATFORM.items():
                put(opened, resource_id, inputs)
        yield opened


@pytest.fixture
def cloud(platform: Cloud) -> Iterator[Cloud]:
    """A cloud with a whole platform in it; what a test does to it is undone."""
    with suppress(_UndoError), platform.transaction():
        yield platform
        _undo()
