"""Identifiers that Azure gives to resources, always the same for the same resource."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from sandbox.azure.cloud import key_of
from sandbox.azure.request import CloudView


def guid(*parts: str) -> str:
    """A GUID that is always the same for the same parts, regardless of case."""
    return str(uuid5(NAMESPACE_URL, "/".join(parts).lower()))


def identity_reference(cloud: CloudView, resource_id: str) -> dict[str, str]:
    """Client and principal id of a user-assigned identity, as other resources that use it show them."""
    identity = cloud.get(resource_id)
    if identity is not None:
        return {name: identity.properties[name] for name in ("clientId", "principalId")}
    key = key_of(resource_id)
    return {"clientId": guid(key, "client"), "principalId": guid(key, "principal")}
