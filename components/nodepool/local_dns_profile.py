"""A DNS proxy on every node of a pool."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from settings.model import Between, SettingsModel

ROOT: Final = "."
CLUSTER: Final = "cluster.local"

_LARGEST_INT32: Final = 2**31 - 1


class LocalDnsOverrideSettings(SettingsModel):
    """What the proxy does with queries for one domain.

    https://learn.microsoft.com/azure/aks/localdns-custom#supported-plugins-for-localdns-configuration
    """

    query_logging: Literal["Error", "Log"] = "Error"
    """Whether errors only are logged, or every query."""

    protocol: Literal["PreferUDP", "ForceTCP"] | None = None
    """How the next server is asked; by default ForceTCP for cluster.local, PreferUDP for others."""

    forward_destination: Literal["VnetDNS", "ClusterCoreDNS"] | None = None
    """The next server: the virtual network's or the cluster's. By default VnetDNS for vnetDNSOverrides but
    cluster.local, ClusterCoreDNS otherwise."""

    forward_policy: Literal["Sequential", "RoundRobin", "Random"] = "Sequential"
    """Which of several next servers is asked."""

    max_concurrent: Annotated[int, Between(0, _LARGEST_INT32, "it is a number of queries")] = 1000
    """Most queries at a time."""

    cache_duration_in_seconds: Annotated[int, Between(0, _LARGEST_INT32, "it is a number of seconds")] = 3600
    """Most seconds for which an answer is kept."""

    serve_stale: Literal["Immediate", "Verify", "Disabled"] = "Immediate"
    """Whether an answer that has expired is given while no next server answers."""

    serve_stale_duration_in_seconds: Annotated[
        int, Between(0, _LARGEST_INT32, "it is a number of seconds")
    ] = 3600
    """Seconds for which an expired answer is given."""


class LocalDnsProfileSettings(SettingsModel):
    """LocalDNS: a DNS proxy on every node, which answers faster and while CoreDNS is away.

    https://learn.microsoft.com/azure/aks/localdns-custom
    """

    mode: Literal["Disabled", "Preferred", "Required"] = "Disabled"
    """Required turns it on. Preferred lets Azure check the rest and turns nothing on; nodes are reimaged all
    the same."""

    vnet_dns_overrides: dict[str, LocalDnsOverrideSettings] = Field(default={})
    """Domains of queries that pods with the DNS policy Default make, and the node itself; `.` and
    `cluster.local` are always there."""

    kube_dns_overrides: dict[str, LocalDnsOverrideSettings] = Field(default={})
    """Domains of queries that pods with the DNS policy ClusterFirst make, which is what they have unless they
    say otherwise; `.` and `cluster.local` are always there."""

    @property
    def whole_vnet_dns_overrides(self) -> Mapping[str, LocalDnsOverrideSettings]:
        """Those of the virtual network with the two domains that Azure asks for, and every default."""
        return _whole(self.vnet_dns_overrides, "VnetDNS")

    @property
    def whole_kube_dns_overrides(self) -> Mapping[str, LocalDnsOverrideSettings]:
        """Those of the cluster with the two domains that Azure asks for, and every default."""
        return _whole(self.kube_dns_overrides, "ClusterCoreDNS")


def _whole(
    overrides: Mapping[str, LocalDnsOverrideSettings], destination: Literal["VnetDNS", "ClusterCoreDNS"]
) -> Mapping[str, LocalDnsOverrideSettings]:
    named = {**dict.fromkeys((ROOT, CLUSTER), LocalDnsOverrideSettings()), **overrides}
    return {
        domain: override.model_copy(
            update={
                "protocol": override.protocol or ("ForceTCP" if domain == CLUSTER else "PreferUDP"),
                "forward_destination": override.forward_destination
                or ("ClusterCoreDNS" if domain == CLUSTER else destination),
            }
        )
        for domain, override in named.items()
    }
