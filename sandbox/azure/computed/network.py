"""Outputs of networks and addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from sandbox.azure.computed.registry import Answer, computes, guid
from sandbox.azure.refusal import Refusal

# Reserved for documentation by RFC 5737: nothing on the Internet answers there.
_PUBLIC_RANGES = (IPv4Network("203.0.113.0/24"), IPv4Network("198.51.100.0/24"))
_RESERVED_PER_SUBNET = 4


@computes("Microsoft.Network/virtualNetworks")
def virtual_network(request: Answer) -> dict[str, Any]:
    """Defaults that Azure fills in."""
    return {
        "resourceGuid": guid(request.id),
        "enableDdosProtection": request.inputs.get("enableDdosProtection", False),
    }


@computes("Microsoft.Network/virtualNetworks/subnets")
def subnet(request: Answer) -> dict[str, Any]:
    """Defaults that Azure fills in."""
    given = request.inputs
    return {
        "purpose": given.get("purpose", ""),
        "delegations": given.get("delegations", []),
        "privateEndpointNetworkPolicies": given.get("privateEndpointNetworkPolicies", "Disabled"),
        "privateLinkServiceNetworkPolicies": given.get("privateLinkServiceNetworkPolicies", "Enabled"),
    }


@computes("Microsoft.Network/publicIPAddresses")
def public_ip_address(request: Answer) -> dict[str, Any]:
    """The address, chosen once and kept; a dynamic one is there only when it is used."""
    given = request.inputs
    outputs: dict[str, Any] = {
        "resourceGuid": guid(request.id),
        "publicIPAddressVersion": given.get("publicIPAddressVersion", "IPv4"),
        "publicIPAllocationMethod": given.get("publicIPAllocationMethod", "Dynamic"),
        "idleTimeoutInMinutes": given.get("idleTimeoutInMinutes", 4),
    }
    if outputs["publicIPAllocationMethod"] == "Static":
        outputs["ipAddress"] = request.current.get("ipAddress") or _free_public_address(request)
    label = given.get("dnsSettings", {}).get("domainNameLabel")
    if label:
        outputs["dnsSettings"] = {"fqdn": f"{label}.{request.location}.cloudapp.azure.com"}
    return outputs


def _free_public_address(request: Answer) -> str:
    taken = {
        other.properties.get("ipAddress") for other in request.cloud.of_type(request.resource_type.arm_type)
    }
    for address_range in _PUBLIC_RANGES:
        for address in address_range.hosts():
            if str(address) not in taken:
                return str(address)
    raise Refusal(
        409,
        "PublicIPCountLimitReached",
        f"Cannot create more than {len(taken)} public IP addresses for this subscription in this region.",
    )


@computes("Microsoft.Network/natGateways")
def nat_gateway(request: Answer) -> dict[str, Any]:
    """Defaults that Azure fills in."""
    return {
        "resourceGuid": guid(request.id),
        "idleTimeoutInMinutes": request.inputs.get("idleTimeoutInMinutes", 4),
    }


@computes("Microsoft.Network/networkSecurityGroups")
def network_security_group(request: Answer) -> dict[str, Any]:
    """The rules that every network security group has."""
    return {
        "resourceGuid": guid(request.id),
        "defaultSecurityRules": [_default_rule(request.id, *rule) for rule in _RULES],
    }


_RULES = (
    ("AllowVnetInBound", 65000, "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowAzureLoadBalancerInBound", 65001, "Inbound", "Allow", "AzureLoadBalancer", "*"),
    ("DenyAllInBound", 65500, "Inbound", "Deny", "*", "*"),
    ("AllowVnetOutBound", 65000, "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowInternetOutBound", 65001, "Outbound", "Allow", "*", "Internet"),
    ("DenyAllOutBound", 65500, "Outbound", "Deny", "*", "*"),
)


def _default_rule(  # noqa: PLR0917 - the columns of the table above
    group_id: str, name: str, priority: int, direction: str, access: str, source: str, destination: str
) -> dict[str, Any]:
    return {
        "id": f"{group_id}/defaultSecurityRules/{name}",
        "name": name,
        "type": "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
        "provisioningState": "Succeeded",
        "priority": priority,
        "direction": direction,
        "access": access,
        "protocol": "*",
        "sourcePortRange": "*",
        "destinationPortRange": "*",
        "sourceAddressPrefix": source,
        "destinationAddressPrefix": destination,
    }


@computes("Microsoft.Network/privateEndpoints")
def private_endpoint(request: Answer) -> dict[str, Any]:
    """The network interface and the private address in the endpoint's subnet, chosen once and kept."""
    if request.current.get("customDnsConfigs"):
        return {name: request.current[name] for name in ("customDnsConfigs", "networkInterfaces")}
    provider = request.id.rsplit("/privateEndpoints/", 1)[0]
    nic = f"{provider}/networkInterfaces/{request.name}.nic.{guid(request.id)}"
    return {
        "customDnsConfigs": [{"fqdn": request.name, "ipAddresses": [_free_private_address(request)]}],
        "networkInterfaces": [{"id": nic}],
        "provisioningState": "Succeeded",
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
    network = IPv4Network(prefix)
    for offset in range(_RESERVED_PER_SUBNET, network.num_addresses - 1):
        address = str(IPv4Address(int(network.network_address) + offset))
        if address not in taken:
            return address
    raise Refusal(
        400, "SubnetIsFull", f"Subnet {subnet_id} with address prefix {prefix} does not have enough capacity."
    )
