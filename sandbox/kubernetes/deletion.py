"""Deleting an object and waiting until it is gone."""

from __future__ import annotations

from threading import Event
from time import monotonic
from typing import Final

from sandbox.kubernetes.backend import Backend, Propagation
from sandbox.kubernetes.kinds import Object, kind_of
from sandbox.kubernetes.metadata import annotations_of, place_of

POLICY: Final = "pulumi.com/deletionPropagationPolicy"
_POLICIES: Final[dict[str, Propagation]] = {"background": "Background", "orphan": "Orphan"}
_FIRST_PAUSE_SECONDS: Final = 0.02
_LONGEST_PAUSE_SECONDS: Final = 0.5


class NotDeletedError(Exception):
    """The API server took the deletion, but the object stays; the text says what may hold it."""


def delete(backend: Backend, live: Object, inputs: Object, seconds: float, cancelled: Event) -> None:
    """Delete an object with what it owns, and wait until it is gone.

    What it owns goes first, unless the annotation :data:`POLICY` says otherwise. An object that has come back
    under its name is another one.

    Args:
        backend: the API server.
        live: the object.
        inputs: what the program asked for; its annotations are heeded.
        seconds: how long to wait at most.
        cancelled: ends waiting when set.

    Raises:
        NotDeletedError: it is still there.
        ApiError: the API server refuses.
        NoMatchError: its kind is not served.
    """
    kind, place = kind_of(live), place_of(live)
    policy = _POLICIES.get(str(annotations_of(inputs).get(POLICY) or "").lower(), "Foreground")
    if not backend.delete(kind, *place, policy):
        return
    deadline = monotonic() + seconds
    pause = _FIRST_PAUSE_SECONDS
    while (left := backend.get(kind, *place)) is not None and _is_same(left, live):
        if monotonic() >= deadline or cancelled.wait(pause):
            raise NotDeletedError(_why(left))
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


def _is_same(left: Object, live: Object) -> bool:
    known = live["metadata"].get("uid")
    return known is None or left["metadata"].get("uid") == known


def _why(left: Object) -> str:
    held = ", ".join(left["metadata"].get("finalizers") or [])
    conditions = (left.get("status") or {}).get("conditions") or []
    said = [
        f"[{found.get('reason')}] {found.get('message')}"
        for found in conditions
        if found.get("status") == "True" and found.get("message")
    ]
    name = left["metadata"]["name"]
    return "\n".join(
        [f"'{name}' is not deleted yet: finalizers might be preventing deletion ({held})", *said]
    )
