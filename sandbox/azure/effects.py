"""What a write or a deletion changes in other resources: what they show of the one that is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from sandbox.azure.cloud import Cloud, Resource, key_of, parent_id
from sandbox.azure.rules.arm_types import NAT_GATEWAY, PEERING, PUBLIC_IP_ADDRESS, VIRTUAL_NETWORK


def after_write(cloud: Cloud, resource: Resource) -> None:
    """Have other resources show what has been written."""
    if effect := _EFFECTS.get(resource.type):
        effect(cloud, resource, resource.inputs)


def after_deletion(cloud: Cloud, resource: Resource) -> None:
    """Have other resources no longer show what has been deleted."""
    if effect := _EFFECTS.get(resource.type):
        effect(cloud, resource, {})


def _show_gateway(cloud: Cloud, gateway: Resource, inputs: Mapping[str, Any]) -> None:
    """Have each public IP address say which NAT gateway uses it."""
    ids = {key_of(address["id"]) for address in inputs.get("publicIpAddresses") or ()}
    for address in cloud.of_type(PUBLIC_IP_ADDRESS):
        shown = {name: value for name, value in address.properties.items() if name != "natGateway"}
        now_used, user = key_of(address.id) in ids, address.properties.get("natGateway", {}).get("id")
        if now_used:
            cloud.put(replace(address, properties={**shown, "natGateway": {"id": gateway.id}}))
        elif user == gateway.id:
            cloud.put(replace(address, properties=shown))


def _show_peering(cloud: Cloud, peering: Resource, inputs: Mapping[str, Any]) -> None:
    """Have the peering back say that both sides are there, or no longer are.

    https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview#connectivity
    """
    back = peering_back(cloud, peering.id, peering.inputs)
    if back is not None:
        state = {"peeringState": "Connected", "peeringSyncLevel": "FullyInSync"}
        gone = {"peeringState": "Disconnected", "peeringSyncLevel": "RemoteNotInSync"}
        cloud.put(replace(back, properties={**back.properties, **(state if inputs else gone)}))


def _show_address_space(cloud: Cloud, network: Resource, inputs: Mapping[str, Any]) -> None:
    """Have peerings say that they do not know a changed address space yet.

    https://learn.microsoft.com/azure/virtual-network/update-virtual-network-peering-address-space
    """
    space = inputs.get("addressSpace")
    for own in cloud.children(network.id) if inputs else ():
        back = peering_back(cloud, own.id, own.inputs) if own.type == PEERING else None
        if back is not None and back.properties.get("remoteAddressSpace") != space:
            cloud.put(replace(own, properties={**own.properties, "peeringSyncLevel": "RemoteNotInSync"}))
            stale = {"peeringSyncLevel": "LocalNotInSync", "remoteVirtualNetworkAddressSpace": space}
            cloud.put(replace(back, properties={**back.properties, **stale}))


def peering_back(cloud: Any, resource_id: str, inputs: Mapping[str, Any]) -> Resource | None:  # noqa: ANN401  a Cloud or a view of it
    """The peering of the other network that leads to the one in which a peering is."""
    remote, home = (inputs.get("remoteVirtualNetwork") or {}).get("id", ""), key_of(parent_id(resource_id))
    for other in cloud.children(remote):
        if other.type == PEERING and key_of(other.inputs["remoteVirtualNetwork"]["id"]) == home:
            return other
    return None


_EFFECTS: Final[Mapping[str, Callable[[Cloud, Resource, Mapping[str, Any]], None]]] = {
    NAT_GATEWAY: _show_gateway,
    PEERING: _show_peering,
    VIRTUAL_NETWORK: _show_address_space,
}
