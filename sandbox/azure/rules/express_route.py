"""What rows about ExpressRoute gateways call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.rules.arm_types import VIRTUAL_NETWORK_GATEWAY
from sandbox.azure.rules.reading import is_same_id, network_of, values_at
from sandbox.azure.rules.subjects import Failures, Subject

_SIZES = ("ErGw1AZ", "ErGw2AZ", "ErGw3AZ")
_SMALLEST_FOR_BOTH = 27
_SUBNETS = "ipConfigurations.subnet.id"


def smaller_gateway(gateway: Subject) -> Failures:
    was, wanted = gateway.value("$current.sku.name"), gateway.value("sku.name")
    if was in _SIZES and wanted in _SIZES and _SIZES.index(wanted) < _SIZES.index(was):
        yield {"from": was}


def narrow_subnet(gateway: Subject) -> Failures:
    for subnet in gateway.value(_SUBNETS) or ():
        prefix = network_of((gateway.resource(subnet) or {}).get("addressPrefix"))
        if prefix is None or prefix.prefixlen <= _SMALLEST_FOR_BOTH:
            continue
        for other in gateway.request.cloud.of_type(VIRTUAL_NETWORK_GATEWAY):
            if any(is_same_id(subnet, each) for each in values_at(other.inputs, _SUBNETS) or ()):
                yield {"subnet": subnet, "other": other.id}
