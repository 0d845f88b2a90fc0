"""What rows about the security of node pools call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.rules.subjects import Failures, Subject

_GUEST_STATE_GIB = 1


def no_room_for_the_guest_state(pool: Subject) -> Failures:
    security = pool.asked.get("securityProfile") or {}
    most = pool.known["size"]["local_disk_gib"] - _GUEST_STATE_GIB
    if (security.get("enableSecureBoot") or security.get("enableVTPM")) and pool.asked["osDiskSizeGB"] > most:
        yield {"most": most}
