"""Peerings with other virtual networks."""

from components.network.rules.names import misnamed
from components.network.settings import NetworkSettings
from settings.rules import Refusals, refuse, rule


@rule
def names_of_peerings_are_names(network: NetworkSettings) -> Refusals:
    """The name of a peering is 1 to 20 lower-case letters, digits and single hyphens."""
    yield from misnamed("peerings", network.peerings, what="peering", example="hub")


@rule
def a_network_is_peered_once(network: NetworkSettings) -> Refusals:
    """No two peerings lead to the same virtual network."""
    seen: dict[str, str] = {}
    for name, peering in network.peerings.items():
        first = seen.setdefault(peering.virtual_network_id.lower(), name)
        if first != name:
            at = ("peerings", name, "virtualNetworkId")
            yield refuse(
                at, "a network that has no peering yet", f"{first} already leads there", f"remove {name}"
            )


@rule
def one_peering_uses_gateways(network: NetworkSettings) -> Refusals:
    """The gateways of one other network are used at most."""
    users = [name for name, peering in network.peerings.items() if peering.use_remote_gateways]
    for name in users[1:]:
        reason = f"{users[0]} uses those of another network already, and Azure allows one"
        yield refuse(("peerings", name, "useRemoteGateways"), "false", reason, "remove useRemoteGateways")


@rule
def a_network_that_uses_gateways_lends_none(network: NetworkSettings) -> Refusals:
    """A virtual network that uses the gateways of another one has none to lend."""
    uses = any(peering.use_remote_gateways for peering in network.peerings.values())
    for name, peering in network.peerings.items():
        if uses and peering.allow_gateway_transit:
            reason = "with useRemoteGateways Azure allows this network no gateway of its own"
            yield refuse(
                ("peerings", name, "allowGatewayTransit"), "false", reason, "remove allowGatewayTransit"
            )
