"""Managed clusters: versions, tiers, access and add-ons."""

from __future__ import annotations

from collections.abc import Iterator

from azure_facts.versions import LONG_TERM_SUPPORT_MINORS, SUPPORTED_MINORS, is_version, minor_of
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
from sandbox.azure.rules.kubernetes_version import is_older, minor_number
from sandbox.azure.rules.reading import at, invalid_parameter, is_same_id, name_of, resource_group_of
from sandbox.azure.rules.registry import Request, rule

_VERSIONS = "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions"
_UPGRADE = "https://learn.microsoft.com/azure/aks/upgrade-aks-cluster"
_AUTO_UPGRADE = "https://learn.microsoft.com/azure/aks/auto-upgrade-cluster"
_TIERS = "https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers"
_LONG_TERM = "https://learn.microsoft.com/azure/aks/long-term-support"
_ENTRA = "https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id"


@rule(MANAGED_CLUSTER, source=_VERSIONS)
def kubernetes_version_is_supported(request: Request) -> Iterator[Refusal]:
    """A new cluster, or one that changes its version, asks for a version in support under its plan."""
    version = request.properties.get("kubernetesVersion")
    if version is None or version == (request.current or {}).get("kubernetesVersion"):
        return
    long_term = request.properties.get("supportPlan") == "AKSLongTermSupport"
    minor = minor_of(version) if is_version(version) else None
    if minor in SUPPORTED_MINORS or (long_term and minor in LONG_TERM_SUPPORT_MINORS):
        return
    if minor in LONG_TERM_SUPPORT_MINORS:
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


@rule(MANAGED_CLUSTER, on=("update",), source=f"{_UPGRADE}#before-you-begin")
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


@rule(MANAGED_CLUSTER, source=f"{_LONG_TERM}#enable-long-term-support")
def long_term_support_is_premium(request: Request) -> Iterator[Refusal]:
    """Long-term support needs the Premium tier."""
    if request.properties.get("supportPlan") == "AKSLongTermSupport" and _tier(request) != "Premium":
        yield invalid_parameter(
            "supportPlan",
            f"AKSLongTermSupport requires the Premium tier, the cluster's tier is {_tier(request)}.",
        )


@rule(MANAGED_CLUSTER, source=f"{_LONG_TERM}#enable-long-term-support")
def long_term_support_upgrades_patches_only(request: Request) -> Iterator[Refusal]:
    """Long-term support goes with the upgrade channels patch and none."""
    channel = at(request.properties, "autoUpgradeProfile.upgradeChannel") or "none"
    if request.properties.get("supportPlan") == "AKSLongTermSupport" and channel not in ("patch", "none"):
        yield invalid_parameter(
            "autoUpgradeProfile.upgradeChannel",
            f"AKSLongTermSupport supports the patch channel only, got {channel}.",
        )


@rule(MANAGED_CLUSTER, source=f"{_AUTO_UPGRADE}#cluster-auto-upgrade-channels")
def node_image_channels_agree(request: Request) -> Iterator[Refusal]:
    """The upgrade channel node-image needs the node OS channel NodeImage."""
    profile = request.properties.get("autoUpgradeProfile") or {}
    node_os = profile.get("nodeOSUpgradeChannel") or "NodeImage"
    if profile.get("upgradeChannel") == "node-image" and node_os != "NodeImage":
        yield invalid_parameter(
            "autoUpgradeProfile.nodeOSUpgradeChannel",
            f"nodeOSUpgradeChannel must be NodeImage when upgradeChannel is node-image, got {node_os}.",
        )


@rule(
    MANAGED_CLUSTER,
    source="https://learn.microsoft.com/azure/aks/cost-analysis#prerequisites-and-limitations",
)
def cost_analysis_is_paid_for(request: Request) -> Iterator[Refusal]:
    """Cost analysis needs the Standard or the Premium tier."""
    if at(request.properties, "metricsProfile.costAnalysis.enabled") and _tier(request) == "Free":
        yield invalid_parameter(
            "metricsProfile.costAnalysis.enabled", "Cost analysis requires the Standard or the Premium tier."
        )


@rule(MANAGED_CLUSTER, source=f"{_TIERS}#free-tier-standard-tier-and-premium-tier-details")
def automatic_cluster_is_standard(request: Request) -> Iterator[Refusal]:
    """An Automatic cluster has the Standard tier."""
    if at(request.properties, "sku.name") == "Automatic" and _tier(request) != "Standard":
        yield invalid_parameter(
            "sku.tier", f"The sku Automatic requires the Standard tier, got {_tier(request)}."
        )


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster")
def workload_identity_has_an_issuer(request: Request) -> Iterator[Refusal]:
    """Workload identity needs the OIDC issuer."""
    if at(request.properties, "securityProfile.workloadIdentity.enabled") and not at(
        request.properties, "oidcIssuerProfile.enabled"
    ):
        yield invalid_parameter(
            "securityProfile.workloadIdentity.enabled",
            "Workload identity requires the OIDC issuer to be enabled.",
        )


