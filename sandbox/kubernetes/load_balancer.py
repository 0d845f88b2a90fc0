"""The Azure load balancer's answer to a Service of type LoadBalancer: an address, or why there is none.

Sources: Azure's cloud provider (https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/), and
https://learn.microsoft.com/azure/aks/static-ip, internal-lb and configure-load-balancer-standard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Final

from sandbox.cloud import Cloud, Resource, key_of
from sandbox.kubernetes.access import control_plane_principal, holds_network_role
from sandbox.kubernetes.kinds import Object

_PREFIX: Final = "service.beta.kubernetes.io/azure-"
PIP_NAME: Final = _PREFIX + "pip-name"
RESOURCE_GROUP: Final = _PREFIX + "load-balancer-resource-group"
INTERNAL: Final = _PREFIX + "load-balancer-internal"
INTERNAL_SUBNET: Final = _PREFIX + "load-balancer-internal-subnet"
ADDRESS: Final = _PREFIX + "load-balancer-ipv4"

# Addresses for documentation (RFC 5737): they belong to nobody.
_PUBLIC: Final = IPv4Network("198.51.100.0/24")


class NoAddressError(Exception):
    """The load balancer cannot be made as wanted; the text is the message of the event that Azure writes."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Error syncing load balancer: failed to ensure load balancer: {reason}")


@dataclass(frozen=True)
class Frontend:
    """What the load balancer answers to.

    Attributes:
        address: the IPv4 address.
        resource_id: id of the public IP address or the subnet that it is of; empty for an address that Azure
            made itself.
    """

    address: str
    resource_id: str = ""


def frontend(service: Object, cluster: Resource, cloud: Cloud, taken: Iterable[str]) -> Frontend:
    """The frontend that Azure gives a Service of type LoadBalancer.

    Args:
        service: the Service as the API server holds it.
        cluster: the managed cluster that it is in.
        cloud: the simulated cloud.
        taken: addresses that other Services of the cluster have.

    Raises:
        NoAddressError: Azure writes an event instead, and the Service stays pending.
    """
    annotations = (service.get("metadata") or {}).get("annotations") or {}
    if annotations.get(INTERNAL) == "true":
        return _internal(service, annotations, cluster, cloud, set(taken))
    if annotations.get(PIP_NAME):
        return _named(service, annotations, cluster, cloud)
    wanted = annotations.get(ADDRESS) or (service.get("spec") or {}).get("loadBalancerIP")
    if wanted:
        return _by_address(str(wanted), annotations, cluster, cloud)
    return Frontend(_allocated(service, cluster, set(taken)))


def _named(service: Object, annotations: Object, cluster: Resource, cloud: Cloud) -> Frontend:
    group = annotations.get(RESOURCE_GROUP) or node_resource_group(cluster)
    subscription = _subscription(cluster)
    public_ip_id = _public_ip_id(subscription, group, annotations[PIP_NAME])
    _require_rights_on_group(cluster, cloud, subscription, group, public_ip_id)
    public_ip = cloud.get(public_ip_id)
    if public_ip is None:
        raise NoAddressError(
            f"PublicIP from annotation azure-pip-name(-IPv6)={annotations[PIP_NAME]} for service"
            f" {_full_name(service)} doesn't exist"
        )
    return _of_public_ip(public_ip, cluster, cloud)


def _by_address(wanted: str, annotations: Object, cluster: Resource, cloud: Cloud) -> Frontend:
    group = annotations.get(RESOURCE_GROUP) or node_resource_group(cluster)
    subscription = _subscription(cluster)
    _require_rights_on_group(cluster, cloud, subscription, group, _public_ip_id(subscription, group, ""))
    for public_ip in cloud.of_type("Microsoft.Network/publicIPAddresses"):
        in_group = key_of(public_ip.id).startswith(key_of(_group_id(subscription, group)) + "/")
        if in_group and public_ip.properties.get("ipAddress") == wanted:
            return _of_public_ip(public_ip, cluster, cloud)
    raise NoAddressError(f"user supplied IP Address {wanted} was not found in resource group {group}")


