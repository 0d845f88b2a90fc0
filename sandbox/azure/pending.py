"""Azure changes one thing of a cluster and its pools, or of a virtual network, at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Final

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import AGENT_POOL, MANAGED_CLUSTER, PEERING, SUBNET, VIRTUAL_NETWORK

_STATES: Final = {"create": "Creating", "update": "Updating", "delete": "Deleting"}
_WHOLES: Final = {MANAGED_CLUSTER, VIRTUAL_NETWORK}
_PARTS: Final = {AGENT_POOL, SUBNET, PEERING}


@dataclass(frozen=True)
class _Operation:
    type: str
    id: str
    operation: str
    met: Event = field(default_factory=Event)

    def refusal(self) -> Refusal:
        """What Azure answers to another operation."""
        if self.type not in (MANAGED_CLUSTER, AGENT_POOL):
            message = "Another operation on this or dependent resource is in progress."
            return Refusal(409, "AnotherOperationInProgress", f"{message} It is about {self.id}.")
        kind = "agentpool " if self.type == AGENT_POOL else ""
        return Refusal(
            409,
            "OperationNotAllowed",
            f"Operation is not allowed: Another {kind}operation ({self.id.rpartition('/')[2]} - "
            f"{_STATES[self.operation]}) is in progress, please wait for it to finish before starting a new "
            "operation. See https://aka.ms/aks-pending-operation for more details",
        )


class PendingOperations:
    """The operations under way on clusters and virtual networks. One that meets another is refused.

    In Azure an operation takes seconds or minutes, so whatever a program starts meanwhile meets it. Here each
    one keeps its cluster or network for a moment after it is done, and until another has met it at most: a
    program that does not wait for the first before it starts the second is found out, one that waits never
    is.
    azure-native's retries, which help with networks where few are under way, are not tried.

    https://github.com/Azure/AKS/issues/2720
    https://github.com/pulumi/pulumi-azure-native/issues/1024
    """

    def __init__(self, moment: float = 0.0) -> None:
        """Begin with no operation.

        Args:
            moment: seconds for which a cluster or network is kept after an operation is done.
        """
        self._moment = moment
        self._lock = Lock()
        self._running: dict[str, _Operation] = {}

    @contextmanager
    def alone(self, arm_type: str, resource_id: str, operation: str) -> Iterator[None]:
        """Keep a cluster or a virtual network for an operation on it or a part of it.

        Anything else is not held up.

        Raises:
            Refusal: another operation is under way.
        """
        if arm_type not in _WHOLES | _PARTS:
            yield
            return
        kept = key_of(resource_id if arm_type in _WHOLES else parent_id(resource_id))
        own = _Operation(arm_type, resource_id, operation)
        with self._lock:
            other = self._running.setdefault(kept, own)
        if other is not own:
            other.met.set()
            raise other.refusal()
        try:
            yield
            own.met.wait(self._moment)
        finally:
            with self._lock:
                del self._running[kept]
