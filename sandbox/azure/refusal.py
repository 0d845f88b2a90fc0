"""What the simulated Azure answers when it does not do what it was asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 - what Azure does
    """An error answer of Azure Resource Manager.

    Printed as the azure-native provider prints one: ``Status=400 Code="X" Message="..."``.

    Attributes:
        status: HTTP status code, for example 400 or 409.
        code: Azure's error code, for example ``InvalidParameter``; empty where Azure gives none.
        message: Azure's sentence for people.
        retry_after: seconds after which Azure says to try again; None where it says nothing.
    """

    status: int
    code: str
    message: str
    retry_after: float | None = None

    def __str__(self) -> str:
        if not self.code:
            return f'Status={self.status} Message="{self.message}"'
        return f'Status={self.status} Code="{self.code}" Message="{self.message}"'
