"""The registry of functions that compute what Azure adds, and the answer that all types share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sandbox.azure.cloud import Cloud, Resource, key_of
from sandbox.azure.schema import Property, ResourceType


@dataclass(frozen=True)
class Answer:
    """What a function may use to compute a resource's outputs.

    Attributes:
        resource_type: shape of the resource.
        id: id of the resource.
        name: last segment of the id.
        inputs: what was asked for, without what is in the id.
        current: outputs before this write; empty at creation.
        cloud: the cloud as it is before this write.
        subscription_id: GUID of the subscription.
        tenant_id: GUID of the tenant.
    """

    resource_type: ResourceType
    id: str
    name: str
    inputs: Mapping[str, Any]
    current: Mapping[str, Any]
    cloud: Cloud
    subscription_id: str
    tenant_id: str

    @property
    def location(self) -> str:
        """Location of the resource, as Azure spells it; empty for what has none."""
        return str(self.inputs.get("location", "")).replace(" ", "").lower()

    @property
    def resource_group(self) -> str:
        """Name of the resource group that the id lies in; empty outside of one."""
        segments = self.id.split("/")
        return segments[4] if len(segments) > 4 and segments[3].lower() == "resourcegroups" else ""


Computed = Callable[[Answer], Mapping[str, Any]]
_COMPUTED: dict[str, Computed] = {}


def computes(arm_type: str) -> Callable[[Computed], Computed]:
    """Register the function that computes the outputs of an Azure Resource Manager type.

    What it returns lies over the inputs at the top level; nested objects it returns are merged into theirs.
    """

    def register(function: Computed) -> Computed:
        _COMPUTED[arm_type.lower()] = function
        return function

    return register


def guid(*parts: str) -> str:
    """A GUID that is always the same for the same parts, regardless of case."""
    return str(uuid5(NAMESPACE_URL, "/".join(parts).lower()))


def answer(request: Answer, etag: str, created_at: str) -> dict[str, Any]:
    """All outputs of a resource after a write, in the shape of azure-native's outputs."""
    outputs = _echo(request.inputs, request.resource_type.outputs)
    if "location" in outputs:
        outputs["location"] = request.location
    if "identity" in outputs:
        outputs["identity"] = _identity(request)
    _merge(outputs, _common(request, etag, created_at))
    computed = _COMPUTED.get(request.resource_type.arm_type.lower())
    if computed is not None:
        _merge(outputs, computed(request))
    return outputs


def _echo(inputs: Mapping[str, Any], outputs: Mapping[str, Property]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name in outputs}


def _common(request: Answer, etag: str, created_at: str) -> dict[str, Any]:
    shape = request.resource_type.outputs
    common = {
        "name": request.name,
        "type": request.resource_type.arm_type,
        "provisioningState": "Succeeded",
        "etag": etag,
        "eTag": etag,
        "azureApiVersion": request.resource_type.api_version,
        "systemData": {
            "createdAt": created_at,
            "createdByType": "User",
            "lastModifiedByType": "User",
        },
    }
    common = {name: value for name, value in common.items() if name in shape and name not in request.inputs}
    return {"id": request.id, **common}


def _merge(target: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        present = target.get(name)
        if isinstance(value, Mapping) and isinstance(present, Mapping):
            target[name] = {**present}
            _merge(target[name], value)
        else:
            target[name] = value


def _identity(request: Answer) -> dict[str, Any]:
    given = request.inputs["identity"]
    identity = dict(given)
    if "SystemAssigned" in str(given.get("type", "")):
        identity["principalId"] = guid(request.id, "principal")
        identity["tenantId"] = request.tenant_id
    assigned = given.get("userAssignedIdentities")
    if assigned:
        identity["userAssignedIdentities"] = {
            item: identity_reference(request.cloud.get(item), item) for item in assigned
        }
    return identity


def identity_reference(identity: Resource | None, resource_id: str) -> dict[str, str]:
    """Client and principal id of a user-assigned identity, as other resources that use it show them."""
    if identity is not None:
        return {name: identity.properties[name] for name in ("clientId", "principalId")}
    key = key_of(resource_id)
    return {"clientId": guid(key, "client"), "principalId": guid(key, "principal")}
