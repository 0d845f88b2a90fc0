"""Address ranges, egress and dataplane of managed clusters."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from azure_facts.address_plan import LARGEST_SERVICE_RANGE, RESERVED
from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
from sandbox.azure.rules.pools import pools
from sandbox.azure.rules.reading import (
    at,
    invalid_parameter,
    network_of,
    prefixes_of,
    subnet_properties,
    subnets_of,
)
from sandbox.azure.rules.registry import Request, rule

_PLANNING = "https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning"
_RESERVED_RANGES = "https://learn.microsoft.com/azure/aks/concepts-network-cni-overview#prerequisites"
_TROUBLESHOOT = "https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes"
_DEFAULT_SERVICE_CIDR = "10.0.0.0/16"
_DEFAULT_DNS_SERVICE_IP = "10.0.0.10"
_DEFAULT_POD_CIDR = "10.244.0.0/16"


@rule(MANAGED_CLUSTER, source=_PLANNING)
def cluster_ranges_are_cidr(request: Request) -> Iterator[Refusal]:
    """Service and pod ranges are written in CIDR notation."""
    for property_ in ("serviceCidr", "podCidr"):
        text = _profile(request).get(property_)
        if text is not None and network_of(text) is None:
            yield Refusal(
                400, "CidrStringParseError", f"networkProfile.{property_} {text} is not a valid CIDR."
            )


@rule(MANAGED_CLUSTER, source=f"{_PLANNING}#kubernetes-service-address-range")
def service_range_is_smaller_than_12(request: Request) -> Iterator[Refusal]:
    """A service range is smaller than a /12."""
    service = _service_range(request)
    if service is not None and service.prefixlen < LARGEST_SERVICE_RANGE:
        yield invalid_parameter(
            "networkProfile.serviceCidr",
            f"Service CIDR {service} must be smaller than /{LARGEST_SERVICE_RANGE - 1}.",
        )


@rule(MANAGED_CLUSTER, source=f"{_TROUBLESHOOT}/servicecidroverlapexistingsubnetscidr-error")
def service_range_is_apart_from_subnets(request: Request) -> Iterator[Refusal]:
    """The service range overlaps no subnet of the cluster's virtual network."""
    service = _service_range(request)
    for subnet in _subnets(request):
        if service is not None and service.overlaps(subnet):
            yield Refusal(
                400,
                "ServiceCidrOverlapExistingSubnetsCidr",
                f"The specified service CIDR {service} is conflicted with an existing subnet CIDR {subnet}",
            )


@rule(
    MANAGED_CLUSTER,
    source="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning",
)
def pod_range_is_apart_from_subnets(request: Request) -> Iterator[Refusal]:
    """An overlay's pod range overlaps no subnet of the cluster's virtual network."""
    pod = _pod_range(request)
    for subnet in _subnets(request):
        if pod is not None and pod.overlaps(subnet):
            yield Refusal(
                400,
                "PodCidrOverlapExistingSubnetsCidr",
                f"The specified pod CIDR {pod} is conflicted with an existing subnet CIDR {subnet}",
            )


@rule(
    MANAGED_CLUSTER,
    source="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning",
)
def pod_range_is_apart_from_services(request: Request) -> Iterator[Refusal]:
    """An overlay's pod range and the service range do not overlap."""
    pod, service = _pod_range(request), _service_range(request)
    if pod is not None and service is not None and pod.overlaps(service):
        yield Refusal(
            400,
            "PodCidrOverlapServiceCidr",
            f"The specified pod CIDR {pod} is conflicted with the service CIDR {service}",
        )


@rule(MANAGED_CLUSTER, source=_RESERVED_RANGES)
def ranges_leave_what_azure_reserves(request: Request) -> Iterator[Refusal]:
    """Node, pod and service ranges overlap none of the four ranges that Azure reserves."""
    asked = [("ServiceCidrOverlapping", "service CIDR", _service_range(request))]
    asked.append(("InvalidNetworkingConfig", "pod CIDR", _pod_range(request)))
    asked += [("SubnetCidrOverlapping", "subnet CIDR", subnet) for subnet in _pool_subnets(request)]
    for code, what, network in asked:
        for reserved in RESERVED:
            if network is not None and network.overlaps(reserved):
                yield Refusal(
                    400, code, f"The specified {what} {network} overlaps with reserved CIDR {reserved}"
                )


