"""What makes a stack this environment and no other: workload, location, and what its cluster keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi import ComponentResource, Resource, ResourceOptions

from components.network.cni_settings import AzureCniBase
from components.refused_changes import Update, fixed, refused_changes
from components.settings import Settings
from settings.rules import Refusals


@dataclass(frozen=True, kw_only=True)
class _Fixed:
    """Why something cannot change.

    Attributes:
        reason: What Azure does not do.
        instead: What people do who need another value.
        changeable: Pairs of old and new values that a procedure of docs/network.md leads from and to. The
            record cannot know whether it was followed; `protect` keeps the cluster where it was not.
    """

    reason: str = "a cluster keeps it from its creation"
    instead: str = "for another one, build a new environment and move"
    changeable: frozenset[tuple[str, str]] = frozenset()


_OF_STACK: Final = _Fixed(
    reason="Azure moves and renames nothing of it",
    instead="for another environment, make a new stack, or run pulumi destroy first",
)
_FIXED: Final[Mapping[str, tuple[str, _Fixed]]] = {
    "location": ("azure-native:location", _OF_STACK),
    "workload": ("workload", _OF_STACK),
    "virtualNetworkId": (
        "network.virtualNetworkId",
        _Fixed(reason="the nodes of a cluster stay in one virtual network"),
    ),
    "serviceCidr": ("network.serviceCidr", _Fixed()),
    "dnsServiceIP": ("network.dnsServiceIP", _Fixed()),
    "cniKind": ("network.cni.kind", _Fixed(changeable=frozenset({("nodeSubnet", "overlay")}))),
    "networkDataplane": (
        "network.cni.networkDataplane",
        _Fixed(changeable=frozenset({("azure", "cilium")})),
    ),
    "ipFamilies": ("network.cni.ipFamilies", _Fixed()),
    "serviceCidrIpv6": ("network.serviceCidrIpv6", _Fixed()),
    "fqdnSubdomain": ("cluster.apiServer.privateCluster.fqdnSubdomain", _Fixed()),
}
"""The setting of each key of the record."""


def same_environment(settings: Settings) -> pulumi.Output[list[Resource]]:
    """Record which environment the stack is, and refuse to turn it into another one.

    With another location, azure-native keeps what is there in the old one and puts what is new into the new
    one; with another workload all names are new, and a second platform is built before the deletion of the
    first fails. What a cluster keeps from its creation would replace it. The record has the same name in
    every stack, so Pulumi sees all such changes.

    Returns:
        What `depends_on` takes so that a resource is not even recorded in the state before this is known.
    """
    record = ComponentResource(
        "aks-platform:index:Environment",
        "environment",
        made_with(settings),
        ResourceOptions(hooks=refused_changes("environment", of_environment)),
    )
    # Pulumi waits for the children of a component that is depended on, and this one has none.
    return record.urn.apply(lambda _: [])


def made_with(settings: Settings) -> dict[str, str]:
    """What the record holds; an empty text where the stack file says nothing."""
    network, cni = settings.network, settings.network.cni
    return {
        "location": settings.location,
        "workload": settings.workload,
        "virtualNetworkId": network.virtual_network_id or "",
        "serviceCidr": str(network.service_cidr),
        "dnsServiceIP": str(network.dns_service_ip_or_default),
        "cniKind": cni.kind,
        "networkDataplane": cni.network_dataplane if isinstance(cni, AzureCniBase) else "",
        "ipFamilies": "IPv4, IPv6" if network.is_dual_stack else "IPv4",
        # A cluster that gets IPv6 gets the range with it.
        **({"serviceCidrIpv6": str(network.service_cidr_ipv6)} if network.is_dual_stack else {}),
        "fqdnSubdomain": settings.cluster.api_server.fqdn_subdomain or "",
    }


def of_environment(update: Update) -> Refusals:
    """Another value than the record has. What an earlier program did not record, nobody knows."""
    for key, (setting, each) in _FIXED.items():
        was, wanted = update.old.get(key), update.new.get(key)
        if None not in (was, wanted) and (was, wanted) not in each.changeable:
            yield from fixed(setting, was=was, wanted=wanted, reason=each.reason, instead=each.instead)
