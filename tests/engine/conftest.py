"""The tests ignore charts that were pulled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.clusters.charts.archives import DIRECTORY_VARIABLE


@pytest.fixture(scope="session", autouse=True)
def no_charts_pulled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DIRECTORY_VARIABLE, str(tmp_path_factory.mktemp("charts")))
        yield
