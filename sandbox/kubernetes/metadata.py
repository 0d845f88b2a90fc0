"""What the metadata of any object say: annotations, labels, and where the object is."""

from __future__ import annotations

from sandbox.kubernetes.kinds import Object


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
