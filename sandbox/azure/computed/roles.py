"""Outputs of role assignments that have to be computed."""

from __future__ import annotations

from typing import Any

from sandbox.azure.computed.request import CALLER, Answer


def role_assignment(request: Answer) -> dict[str, Any]:
    """The principal's type, looked up where it is not given: whoever is not the caller is an identity."""
    found = "User" if request.inputs.get("principalId") == CALLER else "ServicePrincipal"
    return {"principalType": request.inputs.get("principalType") or found}