@rule(MANAGED_CLUSTER, on=("update",), source="https://learn.microsoft.com/azure/aks/use-oidc-issuer")
def oidc_issuer_stays_on(request: Request) -> Iterator[Refusal]:
    """The OIDC issuer cannot be turned off."""
    if at(request.current, "oidcIssuerProfile.enabled") and not at(
        request.properties, "oidcIssuerProfile.enabled"
    ):
        yield Refusal(400, "OIDCIssuerCannotBeDisabled", "OIDC issuer feature cannot be disabled.")


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad")
def cluster_without_local_accounts_has_entra(request: Request) -> Iterator[Refusal]:
    """Local accounts are turned off only where Microsoft Entra lets people in."""
    if request.properties.get("disableLocalAccounts") and not at(request.properties, "aadProfile.managed"):
        yield invalid_parameter(
            "disableLocalAccounts",
            "Local accounts can only be disabled in clusters with a managed aadProfile.",
        )


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/manage-azure-rbac")
def azure_rbac_has_managed_entra(request: Request) -> Iterator[Refusal]:
    """Azure RBAC for Kubernetes needs the managed Microsoft Entra integration."""
    profile = request.properties.get("aadProfile") or {}
    if profile.get("enableAzureRBAC") and not profile.get("managed"):
        yield invalid_parameter(
            "aadProfile.enableAzureRBAC", "Azure RBAC requires aadProfile.managed to be true."
        )


@rule(MANAGED_CLUSTER, source=_ENTRA)
def entra_has_kubernetes_rbac(request: Request) -> Iterator[Refusal]:
    """The Microsoft Entra integration needs Kubernetes RBAC."""
    if request.properties.get("aadProfile") and request.properties.get("enableRBAC") is False:
        yield Refusal(400, "RBACNotEnabledForAAD", "RBAC must be enabled when aadProfile is set.")


@rule(MANAGED_CLUSTER, on=("update",), source=f"{_ENTRA}#limitations")
def entra_stays_on(request: Request) -> Iterator[Refusal]:
    """The Microsoft Entra integration cannot be turned off."""
    if at(request.current, "aadProfile.managed") and not at(request.properties, "aadProfile.managed"):
        yield Refusal(
            400, "PropertyChangeNotAllowed", "Changing property 'properties.aadProfile' is not allowed."
        )


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/image-cleaner")
def image_cleaner_interval_is_in_range(request: Request) -> Iterator[Refusal]:
    """The image cleaner runs every 24 hours to every three months."""
    cleaner = at(request.properties, "securityProfile.imageCleaner") or {}
    hours = cleaner.get("intervalHours")
    if cleaner.get("enabled") and hours is not None and not 24 <= hours <= 2160:
        yield invalid_parameter(
            "securityProfile.imageCleaner.intervalHours",
            f"intervalHours {hours:g} must be between 24 and 2160.",
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
    if node_group.lower() == (resource_group_of(request.id) or "").lower():
        yield Refusal(
            400,
            "NodeResourceGroupSameAsResourceGroup",
            f"The node resource group {node_group} cannot be the same as the resource group of the managed "
            "cluster.",
        )
    elif request.cloud.get(
        f"/subscriptions/{request.subscription_id}/resourceGroups/{node_group}"
    ) is not None or any(
        (other.properties.get("nodeResourceGroup") or "").lower() == node_group.lower()
        for other in request.cloud.of_type(MANAGED_CLUSTER)
        if not is_same_id(other.id, request.id)
    ):
        yield Refusal(
            400, "NodeResourceGroupAlreadyExists", f"The node resource group {node_group} already exists."
        )


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update")
def cluster_has_one_dns_name(request: Request) -> Iterator[Refusal]:
    """A cluster has a DNS prefix or, with a private DNS zone of its own, an FQDN subdomain."""
    given = [name for name in ("dnsPrefix", "fqdnSubdomain") if request.properties.get(name)]
    if len(given) != 1:
        yield invalid_parameter(
            "dnsPrefix",
            f"Exactly one of dnsPrefix and fqdnSubdomain must be set, got {' and '.join(given) or 'none'}.",
        )


def _tier(request: Request) -> str:
    return at(request.properties, "sku.tier") or "Free"
