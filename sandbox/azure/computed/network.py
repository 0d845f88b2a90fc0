"""Outputs of addresses and of what agents talk to, that have to be computed."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import chain, islice
from typing import Any

from sandbox.azure.computed.request import Answer, guid
from sandbox.azure.refusal import Refusal

# Reserved for documentation by RFC 5737: nothing on the Internet answers there.
_PUBLIC_RANGES = (IPv4Network("203.0.113.0/24"), IPv4Network("198.51.100.0/24"))
_RESERVED_PER_SUBNET = 4


def public_ip_address(request: Answer) -> dict[str, Any]:
    """The address, chosen once and kept; a dynamic one is there only when it is used."""
    # Whoever writes the address, the gateway that uses it still does.
    outputs = {name: request.current[name] for name in ("natGateway",) if name in request.current}
    if request.inputs.get("publicIPAllocationMethod") == "Static":
        outputs["ipAddress"] = request.current.get("ipAddress") or _free_public_address(request)
    label = request.inputs.get("dnsSettings", {}).get("domainNameLabel")
    if label:
        outputs["dnsSettings"] = {"fqdn": f"{label}.{request.location}.cloudapp.azure.com"}
    return outputs


def _free_public_address(request: Answer) -> str:
    others = request.cloud.of_type(request.resource_type.arm_type)
    taken = {other.properties.get("ipAddress") for other in others}
    for address in chain.from_iterable(each.hosts() for each in _PUBLIC_RANGES):
        if str(address) not in taken:
            return str(address)
    raise Refusal(
        409,
        "PublicIPCountLimitReached",
        f"Cannot create more than {len(taken)} public IP addresses for this subscription in this region.",
    )


def subnet(request: Answer) -> dict[str, Any]:
    """What Azure says of each delegation besides its name and service."""
    added = {
        "etag": f'W/"{request.etag}"',
        "provisioningState": "Succeeded",
        "actions": ["Microsoft.Network/virtualNetworks/subnets/join/action"],
        "type": "Microsoft.Network/virtualNetworks/subnets/delegations",
    }
    delegations = request.inputs.get("delegations") or []
    return {
        "delegations": [
            {**each, **added, "id": f"{request.id}/delegations/{each['name']}"} for each in delegations
        ]
    }


def private_endpoint(request: Answer) -> dict[str, Any]:
    """The network interface and the private address in the endpoint's subnet, chosen once and kept."""
    if request.current.get("customDnsConfigs"):
        return {name: request.current[name] for name in ("customDnsConfigs", "networkInterfaces")}
    provider = request.id.rsplit("/privateEndpoints/", 1)[0]
    nic = f"{provider}/networkInterfaces/{request.name}.nic.{guid(request.id)}"
    return {
        "customDnsConfigs": [{"fqdn": request.name, "ipAddresses": [_free_private_address(request)]}],
        "networkInterfaces": [{"id": nic}],
    }


def _free_private_address(request: Answer) -> str:
    subnet_id = request.inputs.get("subnet", {}).get("id", "")
    found = request.cloud.get(subnet_id)
    prefix = str((found.properties.get("addressPrefix") if found else None) or "10.0.0.0/24")
    taken = {
        address
        for endpoint in request.cloud.of_type(request.resource_type.arm_type)
        for config in endpoint.properties.get("customDnsConfigs", [])
        for address in config["ipAddresses"]
    }
    # Azure keeps the first four addresses of a subnet, and the last.
    for address in islice(IPv4Network(prefix).hosts(), _RESERVED_PER_SUBNET - 1, None):
        if str(address) not in taken:
            return str(address)
    raise Refusal(
        400, "SubnetIsFull", f"Subnet {subnet_id} with address prefix {prefix} does not have enough capacity."
    )


def data_collection_rule(request: Answer) -> dict[str, Any]:
    """The internal id of each workspace that the rule sends to."""
    accounts = request.inputs.get("destinations", {}).get("monitoringAccounts")
    if not accounts:
        return {}
    known = [{**each, "accountId": guid(each.get("accountResourceId", ""))} for each in accounts]
    return {"destinations": {"monitoringAccounts": known}}
