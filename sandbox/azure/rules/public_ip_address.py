"""Public IP addresses and NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator

from azure_facts.locations import LOCATIONS
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import (
    MANAGED_CLUSTER,
    NAT_GATEWAY,
    PUBLIC_IP_ADDRESS,
    SUBNET,
    VIRTUAL_NETWORK,
)
from sandbox.azure.rules.reading import (
    at,
    is_same_id,
    location_of,
    name_of,
    normalised_location,
    users_of,
)
from sandbox.azure.rules.registry import Request, rule
from sandbox.azure.rules.resource_groups import invalid_resource_reference

_PUBLIC_IP = "https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses"
_NAT = "https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource"
_IDLE_TIMEOUT = range(4, 121)
_MOST_ADDRESSES = 16


@rule(
    PUBLIC_IP_ADDRESS,
    on=("create",),
    source="https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-basic-upgrade-guidance",
)
def public_ip_address_is_standard(request: Request) -> Iterator[Refusal]:
    """A new public IP address names the Standard SKU; Basic, the default, is retired."""
    if at(request.properties, "sku.name") in (None, "Basic"):
        yield Refusal(
            400,
            "IPv4BasicSkuPublicIpCountLimitReached",
            "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this "
            "region.",
        )


@rule(PUBLIC_IP_ADDRESS, source=_PUBLIC_IP)
def standard_public_ip_address_is_static(request: Request) -> Iterator[Refusal]:
    """A Standard public IP address is allocated statically."""
    allocation = request.properties.get("publicIPAllocationMethod") or "Dynamic"
    if at(request.properties, "sku.name") in ("Standard", "StandardV2") and allocation != "Static":
        yield Refusal(
            400,
            "StandardSkuPublicIPAddressesCannotHaveDynamicAllocationMethod",
            f"Standard sku publicIp {request.id} must have AllocationMethod set to Static.",
        )


@rule(PUBLIC_IP_ADDRESS, source=f"{_PUBLIC_IP}#domain-name-label")
def domain_name_label_is_free(request: Request) -> Iterator[Refusal]:
    """No two public IP addresses of a region have the same domain name label."""
    label = at(request.properties, "dnsSettings.domainNameLabel")
    if not label:
        return
    location = location_of(request)
    for other in request.cloud.of_type(PUBLIC_IP_ADDRESS):
        taken = at(other.properties, "dnsSettings.domainNameLabel")
        if is_same_id(other.id, request.id) or normalised_location(other.location) != location or not taken:
            continue
        if taken.lower() == label.lower():
            yield Refusal(
                400,
                "DnsRecordInUse",
                f"DNS record {label}.{location}.cloudapp.azure.com is already used by another public IP.",
            )


@rule(
    PUBLIC_IP_ADDRESS,
    NAT_GATEWAY,
    on=("create",),
    source="https://learn.microsoft.com/azure/reliability/regions-list",
)
def zones_are_offered_by_the_region(request: Request) -> Iterator[Refusal]:
    """Zones are named only in a region that has them, and only its zones 1 to 3."""
    location = LOCATIONS.get(location_of(request) or "")
    if location is None:
        return
    offered = ("1", "2", "3") if location.has_zones else ()
    refused = [zone for zone in request.properties.get("zones") or () if zone not in offered]
    if refused:
        yield Refusal(
            400,
            "InvalidAvailabilityZone",
            f"The zone(s) '{','.join(refused)}' for resource '{request.type}/{name_of(request.id)}' is not "
            f"supported. The supported zones for location '{location.name}' are '{','.join(offered)}'",
        )


@rule(
    PUBLIC_IP_ADDRESS,
    on=("delete",),
    source="https://learn.microsoft.com/azure/virtual-network/ip-services/virtual-network-public-ip-address",
)
def public_ip_address_in_use_is_not_deleted(request: Request) -> Iterator[Refusal]:
    """A public IP address that a NAT gateway or a cluster's load balancer uses cannot be deleted."""
    users = users_of(request, (NAT_GATEWAY, MANAGED_CLUSTER))
    if users:
        yield Refusal(
            400,
            "PublicIPAddressCannotBeDeleted",
            f"Public IP address {request.id} can not be deleted since it is still allocated to resource "
            f"{users[0].id}. In order to delete the public IP, disassociate/detach the Public IP address "
            "from the resource.  To learn how to do this, see aka.ms/deletepublicip.",
        )


