import pytest

from tests.unit.components import stacks
from tests.unit.components.recording import Recording


@pytest.fixture(scope="session")
def platform() -> Recording:
    """The default stack with a pool of each kind. It is only read, so all tests share one."""
    pools = {"general": stacks.GENERAL, "t4": stacks.T4, "system2": stacks.SYSTEM}
    return stacks.record_platform(nodePools=pools)
