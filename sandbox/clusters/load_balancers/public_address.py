"""A public IP address of the user's for a Service that names one, and what Azure requires of it.

Source: https://learn.microsoft.com/azure/aks/static-ip
"""

from __future__ import annotations

from sandbox.azure.cloud import Cloud, Resource, key_of
from sandbox.clusters.access import control_plane_principal, holds_network_role
from sandbox.clusters.load_balancers.answer import Frontend, NoAddressError
from sandbox.clusters.load_balancers.demand import Demand
from sandbox.clusters.managed_cluster import (
    load_balancer_id,
    location,
    node_resource_group,
    resource_group_id,
)


def by_name(wanted: Demand, cluster: Resource, cloud: Cloud) -> Frontend:
    """The public IP address of the name that the Service says.

    Raises:
        NoAddressError: it does not exist, the cluster may not read it, or it does not suit the load balancer.
    """
    public_ip_id = _id(cluster, _group(wanted, cluster), wanted.public_ip_name)
    _require_rights_on_group(cluster, cloud, _group(wanted, cluster), public_ip_id)
    public_ip = cloud.get(public_ip_id)
    if public_ip is None:
        raise NoAddressError(
            f"PublicIP from annotation azure-pip-name(-IPv6)={wanted.public_ip_name} for service"
            f" {wanted.service} doesn't exist"
        )
    return _frontend(public_ip, cluster, cloud)


def by_address(wanted: Demand, cluster: Resource, cloud: Cloud) -> Frontend:
    """The public IP address that has the address that the Service says.

    Raises:
        NoAddressError: none has it, the cluster may not look, or it does not suit the load balancer.
    """
    group = _group(wanted, cluster)
    _require_rights_on_group(cluster, cloud, group, _id(cluster, group, ""))
    for public_ip in cloud.of_type("Microsoft.Network/publicIPAddresses"):
        in_group = key_of(public_ip.id).startswith(key_of(resource_group_id(cluster, group)) + "/")
        if in_group and public_ip.properties.get("ipAddress") == wanted.address:
            return _frontend(public_ip, cluster, cloud)
    raise NoAddressError(f"user supplied IP Address {wanted.address} was not found in resource group {group}")


def _frontend(public_ip: Resource, cluster: Resource, cloud: Cloud) -> Frontend:
    _require_standard_sku(public_ip, cluster)
    _require_same_region(public_ip, cluster)
    _require_unattached(public_ip, cloud)
    return Frontend(str(public_ip.properties.get("ipAddress") or ""), public_ip.id)


def _require_rights_on_group(cluster: Resource, cloud: Cloud, group: str, public_ip_id: str) -> None:
    """The control-plane identity needs rights on the public IP's group, unless that is the node group.

    Source: https://learn.microsoft.com/azure/aks/static-ip#create-a-service-using-the-static-ip-address
    """
    if group.lower() == node_resource_group(cluster).lower():
        return
    principal = control_plane_principal(cluster, cloud)
    scope = resource_group_id(cluster, group)
    if not holds_network_role(principal, scope, cloud):
        raise NoAddressError(
            f"GET https://management.azure.com{public_ip_id.rstrip('/')}\nRESPONSE 403: 403 Forbidden\nERROR"
            f" CODE: AuthorizationFailed\nThe client '{principal}' with object id '{principal}' does not have"
            " authorization to perform action 'Microsoft.Network/publicIPAddresses/read' over scope"
            f" '{scope}/providers/Microsoft.Network' or the scope is invalid. If"
            " access was recently granted, please refresh your credentials."
        )


def _require_standard_sku(public_ip: Resource, cluster: Resource) -> None:
    """The load balancer of AKS is Standard, and its public IP addresses are of its SKU, hence static.

    Source: https://learn.microsoft.com/azure/load-balancer/skus
    """
    sku = (public_ip.properties.get("sku") or {}).get("name") or "Basic"
    if sku != "Standard":
        raise NoAddressError(
            f"Code=PublicIPAndLBSkuDoNotMatch Message=Standard sku load balancer {load_balancer_id(cluster)}"
            f" cannot reference {sku} sku publicIP {public_ip.id}."
        )


def _require_same_region(public_ip: Resource, cluster: Resource) -> None:
    """A public IP address serves a load balancer of its own region.

    Source: https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses
    """
    if location(public_ip) != location(cluster):
        raise NoAddressError(
            f"Code=InvalidResourceReference Message=Resource {public_ip.id} referenced by resource"
            f" {load_balancer_id(cluster)} was not found. Please make sure that the referenced resource"
            " exists, and that both resources are in the same region."
        )


def _require_unattached(public_ip: Resource, cloud: Cloud) -> None:
    """A public IP address serves one resource at a time.

    Source: https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses
    """
    for user in cloud.referencing(public_ip.id):
        if user.type.lower() in ("microsoft.network/natgateways", "microsoft.network/networkinterfaces"):
            raise NoAddressError(
                f"Code=PublicIPAddressInUse Message=Resource {user.id} is referencing public IP address"
                f" {public_ip.id} that is already allocated to another resource."
            )


def _group(wanted: Demand, cluster: Resource) -> str:
    return wanted.resource_group or node_resource_group(cluster)


def _id(cluster: Resource, group: str, name: str) -> str:
    return f"{resource_group_id(cluster, group)}/providers/Microsoft.Network/publicIPAddresses/{name}"
