"""What Azure answers to a write: what it was sent, and what it adds.

``defaults.json`` has what it adds where the request says nothing else, with names of ``_facts`` in braces.
What depends on other resources or on the last answer is a function in this package.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.azure.computed import containers, network, private_link, roles
from sandbox.azure.computed.identifiers import guid, identity_reference
from sandbox.azure.computed.write import CALLER, Write
from sandbox.azure.resource_types import ResourceType
from sandbox.engine.plugin import Value

__all__ = ["CALLER", "Write", "answer", "guid"]

_COMPUTED: dict[str, Callable[[Write], Mapping[str, Any]]] = {
    "Microsoft.Authorization/roleAssignments": roles.role_assignment,
    "Microsoft.ContainerRegistry/registries": containers.registry,
    "Microsoft.ContainerService/managedClusters": containers.managed_cluster,
    "Microsoft.ContainerService/managedClusters/agentPools": containers.agent_pool,
    "Microsoft.Insights/dataCollectionRules": network.data_collection_rule,
    "Microsoft.Network/dnsResolvers/inboundEndpoints": private_link.inbound_endpoint,
    "Microsoft.Network/privateEndpoints": private_link.private_endpoint,
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": private_link.private_dns_zone_group,
    "Microsoft.Network/azureFirewalls": network.azure_firewall,
    "Microsoft.Network/publicIPAddresses": network.public_ip_address,
    "Microsoft.Network/publicIPPrefixes": network.public_ip_prefix,
    "Microsoft.Network/virtualNetworkGateways": network.virtual_network_gateway,
    "Microsoft.Network/virtualNetworks/subnets": network.subnet,
    "Microsoft.Network/virtualNetworks/virtualNetworkPeerings": network.peering,
}
_DROPPED: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "Microsoft.ContainerService/managedClusters": containers.dropped_of_cluster,
    "Microsoft.ContainerService/managedClusters/agentPools": containers.dropped_of_pool,
    "Microsoft.ContainerService/managedClusters/maintenanceConfigurations": lambda _: iter(("type",)),
}
_WITH_LOWER_CASE_GROUP = frozenset(
    {
        "Microsoft.ContainerService/managedClusters",
        "Microsoft.ContainerService/managedClusters/agentPools",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
    }
)
_WITH_LOWER_CASE_ID = frozenset({"Microsoft.Monitor/accounts"})
_WITHOUT_SYSTEM_DATA = frozenset(
    {
        "Microsoft.AlertsManagement/prometheusRuleGroups",
        "Microsoft.Authorization/roleAssignments",
        "Microsoft.ContainerService/managedClusters",
        "Microsoft.ContainerService/managedClusters/maintenanceConfigurations",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.OperationalInsights/workspaces",
    }
)


def answer(type_: ResourceType, request: Write) -> dict[str, Any]:
    """All outputs of a resource after a write, in the shape of azure-native's outputs."""
    sent = {name: value for name, value in request.properties.items() if name in type_.outputs}
    if "location" in sent:
        sent["location"] = request.location
    if "identity" in sent:
        sent["identity"] = _identity(request)
    common: dict[str, Any] = {
        "name": request.name,
        "type": request.type,
        "provisioningState": "Succeeded",
        "etag": _etag(request),
        "eTag": request.etag,
        "azureApiVersion": type_.api_version,
    }
    if request.type not in _WITHOUT_SYSTEM_DATA:
        common["systemData"] = _system_data(request)
    outputs = {"id": _id(request), **{name: value for name, value in common.items() if name in type_.outputs}}
    for more in (_filled(_defaults().get(request.type, {}), _facts(request)), sent):
        outputs = _merged(outputs, more)
    if computed := _COMPUTED.get(request.type):
        outputs = _merged(outputs, computed(request))
    if dropped := _DROPPED.get(request.type):
        for path in dropped(outputs):
            outputs = _without(outputs, *path.split("."))
    return outputs


@cache
def _defaults() -> dict[str, Any]:
    return json.loads(Path(__file__).with_name("defaults.json").read_text(encoding="utf-8"))


def _facts(request: Write) -> dict[str, Any]:
    own = guid(request.id)
    return {
        **vars(request),
        "caller": CALLER,
        "name": request.name,
        "network_etag": _etag(request),
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


def _without(values: Mapping[str, Any], name: str, *rest: str) -> dict[str, Any]:
    others = {key: value for key, value in values.items() if key != name}
    if rest and name in values:
        others[name] = _without(values[name], *rest)
    return others


def _id(request: Write) -> str:
    # These services spell ids in their own way, whatever the request had.
    if request.type in _WITH_LOWER_CASE_ID:
        return request.id.lower()
    if request.type in _WITH_LOWER_CASE_GROUP:
        return re.sub("/resourceGroups/", "/resourcegroups/", request.id, flags=re.IGNORECASE)
    return request.id


def _etag(request: Write) -> str:
    weak = "W/" if request.type.startswith("Microsoft.Network/") else ""
    return f'{weak}"{request.etag}"'


def _system_data(request: Write) -> dict[str, str]:
    created = {"createdBy": CALLER, "createdByType": "User", "createdAt": request.created_at}
    changed = {
        "lastModifiedBy": CALLER,
        "lastModifiedByType": "User",
        "lastModifiedAt": request.changed_at,
    }
    return created | changed


def _identity(request: Write) -> dict[str, Any]:
    identity = dict(request.properties["identity"])
    if "SystemAssigned" in str(identity.get("type", "")):
        identity |= {"principalId": guid(request.id, "principal"), "tenantId": request.tenant_id}
    if assigned := identity.get("userAssignedIdentities"):
        identity["userAssignedIdentities"] = {
            item: identity_reference(request.cloud, item) for item in assigned
        }
    return identity
