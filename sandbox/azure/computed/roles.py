"""Outputs of role assignments that have to be computed."""

from __future__ import annotations

from typing import Any

from sandbox.azure.computed.write import CALLER
from sandbox.azure.request import Request


def role_assignment(request: Request) -> dict[str, Any]:
    """The principal's type, looked up where it is not given: any principal but the caller is an identity."""
    found = "User" if request.properties.get("principalId") == CALLER else "ServicePrincipal"
    return {"principalType": request.properties.get("principalType") or found}
