"""AKS changes one thing of a cluster at a time: the cluster itself, or one of its pools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Final

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import AGENT_POOL, MANAGED_CLUSTER

_STATES: Final = {"create": "Creating", "update": "Updating", "delete": "Deleting"}


@dataclass(frozen=True)
class _Operation:
    description: str
    met: Event = field(default_factory=Event)


class PendingOperations:
    """The operations under way on clusters and their pools. One that meets another is refused.

    In Azure an operation takes minutes, so whatever a program starts meanwhile meets it. Here each one keeps
    its cluster for a moment after it is done, and until another has met it at most: a program that
    does not wait for the first before it starts the second is found out, one that waits never is.

    https://github.com/Azure/AKS/issues/2720
    """

    def __init__(self, moment: float = 0.0) -> None:
        """Begin with no operation.

        Args:
            moment: seconds for which a cluster is kept after an operation is done.
        """
        self._moment = moment
        self._lock = Lock()
        self._running: dict[str, _Operation] = {}

    @contextmanager
    def alone(self, arm_type: str, resource_id: str, operation: str) -> Iterator[None]:
        """Keep a cluster for an operation on it or on a pool of it; anything else is not held up.

        Raises:
            Refusal: another operation is under way.
        """
        if arm_type not in (MANAGED_CLUSTER, AGENT_POOL):
            yield
            return
        kind = "agentpool " if arm_type == AGENT_POOL else ""
        cluster = key_of(parent_id(resource_id) if kind else resource_id)
        own = _Operation(f"{kind}operation ({resource_id.rpartition('/')[2]} - {_STATES[operation]})")
        with self._lock:
            other = self._running.setdefault(cluster, own)
        if other is not own:
            other.met.set()
            raise Refusal(
                409,
                "OperationNotAllowed",
                f"Operation is not allowed: Another {other.description} is in progress, please wait for it "
                "to finish before starting a new operation. See https://aka.ms/aks-pending-operation for "
                "more details",
            )
        try:
            yield
            own.met.wait(self._moment)
        finally:
            with self._lock:
                del self._running[cluster]
