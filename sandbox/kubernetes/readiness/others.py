"""When quotas and generated secrets are ready."""

from __future__ import annotations

from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.kinds import Object


def quota(live: Object, _backend: Backend) -> list[str]:
    """Why a ResourceQuota is not in force."""
    hard = live["spec"].get("hard") or {}
    return (
        []
        if ((live.get("status") or {}).get("hard") or {}) == hard
        else ["Quotas don't match after creation"]
    )


def secret(live: Object, _backend: Backend) -> list[str]:
    """Why a service account's token is not there; any other Secret is as it was made."""
    generated = live.get("type") == "kubernetes.io/service-account-token"
    return ["Secret has no data yet"] if generated and not live.get("data") else []
