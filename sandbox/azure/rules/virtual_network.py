"""Virtual networks and subnets: address ranges, and what may change or go while it is used."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from sandbox.azure.cloud import key_of, parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import (
    AGENT_POOL,
    MANAGED_CLUSTER,
    PRIVATE_ENDPOINT,
    SUBNET,
    VIRTUAL_NETWORK,
)
from sandbox.azure.rules.reading import (
    at,
    is_same_id,
    name_of,
    network_of,
    networks,
    prefixes_of,
    subnets_of,
)
from sandbox.azure.rules.registry import CloudView, Request, rule

_USERS = tuple(type_.lower() for type_ in (MANAGED_CLUSTER, AGENT_POOL, PRIVATE_ENDPOINT))
_SMALLEST_SUBNET = 29


@rule(
    VIRTUAL_NETWORK,
    SUBNET,
    source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
)
def address_prefixes_are_in_cidr_notation(request: Request) -> Iterator[Refusal]:
    """Address prefixes are written in CIDR notation with no host bits set."""
    for text in _prefix_texts(request):
        if network_of(text) is not None or ":" in text:
            continue
        address, _, length = text.partition("/")
        expected = _with_host_bits_cleared(address, length)
        if expected is None:
            yield Refusal(
                400,
                "InvalidAddressPrefixFormat",
                f"Address prefix {text} of resource {request.id} is not formatted correctly. It should "
                "follow CIDR notation, for example 10.0.0.0/24.",
            )
        else:
            yield Refusal(
                400,
                "InvalidCIDRNotation",
                f"The address prefix {text} in resource {request.id} has an invalid CIDR notation. For the "
                f"given prefix length, the address prefix should be {expected}.",
            )


@rule(SUBNET, source="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq")
def subnet_is_at_least_29(request: Request) -> Iterator[Refusal]:
    """The smallest IPv4 subnet is a /29."""
    if any(prefix.prefixlen > _SMALLEST_SUBNET for prefix in prefixes_of(request.properties)):
        yield Refusal(
            400,
            "NetcfgInvalidSubnet",
            f"Subnet '{name_of(request.id)}' is not valid in virtual network "
            f"'{name_of(parent_id(request.id))}'.",
        )


@rule(SUBNET, source="https://github.com/MicrosoftDocs/azure-docs/pull/123869")
def subnet_lies_inside_its_virtual_network(request: Request) -> Iterator[Refusal]:
    """A subnet's ranges lie inside the address space of its virtual network."""
    virtual_network = request.cloud.get(parent_id(request.id))
    if virtual_network is None:
        return
    space = networks(at(virtual_network.properties, "addressSpace.addressPrefixes") or ())
    for prefix in prefixes_of(request.properties):
        if not any(prefix.subnet_of(range_) for range_ in space):
            yield _outside(name_of(request.id), virtual_network.name)


@rule(SUBNET, source="https://github.com/MicrosoftDocs/azure-docs/pull/123869")
def subnets_do_not_overlap(request: Request) -> Iterator[Refusal]:
    """No two subnets of a virtual network overlap."""
    virtual_network_id = parent_id(request.id)
    name = name_of(request.id)
    for other, properties in subnets_of(request.cloud, virtual_network_id).items():
        if other == name.lower():
            continue
        if any(a.overlaps(b) for a in prefixes_of(request.properties) for b in prefixes_of(properties)):
            yield _overlap(name, name_of(virtual_network_id))
            return


@rule(VIRTUAL_NETWORK, source="https://github.com/MicrosoftDocs/azure-docs/pull/123869")
def inline_subnets_fit_and_do_not_overlap(request: Request) -> Iterator[Refusal]:
    """Subnets written inside a virtual network lie in its address space and do not overlap."""
    space = networks(at(request.properties, "addressSpace.addressPrefixes") or ())
    seen: list[IPv4Network] = []
    for subnet in request.properties.get("subnets") or ():
        for prefix in prefixes_of(subnet):
            if not any(prefix.subnet_of(range_) for range_ in space):
                yield _outside(subnet["name"], name_of(request.id))
            if any(prefix.overlaps(other) for other in seen):
                yield _overlap(subnet["name"], name_of(request.id))
            seen.append(prefix)


