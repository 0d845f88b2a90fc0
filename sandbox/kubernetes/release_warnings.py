"""What a cluster says about a release that does not become ready; Helm only says that time has run out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sandbox.kubernetes import readiness
from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.helm_records import Stored
from sandbox.kubernetes.kinds import Kind, kind_of

_EVENT: Final = Kind("", "v1", "Event")


class Warnings:
    """The cluster's warnings in a namespace since now, each shown once.

    Attributes:
        shown: all that have been shown so far.
    """

    def __init__(self, backend: Backend, namespace: str, show: Callable[[str], None]) -> None:
        self.shown: list[str] = []
        self._backend = backend
        self._namespace = namespace
        self._show = show
        self._known = {uid for uid, _ in self._found()}

    def show_new(self) -> None:
        """Show what has been warned of since the last time."""
        for uid, text in self._found():
            if uid not in self._known and text not in self.shown:
                self.shown.append(text)
                self._show(text)
            self._known.add(uid)

    def _found(self) -> Iterator[tuple[str, str]]:
        for event in self._backend.list(_EVENT, self._namespace, "type=Warning"):
            about = event.get("involvedObject") or {}
            text = f"{about.get('kind')} {about.get('name')}: [{event.get('reason')}] {event.get('message')}"
            yield event["metadata"]["uid"], text


def troubles(stored: Stored, backend: Backend) -> list[str]:
    """Why the objects of a release are not ready."""
    found: list[str] = []
    for obj in stored.manifest:
        metadata = obj["metadata"]
        live = backend.get(kind_of(obj), metadata.get("namespace") or stored.namespace, metadata["name"])
        try:
            found += readiness.look(live, backend) if live is not None else []
        except readiness.FailedError as error:
            found += error.reasons
    return list(dict.fromkeys(found))
