"""Networks of managed clusters."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.facts import facts
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
from sandbox.azure.rules.pools import pools
from sandbox.azure.rules.reading import (
    at,
    is_same_id,
    network_of,
    networks,
    prefixes_of,
    subnet_properties,
    subnets_of,
)
from sandbox.azure.rules.registry import Request, rule

_INTEGRATION = "https://learn.microsoft.com/azure/aks/api-server-vnet-integration"
_OVERLAY = "https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning"
_PLANNING = "https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning"
_TROUBLESHOOT = "https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes"
_SMALLEST_API_SERVER_SUBNET = 28


@rule(MANAGED_CLUSTER, source=f"{_TROUBLESHOOT}/servicecidroverlapexistingsubnetscidr-error")
def service_range_is_apart_from_subnets(request: Request) -> Iterator[Refusal]:
    """The service range overlaps no subnet of the cluster's virtual network."""
    yield from _overlaps(request, _service_range(request), "service CIDR", "ServiceCidrOverlap")


@rule(MANAGED_CLUSTER, source=_OVERLAY)
def pod_range_is_apart_from_subnets(request: Request) -> Iterator[Refusal]:
    """An overlay's pod range overlaps no subnet of the cluster's virtual network."""
    yield from _overlaps(request, _pod_range(request), "pod CIDR", "PodCidrOverlap")


@rule(MANAGED_CLUSTER, source=_OVERLAY)
def pod_range_is_apart_from_services(request: Request) -> Iterator[Refusal]:
    """An overlay's pod range and the service range do not overlap."""
    pod, service = _pod_range(request), _service_range(request)
    if pod is not None and service is not None and pod.overlaps(service):
        yield Refusal(
            400,
            "PodCidrOverlapServiceCidr",
            f"The specified pod CIDR {pod} is conflicted with the service CIDR {service}",
        )


@rule(
    MANAGED_CLUSTER,
    source="https://learn.microsoft.com/azure/aks/concepts-network-cni-overview#prerequisites",
)
def ranges_leave_what_azure_reserves(request: Request) -> Iterator[Refusal]:
    """Node, pod and service ranges overlap none of the four ranges that Azure reserves."""
    asked = [("ServiceCidrOverlapping", "service CIDR", _service_range(request))]
    asked.append(("InvalidNetworkingConfig", "pod CIDR", _pod_range(request)))
    for subnet_id in sorted(set(map(key_of, _node_subnets(request)))):
        prefixes = prefixes_of(subnet_properties(request.cloud, subnet_id) or {})
        asked += [("SubnetCidrOverlapping", "subnet CIDR", prefix) for prefix in prefixes]
    for code, what, network in asked:
        for reserved in networks(facts("networks")["reserved"]):
            if network is not None and network.overlaps(reserved):
                yield Refusal(
                    400, code, f"The specified {what} {network} overlaps with reserved CIDR {reserved}"
                )


@rule(MANAGED_CLUSTER, source=f"{_TROUBLESHOOT}/dnsserviceipoutofservicecidr-error")
def dns_service_ip_is_in_the_service_range(request: Request) -> Iterator[Refusal]:
    """The DNS service IP lies in the service range; where none is named it is 10.0.0.10."""
    address, service = _dns_service_ip(request), _service_range(request)
    if address is None:
        text = _network(request, "dnsServiceIP")
        yield Refusal(
            400, "DnsServiceIpParseError", f"The DNS service IP {text} is not a valid IPv4 address."
        )
    elif service is not None and address not in service:
        yield Refusal(
            400,
            "DnsServiceIpOutOfServiceCidr",
            f"The DNS service IP {address} is out of the range defined by service CIDR {service}.",
        )