@rule(
    VIRTUAL_NETWORK,
    on=("update",),
    source="https://learn.microsoft.com/azure/virtual-network/manage-virtual-network#add-or-remove-an-address-range",
)
def address_space_keeps_its_subnets(request: Request) -> Iterator[Refusal]:
    """An address range goes only when no subnet lies in it."""
    space = networks(at(request.properties, "addressSpace.addressPrefixes") or ())
    for name, subnet in subnets_of(request.cloud, request.id).items():
        if any(not any(prefix.subnet_of(range_) for range_ in space) for prefix in prefixes_of(subnet)):
            yield _outside(name, name_of(request.id))


@rule(SUBNET, on=("update",), source="https://github.com/hashicorp/terraform-provider-azurerm/issues/7687")
def subnet_in_use_keeps_its_range(request: Request) -> Iterator[Refusal]:
    """A subnet that node pools or private endpoints use keeps its range."""
    if request.current is None or set(prefixes_of(request.current)) == set(prefixes_of(request.properties)):
        return
    if subnet_users(request.cloud, request.id):
        yield Refusal(
            400,
            "InUseSubnetCannotBeUpdated",
            f"Subnet {name_of(request.id)} is in use and cannot be updated.",
        )


@rule(
    SUBNET,
    on=("delete",),
    source="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet#delete-a-subnet",
)
def subnet_in_use_is_not_deleted(request: Request) -> Iterator[Refusal]:
    """A subnet that node pools, an API server or private endpoints use cannot be deleted."""
    yield from _still_used(request.cloud, request.id)


@rule(
    VIRTUAL_NETWORK,
    on=("delete",),
    source="https://learn.microsoft.com/azure/virtual-network/manage-virtual-network#delete-a-virtual-network",
)
def virtual_network_in_use_is_not_deleted(request: Request) -> Iterator[Refusal]:
    """A virtual network with a subnet in use cannot be deleted."""
    for name in subnets_of(request.cloud, request.id):
        yield from _still_used(request.cloud, f"{request.id}/subnets/{name}")


def subnet_users(cloud: CloudView, subnet_id: str) -> list[str]:
    """Return the ids of the resources that hold addresses of a subnet."""
    return [user.id for user in cloud.referencing(subnet_id) if user.type.lower() in _USERS]


def _still_used(cloud: CloudView, subnet_id: str) -> Iterator[Refusal]:
    users = [user for user in subnet_users(cloud, subnet_id) if not is_same_id(user, subnet_id)]
    if users:
        yield Refusal(
            400,
            "InUseSubnetCannotBeDeleted",
            f"Subnet {name_of(subnet_id)} is in use by {users[0]} and cannot be deleted. In order to delete "
            "the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.",
        )


def _prefix_texts(request: Request) -> list[str]:
    if key_of(request.type) == VIRTUAL_NETWORK.lower():
        return list(at(request.properties, "addressSpace.addressPrefixes") or ())
    single = request.properties.get("addressPrefix")
    return list(request.properties.get("addressPrefixes") or ([single] if single else ()))


def _with_host_bits_cleared(address: str, length: str) -> str | None:
    try:
        return str(IPv4Network((address, int(length)), strict=False))
    except ValueError:
        return None


def _outside(subnet: str, virtual_network: str) -> Refusal:
    return Refusal(
        400,
        "NetcfgSubnetRangeOutsideVnet",
        f"Subnet '{subnet}' is not valid because its IP address range is outside the IP address range of "
        f"virtual network '{virtual_network}'.",
    )


def _overlap(subnet: str, virtual_network: str) -> Refusal:
    return Refusal(
        400,
        "NetcfgSubnetRangesOverlap",
        f"Subnet '{subnet}' is not valid because its IP address range overlaps with that of an existing "
        f"subnet in virtual network '{virtual_network}'.",
    )
