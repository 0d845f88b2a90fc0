"""Objects of Kubernetes, and what Services, Nodes, Pods and the others say of themselves."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
"""An object of Kubernetes, or a part of one, as JSON has it."""


def name_of(obj: Object) -> str:
    """The object's name."""
    return obj["metadata"]["name"]


def annotations_of(obj: Object) -> Object:
    """The object's annotations; empty where it has none."""
    return (obj.get("metadata") or {}).get("annotations") or {}


def labels_of(obj: Object) -> Object:
    """The object's labels; empty where it has none."""
    return (obj.get("metadata") or {}).get("labels") or {}


def place_of(obj: Object) -> tuple[str, str]:
    """Namespace and name of the object; either is empty where it has none."""
    metadata = obj.get("metadata") or {}
    return str(metadata.get("namespace") or ""), str(metadata.get("name") or "")


def path_of(obj: Object, collection: str) -> str:
    """Where the API server has an object with a namespace, of a *collection* such as `/api/v1/pods`."""
    group, _, plural = collection.rpartition("/")
    namespace, name = place_of(obj)
    return f"{group}/namespaces/{namespace}/{plural}/{name}"


def addresses_of(obj: Object) -> list[str]:
    """The addresses that a load balancer serves a Service or an Ingress at."""
    entries = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return [entry["ip"] for entry in entries if "ip" in entry]


def is_of_daemon_set(pod: Object) -> bool:
    """Whether a DaemonSet owns the pod."""
    owners = (pod.get("metadata") or {}).get("ownerReferences") or []
    return any(owner.get("kind") == "DaemonSet" for owner in owners)


def has_ended(pod: Object) -> bool:
    """Whether a pod's containers will not run again."""
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


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