@rule(MANAGED_CLUSTER, source=f"{_PLANNING}#kubernetes-dns-service-ip-address")
def dns_service_ip_is_neither_first_nor_last(request: Request) -> Iterator[Refusal]:
    """The DNS service IP is not the service range's first address, which the API server has, nor its last."""
    address, service = _dns_service_ip(request), _service_range(request)
    if address is None or service is None:
        return
    if address in (service.network_address, service.network_address + 1):
        yield Refusal(
            400,
            "DnsServiceIpConflicting",
            f"The DNS service IP {address} is conflicted with the API server IP "
            f"{service.network_address + 1}.",
        )
    if address == service.broadcast_address:
        yield Refusal(
            400,
            "DnsBroadcastAddressConflicting",
            f"The DNS service IP {address} is conflicted with the broadcast address of service CIDR "
            f"{service}.",
        )


@rule(MANAGED_CLUSTER, source=f"{_INTEGRATION}#limited-availability")
def api_server_subnet_is_at_least_28(request: Request) -> Iterator[Refusal]:
    """The API server's subnet is a /28 or larger."""
    subnet_id = _api_server_subnet(request)
    for prefix in prefixes_of(subnet_properties(request.cloud, subnet_id) or {}) if subnet_id else ():
        if prefix.prefixlen > _SMALLEST_API_SERVER_SUBNET:
            yield _config_error(
                f"{subnet_id} with CIDR {prefix} must be /{_SMALLEST_API_SERVER_SUBNET} or larger."
            )


@rule(MANAGED_CLUSTER, source=f"{_INTEGRATION}#create-a-virtual-network")
def api_server_subnet_is_its_own(request: Request) -> Iterator[Refusal]:
    """The API server's subnet is in the nodes' virtual network and is no node subnet."""
    subnet_id = _api_server_subnet(request)
    if not subnet_id or subnet_properties(request.cloud, subnet_id) is None:
        return
    for node_subnet in _node_subnets(request):
        if is_same_id(node_subnet, subnet_id):
            yield _config_error(f"{subnet_id} cannot be used by agent pools.")
        elif not is_same_id(parent_id(node_subnet), parent_id(subnet_id)):
            yield _config_error(f"{subnet_id} must be in the virtual network of the agent pools.")


def _network(request: Request, property_: str) -> Any:  # noqa: ANN401  JSON
    """Return a property of the cluster's network, or what Azure takes in its place."""
    return at(request.properties, f"networkProfile.{property_}") or facts("networks")["defaults"].get(
        property_
    )


def _service_range(request: Request) -> IPv4Network | None:
    return network_of(_network(request, "serviceCidr"))


def _pod_range(request: Request) -> IPv4Network | None:
    is_overlay = _network(request, "networkPluginMode") == "overlay"
    if not is_overlay and _network(request, "networkPlugin") != "kubenet":
        return None
    return network_of(_network(request, "podCidr"))


def _dns_service_ip(request: Request) -> IPv4Address | None:
    try:
        return IPv4Address(_network(request, "dnsServiceIP"))
    except ValueError:
        return None


def _node_subnets(request: Request) -> list[str]:
    return [pool.asked["vnetSubnetID"] for pool in pools(request) if pool.asked.get("vnetSubnetID")]


def _api_server_subnet(request: Request) -> str | None:
    return at(request.properties, "apiServerAccessProfile.subnetId")


def _overlaps(request: Request, network: IPv4Network | None, what: str, code: str) -> Iterator[Refusal]:
    virtual_networks = {key_of(parent_id(subnet)): parent_id(subnet) for subnet in _node_subnets(request)}
    for virtual_network in virtual_networks.values():
        for subnet in subnets_of(request.cloud, virtual_network).values():
            for prefix in prefixes_of(subnet):
                if network is not None and network.overlaps(prefix):
                    yield Refusal(
                        400,
                        f"{code}ExistingSubnetsCidr",
                        f"The specified {what} {network} is conflicted with an existing subnet CIDR {prefix}",
                    )


def _config_error(message: str) -> Refusal:
    return Refusal(400, "ApiserverSubnetConfigError", f"API server subnet {message}")
