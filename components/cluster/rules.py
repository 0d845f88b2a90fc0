"""Kubernetes versions, upgrades and tiers."""

from typing import Final

from azure_facts import versions
from components.cluster.settings import (
    ApiServerSettings,
    ClusterSettings,
    KeyVaultSecretsProviderSettings,
    MaintenanceSettings,
)
from components.settings import Settings
from settings.rules import Refusals, refuse, rule, unused

_LONG_TERM: Final = "AKSLongTermSupport"
_MOST_AUTHORIZED_RANGES: Final = 200
_MOST_NODES: Final = {"Free": 1000, "Standard": 5000, "Premium": 5000}
"""https://learn.microsoft.com/azure/aks/quotas-skus-regions"""


@rule
def the_version_is_supported(cluster: ClusterSettings) -> Refusals:
    """The Kubernetes version is one that AKS supports under the support plan."""
    version, long_term = cluster.kubernetes_version, cluster.support_plan == _LONG_TERM
    offered = versions.LONG_TERM_SUPPORT_MINORS if long_term else versions.SUPPORTED_MINORS
    if version is not None and (minor := versions.minor_of(version)) not in offered:
        older = minor in versions.LONG_TERM_SUPPORT_MINORS
        reason = f"only {_LONG_TERM} still supports it" if older else "AKS does not offer it"
        instead = f'kubernetesVersion: "{versions.DEFAULT_MINOR}"'
        yield refuse("kubernetesVersion", f"a version of {', '.join(offered)}", reason, instead)


@rule
def the_version_leaves_the_channel_its_choice(cluster: ClusterSettings) -> Refusals:
    """The version is a minor one with the channel patch, and null with stable, rapid and node-image."""
    version, channel = cluster.kubernetes_version, cluster.upgrade_channel
    if version is None:
        return
    if channel == "patch" and version.count(".") > 1:
        limit = "a minor version with upgradeChannel patch"
        reason = "the channel moves the cluster to newer patches, and the next run would move it back"
        instead = f'kubernetesVersion: "{versions.minor_of(version)}", or upgradeChannel: none'
        yield refuse("kubernetesVersion", limit, reason, instead)
    elif channel in {"stable", "rapid", "node-image"}:
        limit = f"null with upgradeChannel {channel}"
        reason = "the channel chooses the minor version, and the next run would move it back"
        instead = "kubernetesVersion: null, or upgradeChannel: patch"
        yield refuse("kubernetesVersion", limit, reason, instead)


@rule
def long_term_support_stays_on_its_version(cluster: ClusterSettings) -> Refusals:
    """Long-term support goes with the upgrade channel patch."""
    if cluster.support_plan == _LONG_TERM and cluster.upgrade_channel != "patch":
        limit = f"patch with supportPlan {_LONG_TERM}"
        reason = "long-term support keeps a cluster on one minor version, and AKS wants that one patched"
        yield refuse("upgradeChannel", limit, reason, "upgradeChannel: patch")


@rule
def node_images_come_from_one_channel(cluster: ClusterSettings) -> Refusals:
    """The upgrade channel node-image goes with the node OS upgrade channel NodeImage."""
    if cluster.upgrade_channel == "node-image" and cluster.node_os_upgrade_channel != "NodeImage":
        limit = "NodeImage with upgradeChannel node-image"
        reason = "both channels change the node image, and AKS refuses two different answers"
        yield refuse("nodeOsUpgradeChannel", limit, reason, "nodeOsUpgradeChannel: NodeImage")


@rule
def maintenance_windows_have_upgrades(windows: MaintenanceSettings, stack: Settings) -> Refusals:
    """A maintenance window is set only where Azure upgrades on its own."""
    channel, node_channel = stack.cluster.upgrade_channel, stack.cluster.node_os_upgrade_channel
    if channel == "none":
        yield from unused(windows, ["upgrade"], "upgradeChannel none", "upgradeChannel: patch")
    if node_channel in {"None", "Unmanaged"}:
        because, instead = f"nodeOsUpgradeChannel {node_channel}", "nodeOsUpgradeChannel: NodeImage"
        yield from unused(windows, ["nodeOs"], because, instead)


@rule
def cost_analysis_has_its_tier(cluster: ClusterSettings) -> Refusals:
    """Cost analysis needs the tier Standard or Premium."""
    if cluster.cost_analysis and cluster.tier == "Free":
        reason = "AKS shows costs by namespace only in the tiers Standard and Premium"
        instead = "costAnalysis: false, or tier: Standard"
        yield refuse("costAnalysis", "false in the tier Free", reason, instead)


@rule
def long_term_support_has_its_tier(cluster: ClusterSettings) -> Refusals:
    """Long-term support and the tier Premium go together."""
    long_term, premium = cluster.support_plan == _LONG_TERM, cluster.tier == "Premium"
    if long_term and not premium:
        limit = f"KubernetesOfficial in the tier {cluster.tier}"
        instead = "tier: Premium, or supportPlan: KubernetesOfficial"
        yield refuse("supportPlan", limit, "long-term support is part of the tier Premium", instead)
    elif premium and not long_term:
        limit = "Free or Standard with supportPlan KubernetesOfficial"
        reason = "Premium is Standard with long-term support, and AKS accepts it only with that support plan"
        yield refuse("tier", limit, reason, f"tier: Standard, or supportPlan: {_LONG_TERM}")


@rule
def nodes_fit_the_tier(cluster: ClusterSettings, stack: Settings) -> Refusals:
    """All pools together have no more nodes than the tier allows."""
    nodes, most = sum(pool.largest_count for pool in stack.pools), _MOST_NODES[cluster.tier]
    if nodes > most:
        limit = f"at most {most:,} nodes in the tier {cluster.tier}"
        enough = nodes <= _MOST_NODES["Standard"]
        instead = "tier: Standard" if enough else "lower maxCount or count of the pools"
        yield refuse("tier", limit, f"all pools may have {nodes:,} nodes together", instead)


@rule
def authorized_ranges_are_not_too_many(api_server: ApiServerSettings) -> Refusals:
    """At most 200 ranges may reach the API server."""
    count = len(api_server.authorized_ip_ranges)
    if count > _MOST_AUTHORIZED_RANGES:
        limit = f"at most {_MOST_AUTHORIZED_RANGES} ranges"
        yield refuse("authorizedIpRanges", limit, f"there are {count}", "fewer, larger ranges")


@rule
def a_poll_interval_needs_rotation(provider: KeyVaultSecretsProviderSettings) -> Refusals:
    """The key vault is polled only where secrets are rotated."""
    if provider.enabled and not provider.enable_secret_rotation:
        because, instead = "enableSecretRotation false", "enableSecretRotation: true"
        yield from unused(provider, ["rotationPollInterval"], because, instead)
