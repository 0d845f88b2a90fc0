"""What a Pod says of itself that decides about nodes.

Loads nothing of a client: draining asks it where no control plane runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.clusters.metadata import Object

_ENDED: Final = ("Succeeded", "Failed")


def is_of_daemon_set(pod: Object) -> bool:
    """Whether a DaemonSet owns the pod."""
    owners = (pod.get("metadata") or {}).get("ownerReferences") or []
    return any(owner.get("kind") == "DaemonSet" for owner in owners)


def has_ended(pod: Object) -> bool:
    """Whether a pod's containers will not run again."""
    return (pod.get("status") or {}).get("phase") in _ENDED


def is_unschedulable(pod: Object) -> bool:
    """Whether the scheduler has found no node for the pod."""
    if pod["metadata"].get("deletionTimestamp") or pod["spec"].get("nodeName"):
        return False
    return any(
        one["type"] == "PodScheduled" and one["status"] == "False" and one.get("reason") == "Unschedulable"
        for one in (pod.get("status") or {}).get("conditions") or []
    )
