"""What Nodes and Pods say of themselves."""

from __future__ import annotations

from typing import Final

from sandbox.clusters.metadata import Object

_ENDED: Final = ("Succeeded", "Failed")


def name_of(obj: Object) -> str:
    """The object's name."""
    return obj["metadata"]["name"]


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


def taints_of(node: Object) -> list[Object]:
    """The taints of a Node."""
    return (node.get("spec") or {}).get("taints") or []


def allocatable_of(node: Object) -> dict[str, str]:
    """What a Node leaves to pods."""
    return node["status"].get("allocatable") or {}
