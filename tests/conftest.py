"""How the tests are spread over processes."""

from __future__ import annotations

import os


def pytest_xdist_auto_num_workers() -> int:
    """Two processes for each processor: tests of the engine and of control planes mostly wait."""
    return 2 * (os.cpu_count() or 1)
