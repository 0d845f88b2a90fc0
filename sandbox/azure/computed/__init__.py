"""What Azure answers to a write: what it was sent, and what it adds.

``defaults.json`` has what it adds where the request says nothing else, with names of ``_facts`` in braces.
What depends on other resources or on the last answer is a function in this package.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.azure.computed import containers, network
from sandbox.azure.computed.identifiers import guid, identity_reference
from sandbox.azure.request import Request
from sandbox.azure.resource_types import ResourceType
from sandbox.engine.plugin import Value

__all__ = ["answer", "guid"]

_COMPUTED: dict[str, Callable[[Request], Mapping[str, Any]]] = {
    "Microsoft.ContainerService/managedClusters": containers.managed_cluster,
    "Microsoft.ContainerService/managedClusters/agentPools": containers.agent_pool,
    "Microsoft.Insights/dataCollectionRules": network.data_collection_rule,
    "Microsoft.Network/privateEndpoints": network.private_endpoint,
    "Microsoft.Network/publicIPAddresses": network.public_ip_address,
}


def answer(type_: ResourceType, request: Request, etag: str, created_at: str) -> dict[str, Any]:
    """All outputs of a resource after a write, in the shape of azure-native's outputs."""
    sent = {name: value for name, value in request.properties.items() if name in type_.outputs}
    if "location" in sent:
        sent["location"] = request.location
    if "identity" in sent:
        sent["identity"] = _identity(request)
    common = {
        "name": request.name,
        "type": request.type,
        "provisioningState": "Succeeded",
        "etag": etag,
        "eTag": etag,
        "azureApiVersion": type_.api_version,
        "systemData": {"createdAt": created_at, "createdByType": "User", "lastModifiedByType": "User"},
    }
    outputs = {"id": request.id, **{name: value for name, value in common.items() if name in type_.outputs}}
    for more in (_filled(_defaults().get(request.type, {}), _facts(request)), sent):
        outputs = _merged(outputs, more)
    computed = _COMPUTED.get(request.type)
    return _merged(outputs, computed(request)) if computed else outputs


@cache
def _defaults() -> dict[str, Any]:
    return json.loads(Path(__file__).with_name("defaults.json").read_text(encoding="utf-8"))


def _facts(request: Request) -> dict[str, Any]:
    own = guid(request.id)
    return {
        **vars(request),
        "name": request.name,
        "host": request.name.lower(),
        "location": request.location,
        "scope": request.id.rpartition("/providers/")[0],
        "guid": own,
        "hex": own.replace("-", ""),
        "client_id": guid(request.id, "client"),
        "principal_id": guid(request.id, "principal"),
    }


def _filled(value: Value, facts: Mapping[str, Any]) -> Value:
    if isinstance(value, dict):
        return {name: _filled(item, facts) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, facts) for item in value]
    return value.format_map(facts) if isinstance(value, str) else value


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**below, **above}
    for name in below.keys() & above.keys():
        if isinstance(below[name], Mapping) and isinstance(above[name], Mapping):
            merged[name] = _merged(below[name], above[name])
    return merged


def _identity(request: Request) -> dict[str, Any]:
    identity = dict(request.properties["identity"])
    if "SystemAssigned" in str(identity.get("type", "")):
        identity |= {"principalId": guid(request.id, "principal"), "tenantId": request.tenant_id}
    if assigned := identity.get("userAssignedIdentities"):
        identity["userAssignedIdentities"] = {
            item: identity_reference(request.cloud, item) for item in assigned
        }
    return identity
