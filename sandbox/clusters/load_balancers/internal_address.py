"""An address of a subnet for a Service that asks for an internal load balancer.

Source: https://learn.microsoft.com/azure/aks/internal-lb
"""

from __future__ import annotations

from ipaddress import IPv4Network, ip_address

from sandbox.azure.cloud import Cloud, Resource
from sandbox.clusters.access import control_plane_principal, holds_network_role
from sandbox.clusters.load_balancers.answer import Frontend, NoAddressError
from sandbox.clusters.load_balancers.demand import Demand
from sandbox.clusters.load_balancers.free_address import first_free
from sandbox.clusters.managed_cluster import OWN_NETWORK, load_balancer_id, nodes_subnet_id, range_of


def frontend(wanted: Demand, cluster: Resource, cloud: Cloud, taken: set[str]) -> Frontend:
    """An address of the nodes' subnet, or of the one of its network that the Service names.

    Args:
        wanted: what the Service asks for.
        cluster: the managed cluster that it is in.
        cloud: the simulated cloud.
        taken: addresses that other Services of the cluster have.

    Raises:
        NoAddressError: the subnet does not exist, the cluster may not join it, or it does not have the
            address.
    """
    nodes_subnet = nodes_subnet_id(cluster)
    if nodes_subnet is None:
        return Frontend(first_free(OWN_NETWORK, taken, skip=200))
    network_id, _, subnet_name = nodes_subnet.rpartition("/subnets/")
    name = wanted.subnet or subnet_name
    subnet = cloud.get(f"{network_id}/subnets/{name}")
    if subnet is None:
        raise NoAddressError(
            f"ensure({wanted.service}): lb(kubernetes-internal) - failed to get subnet: "
            f"{network_id.rpartition('/')[2]}/{name}"
        )
    _require_rights(cluster, subnet, cloud)
    return Frontend(_address(range_of(subnet), wanted.address, taken), subnet.id)


def _require_rights(cluster: Resource, subnet: Resource, cloud: Cloud) -> None:
    principal = control_plane_principal(cluster, cloud)
    if not holds_network_role(principal, subnet.id, cloud):
        raise NoAddressError(
            f"Code=LinkedAuthorizationFailed Message=The client '{principal}' with object id '{principal}'"
            " has permission to perform action 'Microsoft.Network/loadBalancers/write' on scope"
            f" '{load_balancer_id(cluster)}-internal'; however, it does not have permission to perform"
            " action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s)"
            f" '{subnet.id}' (respectively) or the linked scope(s) are invalid."
        )


def _address(network: IPv4Network, wanted: str, taken: set[str]) -> str:
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
