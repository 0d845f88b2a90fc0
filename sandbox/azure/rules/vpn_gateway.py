"""What rows about VPN gateways call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.cloud import parent_id
from sandbox.azure.rules.arm_types import VIRTUAL_NETWORK_GATEWAY
from sandbox.azure.rules.reading import is_same_id, values_at
from sandbox.azure.rules.subjects import Failures, Subject

_SUBNETS = "ipConfigurations.subnet.id"


def wrong_number_of_addresses(gateway: Subject) -> Failures:
    given, needed = (
        len(gateway.value("ipConfigurations") or ()),
        2 if gateway.asked.get("activeActive") else 1,
    )
    if given != needed:
        yield {"given": given, "needed": needed}


def second_gateway(gateway: Subject) -> Failures:
    homes = [parent_id(subnet) for subnet in gateway.value(_SUBNETS) or ()]
    for other in gateway.request.cloud.of_type(VIRTUAL_NETWORK_GATEWAY):
        is_alike = other.inputs.get("gatewayType") == gateway.asked.get("gatewayType")
        others = [parent_id(subnet) for subnet in values_at(other.inputs, _SUBNETS) or ()]
        if is_alike and any(is_same_id(one, two) for one in homes for two in others):
            yield {"other": other.id}