@rule(MANAGED_CLUSTER, source=f"{_TROUBLESHOOT}/dnsserviceipoutofservicecidr-error")
def dns_service_ip_is_in_the_service_range(request: Request) -> Iterator[Refusal]:
    """The DNS service IP lies in the service range; where none is named it is 10.0.0.10."""
    address, service = _dns_service_ip(request), _service_range(request)
    if address is None:
        text = _profile(request).get("dnsServiceIP")
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
    if address is None or service is None or address not in service:
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


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/egress-outboundtype")
def nat_gateway_kind_fits_the_virtual_network(request: Request) -> Iterator[Refusal]:
    """A managed NAT gateway goes with Azure's virtual network, a user-assigned one with the caller's."""
    outbound, own = _profile(request).get("outboundType"), bool(_virtual_networks(request))
    if outbound == "managedNATGateway" and own:
        yield Refusal(
            400,
            "ManagedNATGatewayWithCustomVNetNotAllowed",
            "Outbound type managedNATGateway cannot be used with agent pools in a custom virtual network.",
        )
    if outbound == "userAssignedNATGateway" and not own:
        yield Refusal(
            400,
            "UserAssignedNATGatewayWithManagedVNetNotAllowed",
            "Outbound type userAssignedNATGateway requires agent pools in a custom virtual network.",
        )


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/egress-udr")
def user_defined_routing_has_a_route_table(request: Request) -> Iterator[Refusal]:
    """Where egress is user-defined routing, every pool's subnet has a route table."""
    if _profile(request).get("outboundType") != "userDefinedRouting":
        return
    for pool in pools(request):
        subnet_id = pool.asked.get("vnetSubnetID")
        subnet = subnet_properties(request.cloud, subnet_id) if subnet_id else None
        if subnet is None or not at(subnet, "routeTable.id"):
            yield Refusal(
                400,
                "ExistingRouteTableNotAssociatedWithSubnet",
                "Outbound type userDefinedRouting requires a route table associated with the subnet of "
                f"agent pool {pool.name}.",
            )


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/load-balancer-standard")
def load_balancer_is_standard(request: Request) -> Iterator[Refusal]:
    """A cluster's load balancer has the Standard SKU; Basic is retired."""
    if str(_profile(request).get("loadBalancerSku", "standard")).lower() == "basic":
        yield Refusal(400, "InvalidLoadBalancerSku", "Load balancer SKU basic is retired; use standard.")


def _profile(request: Request) -> dict[str, Any]:
    return dict(request.properties.get("networkProfile") or {})


def _service_range(request: Request) -> IPv4Network | None:
    return network_of(_profile(request).get("serviceCidr") or _DEFAULT_SERVICE_CIDR)


def _pod_range(request: Request) -> IPv4Network | None:
    profile = _profile(request)
    if profile.get("networkPluginMode") != "overlay" and profile.get("networkPlugin") != "kubenet":
        return None
    return network_of(profile.get("podCidr") or _DEFAULT_POD_CIDR)


def _dns_service_ip(request: Request) -> IPv4Address | None:
    try:
        return IPv4Address(_profile(request).get("dnsServiceIP") or _DEFAULT_DNS_SERVICE_IP)
    except ValueError:
        return None


def _virtual_networks(request: Request) -> dict[str, str]:
    ids = [pool.asked.get("vnetSubnetID") for pool in pools(request)]
    return {key_of(parent_id(id_)): parent_id(id_) for id_ in ids if id_}


def _subnets(request: Request) -> list[IPv4Network]:
    found = [subnets_of(request.cloud, id_).values() for id_ in _virtual_networks(request).values()]
    return [prefix for subnets in found for subnet in subnets for prefix in prefixes_of(subnet)]


def _pool_subnets(request: Request) -> list[IPv4Network]:
    keys = {key_of(pool.asked["vnetSubnetID"]) for pool in pools(request) if pool.asked.get("vnetSubnetID")}
    result = []
    for key in sorted(keys):
        result += prefixes_of(subnet_properties(request.cloud, key) or {})
    return result
