"""How the tests are spread over processes, and how long they may take."""

from __future__ import annotations

import os

import hypothesis

# A busy machine takes longer than hypothesis allows, which says nothing about the code.
hypothesis.settings.register_profile("aks-platform", deadline=None)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=6000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "aks-platform"))


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: tests of the engine and of control planes often wait."""
    return 1 + (os.cpu_count() or 1)
