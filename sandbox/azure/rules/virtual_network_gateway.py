"""What rows about virtual network gateways call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.cloud import Resource, parent_id
from sandbox.azure.rules.arm_types import VIRTUAL_NETWORK_GATEWAY
from sandbox.azure.rules.reading import is_same_id, network_of, values_at
from sandbox.azure.rules.subjects import Failures, Subject

_SUBNETS = "ipConfigurations.subnet.id"
_SIZES_OF_EXPRESS_ROUTE = ("ErGw1AZ", "ErGw2AZ", "ErGw3AZ")
_SMALLEST_FOR_BOTH = 27


def wrong_number_of_addresses(gateway: Subject) -> Failures:
    given, needed = (
        len(gateway.value("ipConfigurations") or ()),
        2 if gateway.asked.get("activeActive") else 1,
    )
    if given != needed:
        yield {"given": given, "needed": needed}


def second_gateway(gateway: Subject) -> Failures:
    homes = [parent_id(subnet) for subnet in gateway.value(_SUBNETS) or ()]
    for other, subnets in _gateways(gateway):
        is_alike = other.inputs.get("gatewayType") == gateway.asked.get("gatewayType")
        if is_alike and any(is_same_id(home, parent_id(each)) for home in homes for each in subnets):
            yield {"other": other.id}


def smaller_gateway(gateway: Subject) -> Failures:
    was, wanted, sizes = (
        gateway.value("$current.sku.name"),
        gateway.value("sku.name"),
        _SIZES_OF_EXPRESS_ROUTE,
    )
    if was in sizes and wanted in sizes and sizes.index(wanted) < sizes.index(was):
        yield {"from": was}


def narrow_subnet(gateway: Subject) -> Failures:
    for subnet in gateway.value(_SUBNETS) or ():
        prefix = network_of((gateway.resource(subnet) or {}).get("addressPrefix"))
        if prefix is None or prefix.prefixlen <= _SMALLEST_FOR_BOTH:
            continue
        for other, subnets in _gateways(gateway):
            if any(is_same_id(subnet, each) for each in subnets):
                yield {"subnet": subnet, "other": other.id}


def _gateways(gateway: Subject) -> Iterator[tuple[Resource, list[str]]]:
    """Yield the gateways that exist, each with the ids of its subnets."""
    for other in gateway.request.cloud.of_type(VIRTUAL_NETWORK_GATEWAY):
        yield other, values_at(other.inputs, _SUBNETS) or []
