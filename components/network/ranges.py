"""The ranges of addresses that a network has to keep apart. Pure."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.network.settings import NetworkSettings
from settings.errors import Path


@dataclass(frozen=True, kw_only=True)
class Range:
    """A range of addresses, and where in the settings of the network it stands."""

    at: Path
    title: str
    network: IPv4Network
    given: bool
    """Whether the stack file has it, as against a default."""


def own_ranges(network: NetworkSettings) -> list[Range]:
    """The cluster's own ranges: those of the virtual network first."""
    planned, further = network.planned_address_space, network.additional_address_spaces
    # An existing network cannot give way to the cluster's own ranges.
    movable = "address_space" in network.model_fields_set and network.virtual_network_id is None
    spaces = [(("addressSpace",), planned, movable)] if planned else []
    spaces += [(("additionalAddressSpaces", position), each, True) for position, each in enumerate(further)]
    if network.virtual_network_id and not planned:
        chosen = {name: given.address_prefix for name, given in network.subnets.items()}
        spaces += [(("subnets", name, "addressPrefix"), each, False) for name, each in chosen.items() if each]
    pods = network.cni.pod_range
    ranges = [
        Range(at=at, title="the virtual network's", network=each, given=given) for at, each, given in spaces
    ]
    if pods:
        given = bool(network.cni.model_fields_set)
        ranges.append(Range(at=("cni", "podCidr"), title="the pods'", network=pods, given=given))
    given = "service_cidr" in network.model_fields_set
    return [
        *ranges,
        Range(at=("serviceCidr",), title="the services'", network=network.service_cidr, given=given),
    ]


def all_ranges(network: NetworkSettings) -> list[Range]:
    """The cluster's own ranges and those of networks that are connected with it."""
    peers = [
        Range(at=("peerAddressSpaces", position), title="a peer's", network=peer, given=True)
        for position, peer in enumerate(network.peer_address_spaces)
    ]
    peered = [
        Range(
            at=("peerings", name, "addressSpaces", position),
            title=f"the peer {name}'s",
            network=peer,
            given=True,
        )
        for name, peering in network.peerings.items()
        for position, peer in enumerate(peering.address_spaces)
    ]
    return [*own_ranges(network), *peers, *peered]
