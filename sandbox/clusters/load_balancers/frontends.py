"""The Azure load balancer's answer to a Service of type LoadBalancer: an address, or why there is none.

Nothing is written: who gives the address to the Service is `sandbox.clusters.load_balancers.services`.

Sources: Azure's cloud provider (https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/), and
https://learn.microsoft.com/azure/aks/static-ip, internal-lb and configure-load-balancer-standard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

from sandbox.azure.cloud import Cloud, Resource, key_of
from sandbox.azure.rules.roles import holds_role
from sandbox.clusters import managed_cluster
from sandbox.clusters.load_balancers.demand import Demand
from sandbox.clusters.load_balancers.free_address import NoAddressError, first_free

# Addresses for documentation (RFC 5737 and RFC 3849): they belong to no one.
_PUBLIC: Final = {"IPv4": IPv4Network("198.51.100.0/24"), "IPv6": IPv6Network("2001:db8:1::/64")}
_ROLE: Final = "Network Contributor"


@dataclass(frozen=True)
class Frontend:
    """What the load balancer answers to.

    Attributes:
        address: the IP address.
        resource_id: id of the public IP address or the subnet that it is of; empty for an address that Azure
            made itself.
    """

    address: str
    resource_id: str = ""


def frontend(wanted: Demand, cluster: Resource, cloud: Cloud, taken: set[str]) -> Frontend:
    """The frontend that Azure gives a Service of type LoadBalancer for one of its families.

    Args:
        wanted: what the Service asks for.
        cluster: the managed cluster that it is in.
        cloud: the simulated cloud.
        taken: addresses that other Services of the cluster have.

    Raises:
        NoAddressError: Azure writes an event instead, and the Service stays pending.
    """
    if wanted.internal:
        return _internal(wanted, cluster, cloud, taken)
    if wanted.public_ip_name or wanted.address:
        public_ip = _public_ip(wanted, cluster, cloud)
        if misfit := next(_misfits(public_ip, wanted.family, cluster, cloud), None):
            raise NoAddressError(misfit)
        return Frontend(str(public_ip.properties.get("ipAddress") or ""), public_ip.id)
    seed = hashlib.sha256(f"{cluster.id}/{wanted.service}".lower().encode()).digest()
    return Frontend(first_free(_PUBLIC[wanted.family], taken, skip=seed[0]))


def _internal(wanted: Demand, cluster: Resource, cloud: Cloud, taken: set[str]) -> Frontend:
    """An address of the nodes' subnet, or of the one of its network that the Service names."""
    nodes_subnet = managed_cluster.nodes_subnet_id(cluster)
    if nodes_subnet is None:
        return Frontend(first_free(managed_cluster.OWN_NETWORK, taken, skip=200))
    network_id, _, subnet_name = nodes_subnet.rpartition("/subnets/")
    name = wanted.subnet or subnet_name
    subnet = cloud.get(f"{network_id}/subnets/{name}")
    if subnet is None:
        raise NoAddressError(
            f"ensure({wanted.service}): lb(kubernetes-internal) - failed to get subnet: "
            f"{network_id.rpartition('/')[2]}/{name}"
        )
    principal = managed_cluster.principal(cluster, cloud)
    if not holds_role(cloud, principal, _ROLE, subnet.id):
        raise NoAddressError(
            f"Code=LinkedAuthorizationFailed Message=The client '{principal}' with object id '{principal}'"
            " has permission to perform action 'Microsoft.Network/loadBalancers/write' on scope"
            f" '{managed_cluster.load_balancer_id(cluster)}-internal'; however, it does not have permission"
            " to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked"
            f" scope(s) '{subnet.id}' (respectively) or the linked scope(s) are invalid."
        )
    ranges = managed_cluster.ranges_of(subnet)
    if wanted.family not in ranges:
        raise NoAddressError(
            "Code=SubnetDoesNotSupportIPVersion Message=Frontend IP configuration of version"
            f" {wanted.family} cannot reference subnet {subnet.id}, which has no {wanted.family} prefix."
        )
    return Frontend(_private_address(ranges[wanted.family], wanted.address, taken), subnet.id)


