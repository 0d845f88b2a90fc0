"""Outputs of private endpoints, of what registers their names, and of what resolves names for others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sandbox.azure.cloud import parent_id
from sandbox.azure.computed.identifiers import guid
from sandbox.azure.computed.network import usable_addresses
from sandbox.azure.computed.write import Write
from sandbox.azure.facts import facts
from sandbox.azure.refusal import Refusal
from sandbox.azure.request import CloudView

_RECORD_SECONDS: Final = 10
_STATES: Final = {
    "privateLinkServiceConnections": ("Approved", "Auto-Approved"),
    "manualPrivateLinkServiceConnections": ("Pending", "Awaiting Approval"),
}


def private_endpoint(request: Write) -> dict[str, Any]:
    """The state of its connection, its network interface, and its private addresses, chosen once and kept."""
    outputs: dict[str, Any] = {kind: [*_connections(request, kind)] for kind in _STATES}
    if request.current:
        return outputs | {name: request.current[name] for name in ("customDnsConfigs", "networkInterfaces")}
    provider = request.id.rsplit("/privateEndpoints/", 1)[0]
    nic = f"{provider}/networkInterfaces/{request.name}.nic.{guid(request.id)}"
    names = [
        f"{record}.{known['zone'].removeprefix('privatelink.')}"
        for known in _registered(request.cloud, request.properties)
        for record in known["records"]
    ]
    configs = zip(names or [request.name], _free_addresses(request), strict=False)
    return outputs | {
        "customDnsConfigs": [{"fqdn": name, "ipAddresses": [address]} for name, address in configs],
        "networkInterfaces": [{"id": nic}],
    }


def inbound_endpoint(request: Write) -> dict[str, Any]:
    """The address at which a DNS private resolver is asked: the first that Azure leaves in its subnet."""
    configs = request.properties["ipConfigurations"]
    found = request.cloud.get(configs[0]["subnet"]["id"])
    if found is None or configs[0].get("privateIpAddress"):
        return {}
    address = next(usable_addresses(found.properties["addressPrefix"]))
    return {"ipConfigurations": [{**configs[0], "privateIpAddress": address}]}


def private_dns_zone_group(request: Write) -> dict[str, Any]:
    """The records that the group keeps in each zone: those that the endpoint's services have there."""
    endpoint = request.cloud.get(parent_id(request.id))
    configs = request.properties.get("privateDnsZoneConfigs") or ()
    shown = endpoint.properties if endpoint else {}
    return {
        "privateDnsZoneConfigs": [
            {**config, "recordSets": [*_records(request.cloud, shown, config)]} for config in configs
        ]
    }


def _connections(request: Write, kind: str) -> Iterator[dict[str, Any]]:
    status, description = _STATES[kind]
    state = {"status": status, "description": description, "actionsRequired": "None"}
    for connection in request.properties.get(kind) or ():
        yield {
            **connection,
            "id": f"{request.id}/{kind}/{connection['name']}",
            "type": f"Microsoft.Network/privateEndpoints/{kind}",
            "etag": f'W/"{request.etag}"',
            "provisioningState": "Succeeded",
            "privateLinkServiceConnectionState": state,
        }


def _registered(cloud: CloudView, endpoint: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The zone of each service that an endpoint leads to, and the names that it has there."""
    for connection in endpoint.get("privateLinkServiceConnections") or ():
        service = cloud.get(connection["privateLinkServiceId"])
        if service is None:
            continue
        for group in connection.get("groupIds") or ():
            known = facts("private_link")["services"].get(f"{service.type} {group}")
            if known:
                place = {"name": service.name.lower(), "location": service.location}
                yield {**known, "records": [record.format_map(place) for record in known["records"]]}


def _records(
    cloud: CloudView, endpoint: Mapping[str, Any], config: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    addresses = {each["fqdn"]: each["ipAddresses"] for each in endpoint.get("customDnsConfigs", ())}
    zone = config["privateDnsZoneId"].rpartition("/")[2].lower()
    for known in _registered(cloud, endpoint):
        for record in known["records"] if known["zone"] == zone else ():
            yield {
                "recordType": "A",
                "recordSetName": record,
                "fqdn": f"{record}.{zone}",
                "ttl": _RECORD_SECONDS,
                "ipAddresses": addresses[f"{record}.{zone.removeprefix('privatelink.')}"],
                "provisioningState": "Succeeded",
            }


def _free_addresses(request: Write) -> Iterator[str]:
    """The addresses of the endpoint's subnet that no other endpoint has."""
    subnet_id = request.properties.get("subnet", {}).get("id", "")
    found = request.cloud.get(subnet_id)
    prefix = str((found.properties.get("addressPrefix") if found else None) or "10.0.0.0/24")
    taken = {
        address
        for endpoint in request.cloud.of_type(request.type)
        for config in endpoint.properties.get("customDnsConfigs", [])
        for address in config["ipAddresses"]
    }
    yield from (address for address in usable_addresses(prefix) if address not in taken)
    full = f"Subnet {subnet_id} with address prefix {prefix} does not have enough capacity."
    raise Refusal(400, "SubnetIsFull", full)
