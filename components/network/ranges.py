"""The ranges of addresses that a network has to keep apart, and those of them that are not. Pure."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Final, Generic, TypeVar

from azure_facts import address_plan
from components.network.settings import NetworkSettings
from settings.errors import Path
from settings.model import SettingsModel

_OF_OTHERS: Final = 0
_DEFAULT: Final = 1
_CHOSEN: Final = 2

NetworkT = TypeVar("NetworkT", IPv4Network, IPv6Network)


@dataclass(frozen=True, kw_only=True)
class RangeOf(Generic[NetworkT]):
    """A range of addresses, and where in the settings of the network it stands."""

    at: Path
    owner: str
    """Who has it: the virtual network, the pods, the services, a peer."""
    network: NetworkT
    yields: int
    """Of two ranges that overlap, the one with the higher number gives way: one of others never to the
    platform's own, and one that the stack file chooses rather than a default."""

    @property
    def of_others(self) -> bool:
        """Whether the platform cannot move it."""
        return self.yields == _OF_OTHERS

    @property
    def title(self) -> str:
        """Whose range it is, and the range."""
        return f"{self.owner}'{'' if self.owner.endswith('s') else 's'} {self.network}"


Range = RangeOf[IPv4Network]


def network_ranges(network: NetworkSettings) -> list[Range]:
    """The ranges of the virtual network."""
    planned, further = network.planned_address_space, network.additional_address_spaces
    yields = _OF_OTHERS if network.virtual_network_id else _yields(network, "address_space")
    spaces = [(("addressSpace",), planned, yields)] if planned else []
    spaces += [(("additionalAddressSpaces", at), each, _CHOSEN) for at, each in enumerate(further)]
    if network.virtual_network_id and not planned:
        chosen = {name: given.address_prefix for name, given in network.subnets.items()}
        spaces += [
            (("subnets", name, "addressPrefix"), each, yields) for name, each in chosen.items() if each
        ]
    return [
        Range(at=at, owner="the virtual network", network=each, yields=yields) for at, each, yields in spaces
    ]


def cluster_ranges(network: NetworkSettings) -> list[Range]:
    """The ranges that only the cluster knows: of its pods, where they are an overlay, and of its services."""
    pods, services = network.cni.pod_range, network.service_cidr
    given = _yields(network.cni, "pod_cidr")
    of_pods = [Range(at=("cni", "podCidr"), owner="the pods", network=pods, yields=given)] if pods else []
    given = _yields(network, "service_cidr")
    return [*of_pods, Range(at=("serviceCidr",), owner="the services", network=services, yields=given)]


def peer_ranges(network: NetworkSettings) -> list[Range]:
    """The ranges of networks that are connected with this one."""
    peers = [
        Range(at=("peerAddressSpaces", position), owner="a peer", network=peer, yields=_OF_OTHERS)
        for position, peer in enumerate(network.peer_address_spaces)
    ]
    peered = [
        Range(
            at=("peerings", name, "addressSpaces", position),
            owner=f"the peer {name}",
            network=peer,
            yields=_OF_OTHERS,
        )
        for name, peering in network.peerings.items()
        for position, peer in enumerate(peering.address_spaces)
    ]
    on_premises = [
        Range(
            at=("vpnGateway", "connections", name, "localNetwork", "addressSpaces", position),
            owner=f"the network {name}",
            network=each,
            yields=_OF_OTHERS,
        )
        for name, connection in network.vpn_gateway.connections.items()
        for position, each in enumerate(connection.local_network.address_spaces)
    ]
    on_circuits = [
        Range(
            at=("expressRouteGateway", "circuits", name, "addressSpaces", position),
            owner=f"the circuit {name}",
            network=each,
            yields=_OF_OTHERS,
        )
        for name, circuit in network.express_route_gateway.circuits.items()
        for position, each in enumerate(circuit.address_spaces)
    ]
    return [*peers, *peered, *on_premises, *on_circuits]


def own_ranges(network: NetworkSettings) -> list[Range]:
    """The platform's own ranges."""
    return [*network_ranges(network), *cluster_ranges(network)]


def all_ranges(network: NetworkSettings) -> list[Range]:
    """The platform's own ranges and those of its peers."""
    return [*own_ranges(network), *peer_ranges(network)]


def ipv6_ranges(network: NetworkSettings) -> list[RangeOf[IPv6Network]]:
    """The IPv6 ranges of virtual network, pods and services, those that others give way to first."""
    pods, space = network.cni.ipv6_pod_range, network.planned_address_space_ipv6
    if not pods:
        return []
    found = [
        (("addressSpaceIpv6",), "the virtual network", space, _yields(network, "address_space_ipv6")),
        (("cni", "podCidrIpv6"), "the pods", pods, _yields(network.cni, "pod_cidr_ipv6")),
        (
            ("serviceCidrIpv6",),
            "the services",
            network.service_cidr_ipv6,
            _yields(network, "service_cidr_ipv6"),
        ),
    ]
    ranges = [
        RangeOf(at=at, owner=owner, network=range_, yields=yields)
        for at, owner, range_, yields in found
        if range_
    ]
    return sorted(ranges, key=lambda range_: range_.yields)


def overlaps(network: NetworkSettings) -> list[tuple[Range, Range]]:
    """The ranges that have to give way to another, and that one."""
    found: list[tuple[Range, Range]] = []
    kept: list[Range] = []  # in the order of their addresses, none overlapping another
    for each in sorted(all_ranges(network), key=lambda range_: range_.yields):
        place = bisect(kept, each.network, key=lambda range_: range_.network)
        neighbors = kept[max(place - 1, 0) : place + 1]
        met = next((other for other in neighbors if other.network.overlaps(each.network)), None)
        if met:
            found.append((each, met))
        else:
            kept.insert(place, each)
    return found


def reserved(network: NetworkSettings) -> Iterator[tuple[Range, str, tuple[IPv4Network, ...]]]:
    """The ranges that overlap reserved ones, who reserves these, and all that are reserved."""
    own = {each.at for each in own_ranges(network)}
    for each in all_ranges(network):
        kept_by = {"Azure": address_plan.RESERVED_BY_AZURE}
        if each.at in own:
            kept_by["AKS"] = address_plan.RESERVED_BY_AKS
        for keeper, ranges in kept_by.items():
            if any(kept.overlaps(each.network) for kept in ranges):
                yield each, keeper, ranges
                break


def _yields(settings: SettingsModel, field: str) -> int:
    return _CHOSEN if field in settings.model_fields_set else _DEFAULT
