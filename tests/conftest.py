"""How the tests are spread over processes."""

from __future__ import annotations

import os


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: tests of the engine and of control planes often wait."""
    return 1 + (os.cpu_count() or 1)
