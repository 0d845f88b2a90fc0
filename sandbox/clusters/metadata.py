"""Objects of Kubernetes, and what any of them say: annotations, labels, place, load balancer addresses."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
"""An object of Kubernetes, or a part of one, as JSON has it."""


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


def addresses_of(obj: Object) -> list[str]:
    """The addresses that a load balancer serves a Service or an Ingress at."""
    entries = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return [entry["ip"] for entry in entries if "ip" in entry]
