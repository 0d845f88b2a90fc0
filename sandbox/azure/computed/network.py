"""Outputs of addresses and of what agents talk to, that have to be computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from itertools import chain, islice
from typing import Any

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.computed.identifiers import guid
from sandbox.azure.computed.write import Write
from sandbox.azure.effects import peering_back
from sandbox.azure.refusal import Refusal
from sandbox.azure.request import Request

_KEPT_AT_THE_START = 4
# https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview
_GATEWAY_ASN = 65515
# Reserved for documentation by RFC 5737: nothing on the Internet answers there.
_PREFIXES = IPv4Network("192.0.2.0/24")
_PUBLIC_RANGES = (IPv4Network("203.0.113.0/24"), IPv4Network("198.51.100.0/24"))
# The same by RFC 3849.
_PUBLIC_IPV6_RANGES = (IPv6Network("2001:db8::/64"),)


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


def public_ip_prefix(request: Request) -> dict[str, Any]:
    """The range, chosen once and kept."""
    if "ipPrefix" in request.current:
        return {"ipPrefix": request.current["ipPrefix"]}
    taken = [IPv4Network(other.properties["ipPrefix"]) for other in request.cloud.of_type(request.type)]
    ranges = _PREFIXES.subnets(new_prefix=request.properties["prefixLength"])
    return {"ipPrefix": next(str(each) for each in ranges if not any(map(each.overlaps, taken)))}


def azure_firewall(request: Request) -> dict[str, Any]:
    """The private address: the first that Azure leaves to others in the subnet."""
    configurations = request.properties.get("ipConfigurations") or []
    return {"ipConfigurations": [_ip_configuration(request, each) for each in configurations]}


def _ip_configuration(request: Request, given: Mapping[str, Any]) -> dict[str, Any]:
    shown = {**given, "id": f"{request.id}/azureFirewallIpConfigurations/{given['name']}"}
    subnet = request.cloud.get((given.get("subnet") or {}).get("id", ""))
    if subnet is None:
        return shown
    return {**shown, "privateIPAddress": next(usable_addresses(subnet.properties["addressPrefix"]))}


def virtual_network_gateway(request: Request) -> dict[str, Any]:
    """The addresses of each instance: one of its subnet for BGP, and the public one for its tunnels."""
    peers = []
    for number, given in enumerate(request.properties.get("ipConfigurations") or ()):
        subnet = request.cloud.get(given["subnet"]["id"])
        address = request.cloud.get((given.get("publicIPAddress") or {}).get("id", ""))
        inside = usable_addresses(subnet.properties["addressPrefix"]) if subnet else iter(())
        peers.append(
            {
                "ipconfigurationId": f"{request.id}/ipConfigurations/{given['name']}",
                "defaultBgpIpAddresses": [*islice(inside, number, number + 1)],
                "customBgpIpAddresses": [],
                "tunnelIpAddresses": [address.properties["ipAddress"]] if address else [],
            }
        )
    asked = request.properties.get("bgpSettings") or {}
    default = ",".join(address for each in peers for address in each["defaultBgpIpAddresses"])
    return {
        "bgpSettings": {
            "asn": asked.get("asn", _GATEWAY_ASN),
            "bgpPeeringAddress": default,
            "bgpPeeringAddresses": peers,
            "peerWeight": asked.get("peerWeight", 0),
        },
        "ipConfigurations": [
            {
                "privateIPAllocationMethod": "Dynamic",
                **given,
                "id": f"{request.id}/ipConfigurations/{given['name']}",
            }
            for given in request.properties.get("ipConfigurations") or ()
        ],
    }


def usable_addresses(prefix: str) -> Iterator[str]:
    """The addresses of a subnet but the first four and the last, which Azure keeps."""
    return map(str, islice(IPv4Network(prefix).hosts(), _KEPT_AT_THE_START - 1, None))


def _free_public_address(request: Request) -> str:
    others = request.cloud.of_type(request.type)
    taken = {other.properties.get("ipAddress") for other in others}
    is_ipv6 = request.properties.get("publicIPAddressVersion") == "IPv6"
    ranges = _PUBLIC_IPV6_RANGES if is_ipv6 else _PUBLIC_RANGES
    for address in map(str, chain.from_iterable(each.hosts() for each in ranges)):
        if address not in taken:
            return address
    full = f"Cannot create more than {len(taken)} public IP addresses for this subscription in this region."
    raise Refusal(409, "PublicIPCountLimitReached", full)


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


def peering(request: Write) -> dict[str, Any]:
    """Whether the peering back is there, and what the other network looks like."""
    home, remote = parent_id(request.id), request.properties["remoteVirtualNetwork"]["id"]
    outputs: dict[str, Any] = {"resourceGuid": guid(*sorted((key_of(home), key_of(remote))))}
    is_connected = peering_back(request.cloud, request.id, request.properties) is not None
    outputs["peeringState"] = "Connected" if is_connected else "Initiated"
    outputs["peeringSyncLevel"] = "FullyInSync" if is_connected else "RemoteNotInSync"
    if found := request.cloud.get(remote):
        space = found.properties["addressSpace"]
        outputs |= {"remoteAddressSpace": space, "remoteVirtualNetworkAddressSpace": space}
    return outputs


def data_collection_rule(request: Request) -> dict[str, Any]:
    """The internal id of each workspace that the rule sends to."""
    accounts = request.properties.get("destinations", {}).get("monitoringAccounts")
    if not accounts:
        return {}
    known = [{**each, "accountId": guid(each.get("accountResourceId", ""))} for each in accounts]
    return {"destinations": {"monitoringAccounts": known}}
