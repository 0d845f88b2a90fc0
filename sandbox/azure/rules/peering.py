"""What rows about peerings of virtual networks call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from sandbox.azure.cloud import Resource, parent_id
from sandbox.azure.effects import peering_back
from sandbox.azure.rules.arm_types import PEERING, VIRTUAL_NETWORK_GATEWAY
from sandbox.azure.rules.reading import is_same_id, networks, values_at
from sandbox.azure.rules.subjects import Failures, Subject

_REMOTE = "remoteVirtualNetwork.id"
_SPACE = "addressSpace.addressPrefixes"


def second_peering(peering: Subject) -> Failures:
    for other in _siblings(peering, peering.known["parent"]):
        if is_same_id(values_at(other.inputs, _REMOTE), peering.value(_REMOTE)):
            yield {"other": other.id}


def overlapping_networks(peering: Subject) -> Failures:
    yield from _overlap(peering, peering.value(_REMOTE))


def overlapping_peers(peering: Subject) -> Failures:
    for other in _siblings(peering, peering.value(_REMOTE)):
        remote = values_at(other.inputs, _REMOTE)
        if not is_same_id(remote, peering.known["parent"]):
            yield from ({**failure, "other": remote} for failure in _overlap(peering, remote))


def missing_gateways(peering: Subject) -> Failures:
    if peering.resource(peering.value(_REMOTE)) and not [*_gateways(peering, peering.value(_REMOTE))]:
        yield {}


def other_gateways(peering: Subject) -> Failures:
    home = peering.known["parent"]
    users = (each for each in _siblings(peering, home) if each.inputs.get("useRemoteGateways"))
    for other in (*users, *_gateways(peering, home)):
        yield {"other": other.id}


def disconnected_peering(peering: Subject) -> Failures:
    back = peering_back(peering.request.cloud, peering.known["id"], peering.asked)
    if back is not None and back.properties.get("peeringState") == "Disconnected":
        yield {"remote": back.id}


def _siblings(peering: Subject, network_id: str) -> Iterator[Resource]:
    for other in peering.request.cloud.children(network_id):
        if other.type == PEERING and not is_same_id(other.id, peering.known["id"]):
            yield other


def _gateways(peering: Subject, network_id: str) -> Iterator[Resource]:
    for gateway in peering.request.cloud.of_type(VIRTUAL_NETWORK_GATEWAY):
        subnets = values_at(gateway.inputs, "ipConfigurations.subnet.id") or ()
        if any(is_same_id(parent_id(subnet), network_id) for subnet in subnets):
            yield gateway


def _overlap(peering: Subject, other_id: str) -> Failures:
    mine, theirs = (_space(peering, each) for each in (peering.known["parent"], other_id))
    overlapping = [str(one) for one in mine if any(one.overlaps(other) for other in theirs)]
    if overlapping:
        yield {"prefixes": overlapping}


def _space(peering: Subject, network_id: str) -> list[IPv4Network]:
    return networks(values_at(peering.resource(network_id), _SPACE) or ())
