"""The ranges of addresses that a network has to keep apart. Pure."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.network.settings import NetworkSettings
from settings.errors import Path


@dataclass(frozen=True, kw_only=True)
class Range:
    """A range of addresses, and where in the settings of the network it stands."""

    at: Path
    owner: str
    """Who has it: the virtual network, the pods, the services, a peer."""
    network: IPv4Network
    given: bool
    """Whether the stack file has it, as against a default."""

    @property
    def title(self) -> str:
        """Whose range it is, and the range."""
        return f"{self.owner}'{'' if self.owner.endswith('s') else 's'} {self.network}"


def network_ranges(network: NetworkSettings) -> list[Range]:
    """The ranges of the virtual network."""
    planned, further = network.planned_address_space, network.additional_address_spaces
    # An existing network cannot give way to the cluster's own ranges.
    movable = "address_space" in network.model_fields_set and network.virtual_network_id is None
    spaces = [(("addressSpace",), planned, movable)] if planned else []
    spaces += [(("additionalAddressSpaces", position), each, True) for position, each in enumerate(further)]
    if network.virtual_network_id and not planned:
        chosen = {name: given.address_prefix for name, given in network.subnets.items()}
        spaces += [(("subnets", name, "addressPrefix"), each, False) for name, each in chosen.items() if each]
    return [
        Range(at=at, owner="the virtual network", network=each, given=given) for at, each, given in spaces
    ]


def cluster_ranges(network: NetworkSettings) -> list[Range]:
    """The ranges that only the cluster knows: of its pods, where they are an overlay, and of its services."""
    pods, given = network.cni.pod_range, bool(network.cni.model_fields_set)
    of_pods = [Range(at=("cni", "podCidr"), owner="the pods", network=pods, given=given)] if pods else []
    given = "service_cidr" in network.model_fields_set
    services = Range(at=("serviceCidr",), owner="the services", network=network.service_cidr, given=given)
    return [*of_pods, services]


def peer_ranges(network: NetworkSettings) -> list[Range]:
    """The ranges of networks that are connected with this one."""
    peers = [
        Range(at=("peerAddressSpaces", position), owner="a peer", network=peer, given=True)
        for position, peer in enumerate(network.peer_address_spaces)
    ]
    peered = [
        Range(
            at=("peerings", name, "addressSpaces", position),
            owner=f"the peer {name}",
            network=peer,
            given=True,
        )
        for name, peering in network.peerings.items()
        for position, peer in enumerate(peering.address_spaces)
    ]
    return [*peers, *peered]


def own_ranges(network: NetworkSettings) -> list[Range]:
    """The platform's own ranges."""
    return [*network_ranges(network), *cluster_ranges(network)]


def all_ranges(network: NetworkSettings) -> list[Range]:
    """The platform's own ranges and those of its peers."""
    return [*own_ranges(network), *peer_ranges(network)]
