"""How azure-native sends requests to Azure: they take time, run into faults and are retried.

Follows azure-native's client (pulumi/pulumi-azure-native, provider/pkg/azure/client_azcore.go) and the retry
policy of the Azure SDK for Go that it uses (sdk/azcore/runtime/policy_retry.go).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sandbox.azure import durations
from sandbox.azure.cloud import Cloud, Resource, key_of, now
from sandbox.azure.faults import BY_NAME, Effect, Fault, Faults
from sandbox.azure.refusal import Refusal
from sandbox.azure.request import Request

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


@dataclass(frozen=True)
class Sent:
    """A request that Azure has taken, with the faults that apply to it and the seconds spent on retries."""

    request: Request
    faults: list[Fault]
    waited: float

    def fault(self, effect: Effect) -> Fault | None:
        """The first fault with an effect."""
        return next((fault for fault in self.faults if fault.effect == effect), None)

    def listed(self, resource: Resource) -> Resource:
        """A resource as an answer shows it: the pools of a cluster in the order that a fault says."""
        pools, ordering = resource.properties.get("agentPoolProfiles"), self.fault("order")
        if not pools or ordering is None:
            return resource
        ordered = sorted(pools, key=lambda pool: pool["name"]) if ordering.kind == BY_NAME else pools[::-1]
        return replace(resource, properties={**resource.properties, "agentPoolProfiles": ordered})


class Client:
    """azure-native's client. Waiting takes simulated time only. Without *retries*, it fails at once."""

    def __init__(self, cloud: Cloud, *, retries: bool = True) -> None:
        self._cloud = cloud
        self._waits = _WAITS if retries else ()
        self._faults = Faults(cloud)

    def send(self, request: Request) -> Sent:
        """Send a request, with retries.

        Raises:
            Refusal: every retry fails.
        """
        waited, waits = 0.0, iter(self._waits)
        while True:
            sent = Sent(request, self._faults.strike(request), waited)
            refusing = sent.fault("refuse")
            if refusing is None:
                return sent
            refusal, wait = refusing.refusal(request), next(waits, None)
            refusal.retry_after = refusing.delay or None
            delay = refusal.retry_after or wait
            if wait is None or delay is None or delay > _WAITS[-1] or not _is_retried(refusal):
                raise refusal
            self._faults.wait(delay)
            waited += delay

    def end(self, sent: Sent, resource: Resource) -> None:
        """Record in the cloud how long an operation took, and fail it if a fault says so.

        Raises:
            OperationFailed: the resource is left in the state Failed.
        """
        request, failing = sent.request, sent.fault("fail")
        seconds = durations.row(request.type)[request.operation]["seconds"]
        seconds += sum(fault.delay for fault in sent.faults if fault.effect == "delay")
        with self._cloud.transaction():
            self._faults.wait(seconds)
            values = now(), key_of(request.id), request.operation, seconds + sent.waited
            self._cloud.execute("INSERT INTO operations VALUES (?, ?, ?, ?)", *values)
            if failing is not None:
                properties = {**resource.properties, "provisioningState": "Failed"}
                resource = replace(resource, properties=properties)
                self._cloud.put(resource)
        if failing is not None:
            raise OperationFailed(failing.refusal(request), resource)


def _is_retried(refusal: Refusal) -> bool:
    """Whether azure-native's client retries after an error."""
    if refusal.status == 409:
        return refusal.code == "AnotherOperationInProgress"
    return refusal.status in _RETRIED
