"""Outputs of addresses and of what agents talk to, that have to be computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv4Network
from itertools import chain, islice
from typing import Any

from sandbox.azure.computed.identifiers import guid
from sandbox.azure.computed.write import Write
from sandbox.azure.refusal import Refusal
from sandbox.azure.request import Request

# Reserved for documentation by RFC 5737: nothing on the Internet answers there.
_PUBLIC_RANGES = (IPv4Network("203.0.113.0/24"), IPv4Network("198.51.100.0/24"))
_RESERVED_PER_SUBNET = 4


def public_ip_address(request: Request) -> dict[str, Any]:
    """The address, chosen once and kept; a dynamic one is there only when it is used."""
    # A write of the address does not detach the gateway that uses it.
    outputs = {name: request.current[name] for name in ("natGateway",) if name in request.current}
    if request.properties.get("publicIPAllocationMethod") == "Static":
        outputs["ipAddress"] = request.current.get("ipAddress") or _free_public_address(request)
    label = request.properties.get("dnsSettings", {}).get("domainNameLabel")
    if label:
        outputs["dnsSettings"] = {"fqdn": f"{label}.{request.location}.cloudapp.azure.com"}
    return outputs


def _free_public_address(request: Request) -> str:
    others = request.cloud.of_type(request.type)
    taken = {other.properties.get("ipAddress") for other in others}
    full = f"Cannot create more than {len(taken)} public IP addresses for this subscription in this region."
    addresses = chain.from_iterable(each.hosts() for each in _PUBLIC_RANGES)
    return _first_free(addresses, taken, Refusal(409, "PublicIPCountLimitReached", full))


def subnet(request: Write) -> dict[str, Any]:
    """What Azure says of each delegation besides its name and service."""
    added = {
        "etag": f'W/"{request.etag}"',
        "provisioningState": "Succeeded",
        "actions": ["Microsoft.Network/virtualNetworks/subnets/join/action"],
        "type": "Microsoft.Network/virtualNetworks/subnets/delegations",
    }
    delegations = request.properties.get("delegations") or []
    return {
        "delegations": [
            {**each, **added, "id": f"{request.id}/delegations/{each['name']}"} for each in delegations
        ]
    }


def private_endpoint(request: Request) -> dict[str, Any]:
    """The network interface and the private address in the endpoint's subnet, chosen once and kept."""
    if request.current.get("customDnsConfigs"):
        return {name: request.current[name] for name in ("customDnsConfigs", "networkInterfaces")}
    provider = request.id.rsplit("/privateEndpoints/", 1)[0]
    nic = f"{provider}/networkInterfaces/{request.name}.nic.{guid(request.id)}"
    return {
        "customDnsConfigs": [{"fqdn": request.name, "ipAddresses": [_free_private_address(request)]}],
        "networkInterfaces": [{"id": nic}],
    }


def _free_private_address(request: Request) -> str:
    subnet_id = request.properties.get("subnet", {}).get("id", "")
    found = request.cloud.get(subnet_id)
    prefix = str((found.properties.get("addressPrefix") if found else None) or "10.0.0.0/24")
    taken = {
        address
        for endpoint in request.cloud.of_type(request.type)
        for config in endpoint.properties.get("customDnsConfigs", [])
        for address in config["ipAddresses"]
    }
    # Azure keeps the first four addresses of a subnet, and the last.
    addresses = islice(IPv4Network(prefix).hosts(), _RESERVED_PER_SUBNET - 1, None)
    full = f"Subnet {subnet_id} with address prefix {prefix} does not have enough capacity."
    return _first_free(addresses, taken, Refusal(400, "SubnetIsFull", full))


def _first_free(addresses: Iterable[IPv4Address], taken: Collection[str | None], otherwise: Refusal) -> str:
    for address in map(str, addresses):
        if address not in taken:
            return address
    raise otherwise


def data_collection_rule(request: Request) -> dict[str, Any]:
    """The internal id of each workspace that the rule sends to."""
    accounts = request.properties.get("destinations", {}).get("monitoringAccounts")
    if not accounts:
        return {}
    known = [{**each, "accountId": guid(each.get("accountResourceId", ""))} for each in accounts]
    return {"destinations": {"monitoringAccounts": known}}
