"""What Azure knows of a write when it answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.azure.request import Request

CALLER: Final = "00000000-0000-0000-0000-000000000003"
"""Entra object id of the caller."""


@dataclass(frozen=True)
class Write(Request):
    """A write that Azure has accepted and is about to answer.

    Attributes:
        etag: GUID that changes with every write.
        created_at: ISO 8601 time of the resource's creation in UTC; ``changed_at`` that of this write.
    """

    etag: str
    created_at: str
    changed_at: str
