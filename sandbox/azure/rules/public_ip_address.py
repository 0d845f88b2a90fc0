"""Public IP addresses and NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.facts.locations import LOCATIONS
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import (
    NAT_GATEWAY,
    PUBLIC_IP_ADDRESS,
)
from sandbox.azure.rules.reading import (
    at,
    is_same_id,
    location_of,
    name_of,
    normalised_location,
)
from sandbox.azure.rules.registry import Request, rule

_NAT = "https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource"


@rule(
    PUBLIC_IP_ADDRESS,
    source="https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#domain-name-label",
)
def domain_name_label_is_free(request: Request) -> Iterator[Refusal]:
    """No two public IP addresses of a region have the same domain name label."""
    label, location = at(request.properties, "dnsSettings.domainNameLabel"), location_of(request)
    for other in request.cloud.of_type(PUBLIC_IP_ADDRESS) if label else ():
        taken = at(other.properties, "dnsSettings.domainNameLabel") or ""
        if is_same_id(other.id, request.id) or normalised_location(other.location) != location:
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


@rule(NAT_GATEWAY, source=_NAT)
def nat_gateway_addresses_are_standard(request: Request) -> Iterator[Refusal]:
    """A NAT gateway takes public IP addresses of its own SKU."""
    sku = at(request.properties, "sku.name") or "Standard"
    for address_id in _addresses(request):
        address = request.cloud.get(address_id)
        found = at(address.properties, "sku.name") or "Basic" if address is not None else sku
        if found != sku:
            yield Refusal(
                400,
                "BadRequest",
                f"NatGateway {request.id} with sku {sku} cannot use public IP address {address_id} with sku "
                f"{found}.",
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


def _addresses(request: Request) -> list[str]:
    return [entry["id"] for entry in request.properties.get("publicIpAddresses") or () if entry.get("id")]
