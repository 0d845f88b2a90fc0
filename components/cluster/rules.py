"""Kubernetes versions, upgrades, tiers and the API server."""

import re
from typing import Final

from azure_facts import address_plan, locations, versions
from components.cluster.settings import (
    ApiServerSettings,
    ClusterSettings,
    KeyVaultSecretsProviderSettings,
    MaintenanceSettings,
    PrivateClusterSettings,
)
from components.settings import Settings
from settings.rules import Refusals, refuse, rule, unused, warn

_LONG_TERM: Final = "AKSLongTermSupport"
_MOST_AUTHORIZED_RANGES: Final = 200
_MOST_AUTHORIZED_RANGES_IN_A_VNET: Final = 2000
"""https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges#limitations-and-considerations"""

_OWN_ADDRESSES: Final = "the public addresses from which you reach the internet, such as 203.0.113.7/32"

_MOST_POOLS: Final = 100
_MOST_NODES: Final = {"Free": 1000, "Standard": 5000, "Premium": 5000}
"""https://learn.microsoft.com/azure/aks/quotas-skus-regions#service-quotas-and-limits"""


@rule
def the_version_is_supported(cluster: ClusterSettings) -> Refusals:
    """The Kubernetes version is one that AKS supports under the support plan."""
    version, long_term = cluster.kubernetes_version, cluster.support_plan == _LONG_TERM
    supported = versions.supported_minors(long_term=long_term)
    if version is None or (minor := versions.minor_of(version)) in supported:
        return
    if versions.is_kept(minor) and not long_term:
        return
    limit, calendar = f"a version of {', '.join(supported)}", versions.calendar(long_term=long_term)
    if minor in calendar:
        instead = f'kubernetesVersion: "{supported[0]}"'
        if minor in versions.supported_minors(long_term=True):
            instead += f", or supportPlan: {_LONG_TERM} and tier: Premium"
        yield refuse("kubernetesVersion", limit, f"its support ended on {calendar[minor]}", instead)
    else:
        instead = versions.DEFAULT_MINOR if versions.DEFAULT_MINOR in supported else supported[-1]
        yield refuse("kubernetesVersion", limit, "AKS does not offer it", f'kubernetesVersion: "{instead}"')


@rule
def the_version_is_not_only_kept(cluster: ClusterSettings) -> Refusals:
    """Warns of a Kubernetes version whose support has ended, where AKS keeps the clusters that run it."""
    version = cluster.kubernetes_version
    if version is None or cluster.support_plan == _LONG_TERM:
        return
    if versions.is_kept(minor := versions.minor_of(version)):
        supported = versions.supported_minors(long_term=False)
        last = versions.calendar(long_term=False)[minor]
        reason = f"its support ended on {last}; AKS keeps a cluster that runs it, but creates none with it"
        instead = f'kubernetesVersion: "{supported[0]}"'
        yield warn("kubernetesVersion", f"a version of {', '.join(supported)}", reason, instead)


@rule
def the_version_leaves_the_channel_its_choice(cluster: ClusterSettings) -> Refusals:
    """The version is a minor one with the channel patch, and null with stable and rapid."""
    version, channel = cluster.kubernetes_version, cluster.upgrade_channel
    if version is None:
        return
    minor = versions.minor_of(version)
    if channel == "patch" and version != minor:
        limit = "a minor version with upgradeChannel patch"
        reason = "the channel moves the cluster to newer patches, and the next run would move it back"
        instead = f'kubernetesVersion: "{minor}", or upgradeChannel: none'
        yield refuse("kubernetesVersion", limit, reason, instead)
    elif channel in {"stable", "rapid"}:
        limit = f"null with upgradeChannel {channel}"
        reason = "the channel chooses the minor version, and the next run would move it back"
        instead = f"kubernetesVersion: null, or upgradeChannel: {'patch' if version == minor else 'none'}"
        yield refuse("kubernetesVersion", limit, reason, instead)