@rule(NAT_GATEWAY, source=_NAT)
def nat_gateway_addresses_are_standard(request: Request) -> Iterator[Refusal]:
    """A NAT gateway takes public IP addresses of its own SKU, in its own region."""
    sku = at(request.properties, "sku.name") or "Standard"
    for address_id in _addresses(request):
        address = request.cloud.get(address_id)
        if address is None:
            continue
        if normalised_location(address.location) != location_of(request):
            yield invalid_resource_reference(request.id, address_id)
        found = at(address.properties, "sku.name") or "Basic"
        if found != sku:
            yield _bad_request(
                f"NatGateway {request.id} with sku {sku} cannot use public IP address {address_id} with sku "
                f"{found}."
            )


@rule(NAT_GATEWAY, source=_NAT)
def public_ip_address_has_one_user(request: Request) -> Iterator[Refusal]:
    """A public IP address serves one NAT gateway."""
    for address_id in _addresses(request):
        for user in request.cloud.referencing(address_id):
            if user.type.lower() == NAT_GATEWAY.lower() and not is_same_id(user.id, request.id):
                yield Refusal(
                    400,
                    "PublicIPAddressInUse",
                    f"Resource {request.id} is referencing public IP address {address_id} that is already "
                    f"allocated to resource {user.id}.",
                )


@rule(NAT_GATEWAY, source="https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones")
def nat_gateway_is_in_one_zone_at_most(request: Request) -> Iterator[Refusal]:
    """A Standard NAT gateway is in one zone or in none that the caller names."""
    zones = request.properties.get("zones") or ()
    if len(zones) > 1 and at(request.properties, "sku.name") != "StandardV2":
        yield _bad_request(
            f"NatGateway {request.id} cannot have more than one zone; zones given: {','.join(zones)}."
        )


@rule(NAT_GATEWAY, source=f"{_NAT}#tcp-idle-timeout")
def nat_gateway_idle_timeout_is_in_range(request: Request) -> Iterator[Refusal]:
    """A NAT gateway's idle timeout lies between 4 and 120 minutes."""
    timeout = request.properties.get("idleTimeoutInMinutes")
    if timeout is not None and timeout not in _IDLE_TIMEOUT:
        yield _bad_request(
            f"NatGateway {request.id} has idleTimeoutInMinutes {timeout:g}. Allowed range "
            f"{_IDLE_TIMEOUT[0]}-{_IDLE_TIMEOUT[-1]}."
        )


@rule(NAT_GATEWAY, source=_NAT)
def nat_gateway_has_at_most_16_addresses(request: Request) -> Iterator[Refusal]:
    """A NAT gateway takes at most 16 public IP addresses."""
    if len(_addresses(request)) > _MOST_ADDRESSES:
        yield _bad_request(
            f"NatGateway {request.id} cannot have more than {_MOST_ADDRESSES} public IP addresses; "
            f"{len(_addresses(request))} given."
        )


@rule(
    NAT_GATEWAY,
    PUBLIC_IP_ADDRESS,
    on=("update",),
    source="https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones",
)
def addresses_and_gateways_keep_their_zones(request: Request) -> Iterator[Refusal]:
    """The zones of a NAT gateway or a public IP address cannot change."""
    if list(request.properties.get("zones") or ()) != list((request.current or {}).get("zones") or ()):
        yield Refusal(
            400,
            "ResourceAvailabilityZonesCannotBeModified",
            f"Resource {request.id} has an existing availability zone constraint and the request changes "
            "it, which is not supported. Zones cannot be added/updated/removed once the resource is "
            "created. The resource cannot be updated from regional to zonal or vice-versa.",
        )


@rule(
    NAT_GATEWAY,
    on=("delete",),
    source="https://learn.microsoft.com/azure/nat-gateway/manage-nat-gateway#delete-a-nat-gateway",
)
def nat_gateway_in_use_is_not_deleted(request: Request) -> Iterator[Refusal]:
    """A NAT gateway that a subnet uses cannot be deleted."""
    users = users_of(request, (SUBNET, VIRTUAL_NETWORK))
    if users:
        yield Refusal(
            400,
            "InUseNatGatewayCannotBeDeleted",
            f"Nat gateway {request.id} cannot be deleted because it is in use by the following resources: "
            f"{', '.join(user.id for user in users)}.",
        )


def _addresses(request: Request) -> list[str]:
    return [entry["id"] for entry in request.properties.get("publicIpAddresses") or () if entry.get("id")]


def _bad_request(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)
