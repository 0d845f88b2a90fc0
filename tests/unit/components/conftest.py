import pytest

from tests.unit.components import stacks
from tests.unit.components.recording import Recording


@pytest.fixture(scope="session")
def platform() -> Recording:
    """The default stack with a pool of each kind. It is only read, so all tests share one."""
    return stacks.record_platform(nodePools=stacks.EVERY_KIND)