@rule
def long_term_support_stays_on_its_version(cluster: ClusterSettings) -> Refusals:
    """Long-term support goes with the upgrade channels patch and none."""
    if cluster.support_plan == _LONG_TERM and cluster.upgrade_channel not in {"patch", "none"}:
        limit = f"patch or none with supportPlan {_LONG_TERM}"
        reason = "long-term support keeps a cluster on one minor version"
        yield refuse("upgradeChannel", limit, reason, "upgradeChannel: patch")


@rule
def long_term_support_is_kept_patched(cluster: ClusterSettings) -> Refusals:
    """Warns of long-term support without automatic upgrades."""
    if cluster.support_plan == _LONG_TERM and cluster.upgrade_channel == "none":
        advice = f"patch with supportPlan {_LONG_TERM}"
        reason = "long-term support covers the two newest patches only, and nothing moves the cluster to them"
        yield warn("upgradeChannel", advice, reason, "upgradeChannel: patch")


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
        yield from unused(windows, ["upgrade"], "upgradeChannel none", "cluster.upgradeChannel: patch")
    if node_channel in {"None", "Unmanaged"}:
        because = f"nodeOsUpgradeChannel {node_channel}"
        yield from unused(windows, ["nodeOs"], because, "cluster.nodeOsUpgradeChannel: NodeImage")


@rule
def cost_analysis_has_its_tier(cluster: ClusterSettings) -> Refusals:
    """Cost analysis needs the tier Standard or Premium."""
    if cluster.cost_analysis and cluster.tier == "Free":
        reason = "AKS shows costs by namespace only in the tiers Standard and Premium"
        instead = "costAnalysis: false, or tier: Standard"
        yield refuse("costAnalysis", "false in the tier Free", reason, instead)


@rule
def long_term_support_has_its_tier(cluster: ClusterSettings) -> Refusals:
    """Long-term support needs the tier Premium."""
    if cluster.support_plan == _LONG_TERM and cluster.tier != "Premium":
        limit = f"KubernetesOfficial in the tier {cluster.tier}"
        instead = "tier: Premium, or supportPlan: KubernetesOfficial"
        yield refuse("supportPlan", limit, "long-term support is part of the tier Premium", instead)


@rule
def the_tier_premium_is_used(cluster: ClusterSettings) -> Refusals:
    """Warns of the tier Premium without long-term support."""
    if cluster.tier == "Premium" and cluster.support_plan != _LONG_TERM:
        reason = "without long-term support it offers no more than Standard, and costs more"
        instead = f"tier: Standard, or supportPlan: {_LONG_TERM}"
        yield warn("tier", "Standard with supportPlan KubernetesOfficial", reason, instead)


@rule
def nodes_fit_the_tier(cluster: ClusterSettings, stack: Settings) -> Refusals:
    """All pools together have no more nodes than the tier allows."""
    nodes, most = sum(pool.largest_count for pool in stack.pools), _MOST_NODES[cluster.tier]
    if nodes > most:
        limit = f"at most {most:,} nodes in the tier {cluster.tier}"
        enough = nodes <= _MOST_NODES["Standard"]
        instead = "tier: Standard" if enough else "lower maxCount or count of the pools"
        yield refuse("tier", limit, f"together, the pools may grow to {nodes:,} nodes", instead)


@rule
def pools_are_not_too_many(stack: Settings) -> Refusals:
    """A cluster has at most 100 node pools, its own among them."""
    if len(stack.pools) > _MOST_POOLS:
        limit = f"at most {_MOST_POOLS - 1} beside the cluster's own"
        reason = f"there are {len(stack.node_pools)}; AKS allows {_MOST_POOLS} in a cluster"
        yield refuse("nodePools", limit, reason, "fewer, larger pools")


@rule
def authorized_ranges_are_not_too_many(api_server: ApiServerSettings) -> Refusals:
    """At most 200 ranges may reach the API server, or 2,000 with API Server VNet Integration."""
    count, integrated = len(api_server.authorized_ip_ranges), api_server.vnet_integration
    most = _MOST_AUTHORIZED_RANGES_IN_A_VNET if integrated else _MOST_AUTHORIZED_RANGES
    if count > most:
        limit = f"at most {most:,} ranges"
        instead = "fewer, larger ranges" if integrated else "fewer, larger ranges, or vnetIntegration: true"
        yield refuse("authorizedIpRanges", limit, f"there are {count:,}", instead)


