"""The set-up's tests need what the tests of its programs need: a server, a cache and a PATH of their own."""

from sandbox.tests.unit.programs.conftest import *  # noqa: F403
