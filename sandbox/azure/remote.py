"""Azure Resource Manager as azure-native sees it: requests take time, run into faults and are retried.

Follows azure-native's client (pulumi/pulumi-azure-native, provider/pkg/azure/client_azcore.go) and the retry
policy of the Azure SDK for Go that it uses (sdk/azcore/runtime/policy_retry.go).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from sandbox.azure import durations
from sandbox.azure.clock import Clock
from sandbox.azure.cloud import Resource, key_of, parent_id
from sandbox.azure.faults import Fault, Faults, Request, pool_features, vm_sizes
from sandbox.azure.refusal import Refusal
from sandbox.azure.resource_manager import ResourceManager
from sandbox.azure.resource_types import ResourceType
from sandbox.azure.rules.arm_types import ROLE_ASSIGNMENT
from sandbox.azure.rules.reading import type_of

_RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
# The client retries three times, and not at all where `Retry-After` exceeds the last of these waits.
_WAITS: Final = (20.0, 60.0, 120.0)


class OperationFailed(Refusal):
    """Azure started an operation that did not succeed: the resource exists in the state Failed.

    Attributes:
        resource: the resource as it is now.
    """

    def __init__(self, refusal: Refusal, resource: Resource) -> None:
        super().__init__(refusal.status, refusal.code, refusal.message)
        self.resource = resource


class RemoteResourceManager(ResourceManager):
    """Azure Resource Manager behind azure-native's client, with the faults of the simulated Azure.

    Waiting takes simulated time only. The cloud file records how long each write took.
    """

    @cached_property
    def _faults(self) -> Faults:
        return Faults(self.cloud)

    @cached_property
    def _clock(self) -> Clock:
        return Clock(self.cloud)

    def get(self, resource_id: str) -> Resource | None:
        """The resource of this id, or None.

        Raises:
            Refusal: every retry fails.
        """
        self._send(Request(operation="read", type=type_of(resource_id), id=resource_id))
        return super().get(resource_id)

    def put(self, type_: ResourceType, resource_id: str, inputs: Mapping[str, Any]) -> Resource:
        """Create or update a resource.

        Raises:
            OperationFailed: the resource is left in the state Failed.
            Refusal: Azure would not do it.
        """
        request = Request(
            operation="update" if self.cloud.get(resource_id) else "create",
            type=type_.arm_type,
            id=resource_id,
            location=self._location(resource_id, inputs),
            vm_sizes=vm_sizes(inputs),
            pool_features=pool_features(inputs),
        )
        faults, waited = self._send(request)
        hidden = next((fault for fault in faults if fault.effect == "hide"), None)
        with self.cloud.hiding(ROLE_ASSIGNMENT, hidden.added) if hidden else nullcontext():
            resource = super().put(type_, resource_id, inputs)
        self._end(request, resource, faults, waited)
        return resource

    def delete(self, resource_id: str) -> None:
        """Remove a resource and what lies beneath it. A resource that does not exist is no error.

        Raises:
            OperationFailed: the resource is left in the state Failed.
            Refusal: Azure would not do it.
        """
        current = self.cloud.get(resource_id)
        if current is None:
            return
        request = Request(
            operation="delete",
            type=current.type,
            id=current.id,
            location=self._location(current.id, current.properties),
            vm_sizes=vm_sizes(current.properties),
        )
        faults, waited = self._send(request)
        if not any(fault.effect == "fail" for fault in faults):
            super().delete(resource_id)
        self._end(request, current, faults, waited)

    def _send(self, request: Request) -> tuple[list[Fault], float]:
        """Send a request, with retries. Returns the faults that apply to it and the seconds spent waiting."""
        waited, waits = 0.0, iter(_WAITS)
        while True:
            faults = self._faults.strike(request)
            refusing = next((fault for fault in faults if fault.effect == "refuse"), None)
            if refusing is None:
                return faults, waited
            refusal, wait = refusing.refusal(request), next(waits, None)
            delay = refusing.delay or wait
            if wait is None or delay is None or delay > _WAITS[-1] or not _is_retried(refusal):
                raise refusal
            self._clock.advance(delay)
            waited += delay

    def _end(self, request: Request, resource: Resource, faults: list[Fault], waited: float) -> None:
        """Record how long an operation took, and fail it if a fault says so."""
        delayed = sum(fault.delay for fault in faults if fault.effect == "delay")
        seconds = durations.seconds(request.type, request.operation) + delayed
        failing = next((fault for fault in faults if fault.effect == "fail"), None)
        with self.cloud.transaction():
            self._clock.advance(seconds)
            self.cloud.execute(
                "INSERT INTO operations VALUES (?, ?, ?, ?)",
                datetime.now(UTC).isoformat(timespec="microseconds"),
                key_of(request.id),
                request.operation,
                seconds + waited,
            )
            if failing is not None:
                properties = {**resource.properties, "provisioningState": "Failed"}
                resource = replace(resource, properties=properties)
                self.cloud.put(resource)
        if failing is not None:
            raise OperationFailed(failing.refusal(request), resource)

    def _location(self, resource_id: str, properties: Mapping[str, Any]) -> str:
        """The location of a resource, or of its parent."""
        if properties.get("location"):
            return str(properties["location"])
        parent = self.cloud.get(parent_id(resource_id))
        return (parent.location or "") if parent else ""


def _is_retried(refusal: Refusal) -> bool:
    """Whether azure-native's client retries after an error."""
    if refusal.status == 409:
        return refusal.code == "AnotherOperationInProgress"
    return refusal.status in _RETRIED
