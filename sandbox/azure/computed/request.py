"""What Azure knows of a write when it answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from sandbox.azure.cloud import Cloud, key_of, normalized_location
from sandbox.azure.resource_types import ResourceType

CALLER: Final = "00000000-0000-0000-0000-000000000003"
"""Entra object id of whoever makes the requests."""


@dataclass(frozen=True)
class Answer:
    """A write that Azure has accepted and is about to answer.

    Attributes:
        resource_type: type of the resource.
        id: id of the resource.
        inputs: what was asked for, without what is in the id.
        current: outputs before this write; empty at creation.
        cloud: the cloud as it is before this write.
        subscription_id: GUID of the subscription.
        tenant_id: GUID of the tenant.
        etag: GUID that changes with every write.
        created_at: ISO 8601 time of the resource's creation in UTC; ``changed_at`` that of this write.
    """

    resource_type: ResourceType
    id: str
    inputs: Mapping[str, Any]
    current: Mapping[str, Any]
    cloud: Cloud
    subscription_id: str
    tenant_id: str
    etag: str
    created_at: str
    changed_at: str

    @property
    def name(self) -> str:
        """Last segment of the id."""
        return self.id.rpartition("/")[2]

    @property
    def location(self) -> str:
        """Location of the resource, as Azure spells it; empty for what has none."""
        return normalized_location(str(self.inputs.get("location", "")))


def guid(*parts: str) -> str:
    """A GUID that is always the same for the same parts, regardless of case."""
    return str(uuid5(NAMESPACE_URL, "/".join(parts).lower()))


def identity_reference(cloud: Cloud, resource_id: str) -> dict[str, str]:
    """Client and principal id of a user-assigned identity, as other resources that use it show them."""
    identity = cloud.get(resource_id)
    if identity is not None:
        return {name: identity.properties[name] for name in ("clientId", "principalId")}
    key = key_of(resource_id)
    return {"clientId": guid(key, "client"), "principalId": guid(key, "principal")}