def _private_address(network: IPv4Network | IPv6Network, wanted: str, taken: set[str]) -> str:
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
    return wanted


def _public_ip(wanted: Demand, cluster: Resource, cloud: Cloud) -> Resource:
    """The user's public IP address that has the name, or else the address, that the Service asks for.

    The control-plane identity needs rights on its resource group, unless that is the group of the nodes:
    https://learn.microsoft.com/azure/aks/static-ip#create-a-service-using-the-static-ip-address
    """
    node_group = managed_cluster.node_resource_group(cluster)
    group = wanted.resource_group or node_group
    scope = managed_cluster.resource_group_id(cluster, group)
    collection = f"{scope}/providers/Microsoft.Network/publicIPAddresses"
    principal = managed_cluster.principal(cluster, cloud)
    if group.lower() != node_group.lower() and not holds_role(cloud, principal, _ROLE, scope):
        asked = f"{collection}/{wanted.public_ip_name}".rstrip("/")
        raise NoAddressError(
            f"GET https://management.azure.com{asked}\nRESPONSE 403: 403 Forbidden\nERROR"
            f" CODE: AuthorizationFailed\nThe client '{principal}' with object id '{principal}' does not have"
            " authorization to perform action 'Microsoft.Network/publicIPAddresses/read' over scope"
            f" '{scope}/providers/Microsoft.Network' or the scope is invalid. If"
            " access was recently granted, please refresh your credentials."
        )
    if wanted.public_ip_name:
        if named := cloud.get(f"{collection}/{wanted.public_ip_name}"):
            return named
        raise NoAddressError(
            f"PublicIP from annotation azure-pip-name(-IPv6)={wanted.public_ip_name} for service"
            f" {wanted.service} doesn't exist"
        )
    for public_ip in cloud.of_type("Microsoft.Network/publicIPAddresses"):
        in_group = key_of(public_ip.id).startswith(key_of(scope) + "/")
        if in_group and public_ip.properties.get("ipAddress") == wanted.address:
            return public_ip
    raise NoAddressError(f"user supplied IP Address {wanted.address} was not found in resource group {group}")


def _misfits(public_ip: Resource, family: str, cluster: Resource, cloud: Cloud) -> Iterator[str]:
    """Why a public IP address cannot serve the cluster's load balancer.

    It has to be of the SKU of that (https://learn.microsoft.com/azure/load-balancer/skus), of its region, and
    of no other resource: https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses
    """
    balancer = managed_cluster.load_balancer_id(cluster)
    version = public_ip.properties.get("publicIPAddressVersion") or "IPv4"
    if version != family:
        yield (
            f"Code=PublicIPAddressVersionMismatch Message=Load balancer {balancer} cannot reference public IP"
            f" address {public_ip.id} of version {version} in a frontend of version {family}."
        )
    sku = (public_ip.properties.get("sku") or {}).get("name") or "Basic"
    if sku != "Standard":
        yield (
            f"Code=PublicIPAndLBSkuDoNotMatch Message=Standard sku load balancer {balancer} cannot reference"
            f" {sku} sku publicIP {public_ip.id}."
        )
    if managed_cluster.location(public_ip) != managed_cluster.location(cluster):
        yield (
            f"Code=InvalidResourceReference Message=Resource {public_ip.id} referenced by resource {balancer}"
            " was not found. Please make sure that the referenced resource exists, and that both resources"
            " are in the same region."
        )
    for user in cloud.referencing(public_ip.id):
        if user.type.lower() in ("microsoft.network/natgateways", "microsoft.network/networkinterfaces"):
            yield (
                f"Code=PublicIPAddressInUse Message=Resource {user.id} is referencing public IP address"
                f" {public_ip.id} that is already allocated to another resource."
            )
