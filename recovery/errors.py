"""What is raised where a stack cannot be recovered."""

from __future__ import annotations


class RecoveryError(Exception):
    """The recovery cannot go on; the message says why and what to do."""
