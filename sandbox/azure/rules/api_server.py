"""How a managed cluster's API server is reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azure_facts.address_plan import PRIVATE
from sandbox.azure.cloud import parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
from sandbox.azure.rules.pools import pools
from sandbox.azure.rules.reading import (
    invalid_parameter,
    is_same_id,
    network_of,
    prefixes_of,
    subnet_properties,
)
from sandbox.azure.rules.registry import Request, rule

_RANGES = "https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"
_INTEGRATION = "https://learn.microsoft.com/azure/aks/api-server-vnet-integration"
_PRIVATE = "https://learn.microsoft.com/azure/aks/private-clusters"
_DELEGATION = "Microsoft.ContainerService/managedClusters"
_MOST_RANGES, _SMALLEST_SUBNET = 200, 28


@rule(MANAGED_CLUSTER, source=f"{_RANGES}#limitations-and-considerations")
def authorized_ranges_are_for_public_api_servers(request: Request) -> Iterator[Refusal]:
    """A private cluster has no authorized IP ranges."""
    access = _access(request)
    if access.get("enablePrivateCluster") and access.get("authorizedIPRanges"):
        yield invalid_parameter(
            "apiServerAccessProfile.authorizedIPRanges",
            "Authorized IP ranges are not supported in private clusters.",
        )


@rule(MANAGED_CLUSTER, source=f"{_RANGES}#limitations-and-considerations")
def authorized_ranges_are_at_most_200(request: Request) -> Iterator[Refusal]:
    """A cluster has at most 200 authorized IP ranges."""
    ranges = _access(request).get("authorizedIPRanges") or ()
    if len(ranges) > _MOST_RANGES:
        yield invalid_parameter(
            "apiServerAccessProfile.authorizedIPRanges",
            f"At most {_MOST_RANGES} authorized IP ranges are supported, got {len(ranges)}.",
        )


@rule(MANAGED_CLUSTER, source=_RANGES)
def authorized_ranges_are_public(request: Request) -> Iterator[Refusal]:
    """Authorized IP ranges are public IPv4 addresses in CIDR notation."""
    for text in _access(request).get("authorizedIPRanges") or ():
        network = network_of(text)
        if network is None:
            reason = "it is not a valid IP address or CIDR"
        elif any(network.overlaps(private) for private in PRIVATE):
            reason = "it is not a public address range"
        else:
            continue
        yield invalid_parameter(
            "apiServerAccessProfile.authorizedIPRanges",
            f"Authorized IP range {text} is not allowed: {reason}.",
        )


@rule(
    MANAGED_CLUSTER,
    source=f"{_INTEGRATION}#create-an-aks-cluster-with-api-server-vnet-integration-using-a-bring-your-own-vnet",
)
def api_server_subnet_comes_with_own_virtual_network(request: Request) -> Iterator[Refusal]:
    """With a virtual network of the caller's, API Server VNet Integration needs a subnet of its own there."""
    access = _access(request)
    node_subnets = _node_subnets(request)
    if access.get("enableVnetIntegration") and node_subnets and not access.get("subnetId"):
        yield _config_error(
            "apiServerAccessProfile.subnetId is required when agent pools use a custom virtual network."
        )
    if access.get("subnetId") and not access.get("enableVnetIntegration"):
        yield _config_error("apiServerAccessProfile.subnetId requires enableVnetIntegration.")


@rule(MANAGED_CLUSTER, source=f"{_INTEGRATION}#create-a-virtual-network")
def api_server_subnet_is_delegated(request: Request) -> Iterator[Refusal]:
    """The API server's subnet is delegated to Microsoft.ContainerService/managedClusters."""
    subnet_id, subnet = _subnet(request)
    if subnet is None:
        return
    services = [delegation.get("serviceName") for delegation in subnet.get("delegations") or ()]
    if _DELEGATION not in services:
        yield _config_error(f"API server subnet {subnet_id} must be delegated to {_DELEGATION}.")


@rule(MANAGED_CLUSTER, source=f"{_INTEGRATION}#limited-availability")
def api_server_subnet_is_at_least_28(request: Request) -> Iterator[Refusal]:
    """The API server's subnet is a /28 or larger."""
    subnet_id, subnet = _subnet(request)
    for prefix in prefixes_of(subnet or {}):
        if prefix.prefixlen > _SMALLEST_SUBNET:
            yield _config_error(
                f"API server subnet {subnet_id} with CIDR {prefix} must be /{_SMALLEST_SUBNET} or larger."
            )


@rule(MANAGED_CLUSTER, source=f"{_INTEGRATION}#create-a-virtual-network")
def api_server_subnet_is_its_own(request: Request) -> Iterator[Refusal]:
    """The API server's subnet is in the nodes' virtual network and is no node subnet."""
    subnet_id, subnet = _subnet(request)
    if subnet is None or subnet_id is None:
        return
    for node_subnet in _node_subnets(request):
        if is_same_id(node_subnet, subnet_id):
            yield _config_error(f"API server subnet {subnet_id} cannot be used by agent pools.")
        elif not is_same_id(parent_id(node_subnet), parent_id(subnet_id)):
            yield _config_error(
                f"API server subnet {subnet_id} must be in the virtual network of the agent pools."
            )


@rule(MANAGED_CLUSTER, source=f"{_PRIVATE}#disable-a-public-fqdn")
def private_cluster_has_a_name_somewhere(request: Request) -> Iterator[Refusal]:
    """A private cluster without a private DNS zone keeps its public name."""
    access = _access(request)
    if (
        access.get("enablePrivateCluster")
        and str(access.get("privateDNSZone", "")).lower() == "none"
        and access.get("enablePrivateClusterPublicFQDN") is False
    ):
        yield Refusal(
            400,
            "NonePrivateDNSZonePublicFQDNDisabledError",
            "Private DNS zone none requires the public FQDN of the private cluster to be enabled.",
        )


@rule(MANAGED_CLUSTER, source=f"{_PRIVATE}#configure-a-private-dns-zone")
def private_dns_zone_is_for_private_clusters(request: Request) -> Iterator[Refusal]:
    """Only a private cluster names a private DNS zone."""
    access = _access(request)
    if access.get("privateDNSZone") and not access.get("enablePrivateCluster"):
        yield Refusal(
            400,
            "InvalidPrivateDNSZoneMode",
            "apiServerAccessProfile.privateDNSZone can only be set when enablePrivateCluster is true.",
        )


def _access(request: Request) -> dict[str, Any]:
    return dict(request.properties.get("apiServerAccessProfile") or {})


def _node_subnets(request: Request) -> list[str]:
    return [pool.asked["vnetSubnetID"] for pool in pools(request) if pool.asked.get("vnetSubnetID")]


def _subnet(request: Request) -> tuple[str | None, Any]:
    subnet_id = _access(request).get("subnetId")
    return subnet_id, subnet_properties(request.cloud, subnet_id) if subnet_id else None


def _config_error(message: str) -> Refusal:
    return Refusal(400, "ApiserverSubnetConfigError", message)