def _of_public_ip(public_ip: Resource, cluster: Resource, cloud: Cloud) -> Frontend:
    _require_standard_sku(public_ip, cluster)
    _require_same_region(public_ip, cluster)
    _require_unattached(public_ip, cloud)
    return Frontend(str(public_ip.properties.get("ipAddress") or ""), public_ip.id)


def _require_rights_on_group(
    cluster: Resource, cloud: Cloud, subscription: str, group: str, public_ip_id: str
) -> None:
    """The control-plane identity needs rights on the public IP's group, unless that is the node group.

    Source: https://learn.microsoft.com/azure/aks/static-ip#create-a-service-using-the-static-ip-address
    """
    if group.lower() == node_resource_group(cluster).lower():
        return
    principal = control_plane_principal(cluster, cloud)
    if not holds_network_role(principal, _group_id(subscription, group), cloud):
        raise NoAddressError(
            f"GET https://management.azure.com{public_ip_id.rstrip('/')}\nRESPONSE 403: 403 Forbidden\nERROR"
            f" CODE: AuthorizationFailed\nThe client '{principal}' with object id '{principal}' does not have"
            " authorization to perform action 'Microsoft.Network/publicIPAddresses/read' over scope"
            f" '{_group_id(subscription, group)}/providers/Microsoft.Network' or the scope is invalid. If"
            " access was recently granted, please refresh your credentials."
        )


def _require_standard_sku(public_ip: Resource, cluster: Resource) -> None:
    """The load balancer of AKS is Standard, and its public IP addresses are of its SKU, hence static.

    Source: https://learn.microsoft.com/azure/load-balancer/skus
    """
    sku = (public_ip.properties.get("sku") or {}).get("name") or "Basic"
    if sku != "Standard":
        raise NoAddressError(
            f"Code=PublicIPAndLBSkuDoNotMatch Message=Standard sku load balancer {_load_balancer_id(cluster)}"
            f" cannot reference {sku} sku publicIP {public_ip.id}."
        )


