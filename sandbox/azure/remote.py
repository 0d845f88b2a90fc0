"""Azure Resource Manager as azure-native sees it: requests take time, run into faults and are retried.

Follows azure-native's client (pulumi/pulumi-azure-native, provider/pkg/azure/client_azcore.go) and the retry
policy of the Azure SDK for Go that it uses (sdk/azcore/runtime/policy_retry.go).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from sandbox.azure import durations
from sandbox.azure.cloud import Resource, key_of, now
from sandbox.azure.faults import Effect, Fault, Faults
from sandbox.azure.refusal import Refusal
from sandbox.azure.request import Request
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

    def get(self, resource_id: str) -> Resource | None:
        """The resource of this id, or None.

        Raises:
            Refusal: every retry fails.
        """
        self._send(self._request(type_of(resource_id), resource_id, operation="read"))
        return super().get(resource_id)

    def put(self, type_: ResourceType, resource_id: str, inputs: Mapping[str, Any]) -> Resource:
        """Create or update a resource.

        Raises:
            OperationFailed: the resource is left in the state Failed.
            Refusal: Azure would not do it.
        """
        request = self._request(type_.arm_type, resource_id, inputs)
        faults, waited = self._send(request)
        hidden = _first("hide", faults)
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
        request = self._request(current.type, current.id, operation="delete")
        faults, waited = self._send(request)
        if not _first("fail", faults):
            super().delete(resource_id)
        self._end(request, current, faults, waited)

    def _send(self, request: Request) -> tuple[list[Fault], float]:
        """Send a request, with retries. Returns the faults that apply to it and the seconds spent waiting."""
        waited, waits = 0.0, iter(_WAITS)
        while True:
            faults = self._faults.strike(request)
            refusing = _first("refuse", faults)
            if refusing is None:
                return faults, waited
            refusal, wait = refusing.refusal(request), next(waits, None)
            delay = refusing.delay or wait
            if wait is None or delay is None or delay > _WAITS[-1] or not _is_retried(refusal):
                raise refusal
            self._faults.wait(delay)
            waited += delay

    def _end(self, request: Request, resource: Resource, faults: list[Fault], waited: float) -> None:
        """Record how long an operation took, and fail it if a fault says so."""
        delayed = sum(fault.delay for fault in faults if fault.effect == "delay")
        seconds = durations.row(request.type)[request.operation]["seconds"] + delayed
        with self.cloud.transaction():
            self._faults.wait(seconds)
            values = now(), key_of(request.id), request.operation, seconds + waited
            self.cloud.execute("INSERT INTO operations VALUES (?, ?, ?, ?)", *values)
            failing = _first("fail", faults)
            if failing is not None:
                properties = {**resource.properties, "provisioningState": "Failed"}
                resource = replace(resource, properties=properties)
                self.cloud.put(resource)
        if failing is not None:
            raise OperationFailed(failing.refusal(request), resource)


def _first(effect: Effect, faults: Iterable[Fault]) -> Fault | None:
    return next((fault for fault in faults if fault.effect == effect), None)


def _is_retried(refusal: Refusal) -> bool:
    """Whether azure-native's client retries after an error."""
    if refusal.status == 409:
        return refusal.code == "AnotherOperationInProgress"
    return refusal.status in _RETRIED
