"""What cannot change in a managed cluster."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
from sandbox.azure.rules.reading import at, property_change_not_allowed
from sandbox.azure.rules.registry import Request, rule

_CREATE_OR_UPDATE = "https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update"

_IMMUTABLE = (
    "diskEncryptionSetID",
    "dnsPrefix",
    "fqdnSubdomain",
    "networkProfile.dnsServiceIP",
    "networkProfile.loadBalancerSku",
    "networkProfile.serviceCidr",
    "nodeResourceGroup",
)
_ONE_WAY = (
    ("networkProfile.networkDataplane", "cilium"),
    ("networkProfile.networkPluginMode", "overlay"),
    ("apiServerAccessProfile.enableVnetIntegration", True),
)


@rule(MANAGED_CLUSTER, on=("update",), source=_CREATE_OR_UPDATE)
def immutable_cluster_properties_stay(request: Request) -> Iterator[Refusal]:
    """A cluster's DNS name, service range, disk encryption and node resource group cannot change."""
    for path in _IMMUTABLE:
        asked, current = at(request.properties, path), at(request.current, path)
        if asked is not None and current is not None and str(asked).lower() != str(current).lower():
            yield property_change_not_allowed(path)


@rule(MANAGED_CLUSTER, on=("update",), source="https://learn.microsoft.com/azure/aks/upgrade-azure-cni")
def network_choices_are_one_way(request: Request) -> Iterator[Refusal]:
    """The cilium dataplane, the overlay mode and API Server VNet Integration cannot be turned off again."""
    for path, chosen in _ONE_WAY:
        if at(request.current, path) == chosen and at(request.properties, path) != chosen:
            yield property_change_not_allowed(path)


@rule(
    MANAGED_CLUSTER,
    on=("update",),
    source="https://learn.microsoft.com/azure/aks/update-azure-cni#network-plugin",
)
def network_plugin_stays(request: Request) -> Iterator[Refusal]:
    """A network plugin changes only from kubenet to azure."""
    asked, current = (at(p, "networkProfile.networkPlugin") for p in (request.properties, request.current))
    if asked and current and asked != current and (current, asked) != ("kubenet", "azure"):
        yield property_change_not_allowed("networkProfile.networkPlugin")


@rule(
    MANAGED_CLUSTER,
    on=("update",),
    source="https://learn.microsoft.com/azure/aks/private-clusters#limitations",
)
def private_cluster_setting_stays(request: Request) -> Iterator[Refusal]:
    """A cluster without API Server VNet Integration cannot become private or public."""
    path = "apiServerAccessProfile.enablePrivateCluster"
    asked, current = bool(at(request.properties, path)), bool(at(request.current, path))
    if asked != current and not at(request.current, "apiServerAccessProfile.enableVnetIntegration"):
        yield property_change_not_allowed(path)