def _require_same_region(public_ip: Resource, cluster: Resource) -> None:
    """A public IP address serves a load balancer of its own region.

    Source: https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses
    """
    if _location(public_ip) != _location(cluster):
        raise NoAddressError(
            f"Code=InvalidResourceReference Message=Resource {public_ip.id} referenced by resource"
            f" {_load_balancer_id(cluster)} was not found. Please make sure that the referenced resource"
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


def _internal(
    service: Object, annotations: Object, cluster: Resource, cloud: Cloud, taken: set[str]
) -> Frontend:
    """An address of the subnet: of the nodes' one, or of the one that the annotation names.

    Source: https://learn.microsoft.com/azure/aks/internal-lb
    """
    nodes_subnet = _nodes_subnet_id(cluster)
    if nodes_subnet is None:
        return Frontend(first_free(IPv4Network("10.224.0.0/16"), taken, skip=200))
    network_id, _, subnet_name = nodes_subnet.rpartition("/subnets/")
    name = annotations.get(INTERNAL_SUBNET) or subnet_name
    subnet = cloud.get(f"{network_id}/subnets/{name}")
    if subnet is None:
        raise NoAddressError(
            f"ensure({_full_name(service)}): lb(kubernetes-internal) - failed to get subnet: "
            f"{network_id.rpartition('/')[2]}/{name}"
        )
    principal = control_plane_principal(cluster, cloud)
    if not holds_network_role(principal, subnet.id, cloud):
        raise NoAddressError(
            f"Code=LinkedAuthorizationFailed Message=The client '{principal}' with object id '{principal}'"
            " has permission to perform action 'Microsoft.Network/loadBalancers/write' on scope"
            f" '{_load_balancer_id(cluster)}-internal'; however, it does not have permission to perform"
            " action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s)"
            f" '{subnet.id}' (respectively) or the linked scope(s) are invalid."
        )
    prefix = (
        subnet.properties.get("addressPrefix")
        or (subnet.properties.get("addressPrefixes") or ["10.224.0.0/16"])[0]
    )
    return Frontend(_internal_address(IPv4Network(prefix), annotations, service, taken), subnet.id)


def _internal_address(network: IPv4Network, annotations: Object, service: Object, taken: set[str]) -> str:
    wanted = annotations.get(ADDRESS) or (service.get("spec") or {}).get("loadBalancerIP")
    if not wanted:
        return first_free(network, taken, skip=network.num_addresses // 2)
    if ip_address(wanted) not in network:
        raise NoAddressError(
            f"Code=PrivateIPAddressNotInSubnet Message=Private static IP address {wanted} does not belong to"
            f" the range of subnet prefix {network}."
        )
    if wanted in taken:
        raise NoAddressError(
            "Code=PrivateIPAddressIsAllocated Message=IP configuration is using the private IP address"
            f" {wanted} which is already allocated to another resource."
        )
    return str(wanted)


def node_resource_group(cluster: Resource) -> str:
    """Name of the resource group that AKS keeps for the cluster's nodes.

    Source: https://learn.microsoft.com/azure/aks/faq#why-are-two-resource-groups-created-with-aks-
    """
    named = cluster.properties.get("nodeResourceGroup")
    return str(named or f"MC_{_segment(cluster.id, 'resourceGroups')}_{cluster.name}_{_location(cluster)}")


def _nodes_subnet_id(cluster: Resource) -> str | None:
    for pool in cluster.properties.get("agentPoolProfiles") or []:
        subnet = pool.get("vnetSubnetID") or pool.get("vnetSubnetId")
        if subnet:
            return str(subnet)
    return None


def _allocated(service: Object, cluster: Resource, taken: set[str]) -> str:
    seed = hashlib.sha256(f"{cluster.id}/{_full_name(service)}".lower().encode()).digest()
    return first_free(_PUBLIC, taken, skip=seed[0])


def first_free(network: IPv4Network, taken: set[str], skip: int) -> str:
    """The first address of a subnet that nobody has.

    Args:
        network: the subnet's range.
        taken: addresses that somebody has.
        skip: how many addresses to pass over at first; the search goes round.

    Raises:
        NoAddressError: there is none.
    """
    # Azure keeps the first four addresses of a subnet and the last one.
    usable = max(network.num_addresses - 5, 0)
    for step in range(usable):
        address = str(IPv4Address(int(network.network_address) + 4 + (skip + step) % usable))
        if address not in taken:
            return address
    raise NoAddressError(
        f"Code=SubnetIsFull Message=Subnet with address prefix {network} does not have enough capacity."
    )


def _location(resource: Resource) -> str:
    location = resource.location or resource.properties.get("location") or ""
    return str(location).replace(" ", "").lower()


def _segment(resource_id: str, name: str) -> str:
    parts = resource_id.split("/")
    for index, part in enumerate(parts[:-1]):
        if part.lower() == name.lower():
            return parts[index + 1]
    return ""


def _subscription(cluster: Resource) -> str:
    return _segment(cluster.id, "subscriptions")


def _group_id(subscription: str, group: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def _public_ip_id(subscription: str, group: str, name: str) -> str:
    return f"{_group_id(subscription, group)}/providers/Microsoft.Network/publicIPAddresses/{name}"


def _load_balancer_id(cluster: Resource) -> str:
    group = _group_id(_subscription(cluster), node_resource_group(cluster))
    return f"{group}/providers/Microsoft.Network/loadBalancers/kubernetes"


def _full_name(service: Object) -> str:
    metadata = service.get("metadata") or {}
    return f"{metadata.get('namespace')}/{metadata.get('name')}"
