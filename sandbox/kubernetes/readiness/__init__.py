"""Waiting until an object has become what a program may rely on, as the real provider waits.

Source: the awaiters of pulumi-kubernetes v4, provider/pkg/await. Kinds that are not listed here are ready at
once, as they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event
from time import monotonic
from typing import Final

from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.kinds import Kind, Object, kind_of
from sandbox.kubernetes.metadata import annotations_of, place_of
from sandbox.kubernetes.readiness import network, others, pods, storage, workloads
from sandbox.kubernetes.readiness.failure import FailedError

SKIP_AWAIT: Final = "pulumi.com/skipAwait"
TIMEOUT_SECONDS: Final = "pulumi.com/timeoutSeconds"
_DEFAULT_TIMEOUT_SECONDS: Final = 600.0
_HASTE: Final = 10.0
_SHORT_SECONDS: Final = 5.0

_EVENT: Final = Kind("", "v1", "Event")
_FIRST_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 0.5

Check = Callable[[Object, Backend], list[str]]

_CHECKS: Final[Mapping[tuple[str, str], Check]] = {
    ("", "PersistentVolume"): storage.volume,
    ("", "PersistentVolumeClaim"): storage.claim,
    ("", "Pod"): pods.pod,
    ("", "ReplicationController"): workloads.replication_controller,
    ("", "ResourceQuota"): others.quota,
    ("", "Secret"): others.secret,
    ("", "Service"): network.service,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("batch", "Job"): workloads.job,
    ("networking.k8s.io", "Ingress"): network.ingress,
}


class NotReadyError(Exception):
    """An object exists, but did not become ready; the text is the real provider's.

    Attributes:
        live: the object as it was seen last.
        reasons: why, each a sentence; among them the cluster's warnings about the object.
    """

    def __init__(self, summary: str, live: Object, reasons: list[str]) -> None:
        super().__init__(summary)
        self.live = live
        self.reasons = reasons


def patience(seconds: float) -> float:
    """How long to wait here where the real provider would wait so many seconds.

    What takes Azure minutes takes the sandbox seconds, so that waiting longer than a tenth helps nobody; a
    wait of a few seconds is left as it is.
    """
    return max(seconds / _HASTE, min(seconds, _SHORT_SECONDS))


def timeout_of(inputs: Object, custom_seconds: float) -> float:
    """How long to wait for an object, in seconds.

    Args:
        inputs: the object as the program has it; its annotation :data:`TIMEOUT_SECONDS` is heeded.
        custom_seconds: the resource option ``custom_timeouts``, which wins; 0 for none.
    """
    given = str(annotations_of(inputs).get(TIMEOUT_SECONDS) or "")
    return patience(custom_seconds or (float(given) if given.isdecimal() else _DEFAULT_TIMEOUT_SECONDS))


def skipped(inputs: Object) -> bool:
    """Whether the program does not want an object to be waited for."""
    return annotations_of(inputs).get(SKIP_AWAIT) == "true"


def look(live: Object, backend: Backend) -> list[str]:
    """Why the object is not ready, with the cluster's warnings about it; empty when it is.

    Raises:
        FailedError: it never will be.
    """
    kind = kind_of(live)
    check = _CHECKS.get((kind.group, kind.name))
    reasons = check(live, backend) if check is not None else []
    return [*reasons, *warnings(live, backend)] if reasons else []


def read(live: Object, backend: Backend) -> None:
    """Look at an object once.

    Raises:
        NotReadyError: it is not ready.
    """
    try:
        reasons = look(live, backend)
    except FailedError as error:
        reasons = error.reasons
    if reasons:
        name = live["metadata"]["name"]
        raise NotReadyError(f"Resource '{name}' was created but failed to initialize", live, reasons)


def wait(live: Object, backend: Backend, seconds: float, cancelled: Event) -> Object:
    """Wait until an object is ready and answer it as it is then.

    Args:
        live: the object as it was just made or changed.
        backend: its API server.
        seconds: how long to wait at most.
        cancelled: ends waiting when set.

    Raises:
        NotReadyError: time has run out, the run was cancelled, or the object never will be ready.
    """
    deadline = monotonic() + seconds
    pause = _FIRST_PAUSE_SECONDS
    name = live["metadata"]["name"]
    while True:
        try:
            reasons = look(live, backend)
        except FailedError as error:
            summary = f"Resource '{name}' was created but failed to initialize"
            raise NotReadyError(summary, live, error.reasons) from error
        if not reasons:
            return live
        if monotonic() >= deadline:
            raise NotReadyError(f"'{name}' timed out waiting to be Ready", live, reasons)
        if cancelled.wait(min(pause, max(deadline - monotonic(), 0.0))):
            raise NotReadyError(f'Resource operation was cancelled for "{name}"', live, reasons)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
        seen = backend.get(kind_of(live), *place_of(live))
        # One that was deleted meanwhile is waited for until the time has run out, as in the real provider.
        live = seen or live


def warnings(live: Object, backend: Backend) -> list[str]:
    """The cluster's warning events about an object, each as ``[reason] message`` and once."""
    metadata = live["metadata"]
    events = backend.list(
        _EVENT, metadata.get("namespace") or "default", f"involvedObject.uid={metadata.get('uid')}"
    )
    found = {
        f"[{event.get('reason')}] {event.get('message')}": None
        for event in events
        if event.get("type") == "Warning"
    }
    return list(found)