@rule
def authorized_ranges_are_public(api_server: ApiServerSettings) -> Refusals:
    """Ranges that may reach the API server hold public addresses."""
    for at, network in enumerate(api_server.authorized_ip_ranges):
        if network.prefixlen and any(network.overlaps(private) for private in address_plan.PRIVATE):
            reason = "callers reach the API server from the internet, where no private address arrives"
            place, limit = ("authorizedIpRanges", at), "a range of public addresses"
            yield refuse(place, limit, reason, _OWN_ADDRESSES)


@rule
def authorized_ranges_are_not_everything(api_server: ApiServerSettings) -> Refusals:
    """Warns of an authorized range that is the whole internet."""
    for at, network in enumerate(api_server.authorized_ip_ranges):
        if network.prefixlen == 0:
            place, advice = ("authorizedIpRanges", at), "the ranges that need it"
            reason = "it contains every address, so the API server is as open as without ranges"
            yield warn(place, advice, reason, _OWN_ADDRESSES)


@rule
def vnet_integration_is_where_aks_offers_it(api_server: ApiServerSettings, stack: Settings) -> Refusals:
    """API Server VNet Integration is turned on only in locations where AKS has it."""
    location = locations.LOCATIONS.get(stack.location)
    if api_server.vnet_integration and location is not None and not location.offers_vnet_integration:
        limit = f"false in {location.name}"
        reason = "AKS has no API Server VNet Integration there"
        yield refuse("vnetIntegration", limit, reason, "vnetIntegration: false")


@rule
def authorized_ranges_are_for_the_internet(api_server: ApiServerSettings) -> Refusals:
    """A private cluster has no authorized ranges."""
    if api_server.private_cluster.enabled and api_server.authorized_ip_ranges:
        reason = "they apply to a public address, and the API server of a private cluster has none"
        instead = "remove authorizedIpRanges, or privateCluster: {enabled: false}"
        yield refuse("authorizedIpRanges", "none in a private cluster", reason, instead)


@rule
def an_api_server_has_a_name(private: PrivateClusterSettings) -> Refusals:
    """A private cluster without a private DNS zone has a public name."""
    if private.enabled and private.private_dns_zone == "none" and not private.public_fqdn:
        reason = "nodes would find no address for the API server"
        instead = "enablePublicFQDN: true, or privateDnsZone: system"
        yield refuse("enablePublicFQDN", "true with privateDnsZone none", reason, instead)


@rule
def a_subdomain_is_one_of_a_given_zone(private: PrivateClusterSettings) -> Refusals:
    """The API server's name is chosen only in a private DNS zone that is given."""
    if private.enabled and private.given_private_dns_zone_id is None:
        because = f"privateDnsZone {private.private_dns_zone}"
        yield from unused(private, ["fqdnSubdomain"], because, "privateDnsZone: <ARM id of a zone>")


@rule
def a_private_dns_zone_has_the_right_location(private: PrivateClusterSettings, stack: Settings) -> Refusals:
    """A given private DNS zone has the name of the cluster's location."""
    zone, name = private.given_private_dns_zone_id, f"privatelink.{stack.location}.azmk8s.io"
    if private.enabled and zone and not re.search(rf"[/.]{re.escape(name)}$", zone):
        reason = "AKS accepts no other zone for a cluster there"
        instead = f"privateDnsZone: {zone.rpartition('/')[0]}/{name}"
        yield refuse("privateDnsZone", f"a zone [<name>.]{name}", reason, instead)


@rule
def a_poll_interval_needs_rotation(provider: KeyVaultSecretsProviderSettings) -> Refusals:
    """The key vault is polled only where secrets are rotated."""
    if provider.enabled and not provider.enable_secret_rotation:
        because, instead = "enableSecretRotation false", "enableSecretRotation: true"
        yield from unused(provider, ["rotationPollInterval"], because, instead)
