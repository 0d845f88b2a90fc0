"""When volumes and claims to them are ready."""

from __future__ import annotations

from typing import Final

from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.kinds import Kind, Object

_STORAGE_CLASS: Final = Kind("storage.k8s.io", "v1", "StorageClass")


def volume(live: Object, _backend: Backend) -> list[str]:
    """Why a PersistentVolume can not be used."""
    phase = (live.get("status") or {}).get("phase")
    return [] if phase in ("Available", "Bound") else [f"PersistentVolume is {phase or 'not initialized'}"]


def claim(live: Object, backend: Backend) -> list[str]:
    """Why a PersistentVolumeClaim is not bound; one that waits for its first pod need not be."""
    phase = (live.get("status") or {}).get("phase")
    name = live["spec"].get("storageClassName")
    storage_class = backend.get(_STORAGE_CLASS, "", name) if name else None
    late = (storage_class or {}).get("volumeBindingMode") == "WaitForFirstConsumer"
    if phase == "Bound" or (late and phase == "Pending"):
        return []
    return [f"PersistentVolumeClaim is not bound: its phase is {phase or 'unknown'}"]
