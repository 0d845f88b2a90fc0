"""What is raised where the sandbox cannot run the engine."""

from __future__ import annotations


class EngineError(Exception):
    """The sandbox cannot run the engine; the message says why and what to do."""
