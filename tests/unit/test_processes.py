"""How the tests are spread over processes."""

import os

import pytest


@pytest.mark.xdist_group("together")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="all tests run in one process")
def test_a_group_of_tests_is_known_to_those_who_hand_them_out(request: pytest.FixtureRequest) -> None:
    # A pytest too new for pytest-xdist silently drops it, and each process recreates the fixtures.
    assert request.node.nodeid.endswith("@together")
