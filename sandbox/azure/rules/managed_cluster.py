"""Managed clusters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.azure.facts import facts
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import MAINTENANCE_CONFIGURATION, MANAGED_CLUSTER
from sandbox.azure.rules.kubernetes_version import is_older, minor_number
from sandbox.azure.rules.reading import (
    at,
    invalid_parameter,
    is_same_id,
    name_of,
    property_change_not_allowed,
    resource_group_of,
)
from sandbox.azure.rules.registry import Request, rule

_VERSION = re.compile(r"(?P<minor>1\.\d{1,2})(\.\d{1,2})?")


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/supported-kubernetes-versions")
def kubernetes_version_is_supported(request: Request) -> Iterator[Refusal]:
    """A new cluster, or one that changes its version, asks for a version in support under its plan."""
    version = request.properties.get("kubernetesVersion")
    if version is None or version == at(request.current, "kubernetesVersion"):
        return
    offered, match = facts("kubernetes_versions"), _VERSION.fullmatch(version)
    minor, plan = match["minor"] if match else None, request.properties.get("supportPlan")
    if minor in offered["longTermSupport" if plan == "AKSLongTermSupport" else "supported"]:
        return
    if minor in offered["longTermSupport"]:
        what = (
            "which is only available for Long-Term Support (LTS). If you intend to onboard to LTS, please "
            "ensure the cluster is in Premium tier and LTS support plan."
        )
    else:
        what = (
            "which is not supported in this region. Please use [az aks get-versions] command to get the "
            "supported version list in this region."
        )
    yield Refusal(
        400,
        "K8sVersionNotSupported",
        f"Managed cluster {name_of(request.id)} is on version {version}, {what} For more information, "
        "please check https://aka.ms/supported-version-list",
    )


@rule(
    MANAGED_CLUSTER,
    on=("update",),
    source="https://learn.microsoft.com/azure/aks/upgrade-aks-cluster#before-you-begin",
)
def kubernetes_version_goes_up_by_one_minor(request: Request) -> Iterator[Refusal]:
    """A cluster's version is never lowered and rises by one minor version at a time."""
    asked = request.properties.get("kubernetesVersion")
    current = at(request.current, "currentKubernetesVersion") or at(request.current, "kubernetesVersion")
    if asked and current and (is_older(asked, current) or minor_number(asked) > minor_number(current) + 1):
        yield Refusal(
            400,
            "OperationNotAllowed",
            f"Upgrading Kubernetes version {current} to {asked} is not allowed. Please see "
            "https://aka.ms/aks-supported-k8s-ver for version details.",
        )


@rule(
    MANAGED_CLUSTER,
    on=("create",),
    source="https://learn.microsoft.com/azure/aks/faq#can-i-provide-my-own-name-for-the-aks-node-resource-group-",
)
def node_resource_group_is_new(request: Request) -> Iterator[Refusal]:
    """AKS makes the node resource group itself: it neither exists before nor is the cluster's own."""
    node_group = request.properties.get("nodeResourceGroup")
    if not node_group:
        return
    taken = {
        str(other.properties.get("nodeResourceGroup")).lower()
        for other in request.cloud.of_type(MANAGED_CLUSTER)
        if not is_same_id(other.id, request.id)
    }
    if node_group.lower() == (resource_group_of(request.id) or "").lower():
        yield Refusal(
            400,
            "NodeResourceGroupSameAsResourceGroup",
            f"The node resource group {node_group} cannot be the same as the resource group of the managed "
            "cluster.",
        )
    elif node_group.lower() in taken or request.cloud.get(
        f"/subscriptions/{request.subscription_id}/resourceGroups/{node_group}"
    ):
        yield Refusal(
            400, "NodeResourceGroupAlreadyExists", f"The node resource group {node_group} already exists."
        )


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


@rule(
    MANAGED_CLUSTER,
    source="https://learn.microsoft.com/azure/aks/advanced-container-networking-services-overview",
)
def advanced_networking_is_on_for_its_parts(request: Request) -> Iterator[Refusal]:
    """Observability and security are parts of advanced networking, which is then on."""
    advanced = at(request.properties, "networkProfile.advancedNetworking") or {}
    parts = [name for name in ("observability", "security") if at(advanced, f"{name}.enabled")]
    if parts and not advanced.get("enabled"):
        yield invalid_parameter(
            "networkProfile.advancedNetworking.enabled",
            f"{' and '.join(parts)} require advancedNetworking to be enabled.",
        )


@rule(
    MAINTENANCE_CONFIGURATION,
    source="https://learn.microsoft.com/azure/aks/planned-maintenance#schedule-types",
)
def maintenance_window_has_one_schedule(request: Request) -> Iterator[Refusal]:
    """A maintenance window has exactly one kind of schedule."""
    window = request.properties.get("maintenanceWindow")
    kinds = [kind for kind, schedule in (at(window, "schedule") or {}).items() if schedule]
    if window and len(kinds) != 1:
        yield invalid_parameter(
            "maintenanceWindow.schedule",
            f"Exactly one schedule must be set, got {' and '.join(kinds) or 'none'}.",
        )
