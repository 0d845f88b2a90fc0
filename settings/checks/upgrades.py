"""Kubernetes versions and the channels that change them."""

from collections.abc import Iterator

from azure_facts import versions
from components.cluster.settings import ClusterSettings
from settings.checks.rule import rule
from settings.errors import Problem

_VERSION = ("cluster", "kubernetesVersion")
_LONG_TERM = "AKSLongTermSupport"


@rule
def the_version_is_supported(cluster: ClusterSettings) -> Iterator[Problem]:
    """The Kubernetes version is one that AKS supports under the support plan."""
    version, long_term = cluster.kubernetes_version, cluster.support_plan == _LONG_TERM
    offered = versions.LONG_TERM_SUPPORT_MINORS if long_term else versions.SUPPORTED_MINORS
    if version is None or versions.minor_of(version) in offered:
        return
    older = versions.minor_of(version) in versions.LONG_TERM_SUPPORT_MINORS
    yield Problem(
        path=_VERSION,
        value=version,
        limit=f"a version of {', '.join(offered)}",
        reason="only AKSLongTermSupport still supports it" if older else "AKS does not offer it",
        remedy=f'kubernetesVersion: "{versions.DEFAULT_MINOR}"',
    )


@rule
def the_version_leaves_the_channel_its_choice(cluster: ClusterSettings) -> Iterator[Problem]:
    """The Kubernetes version is minor under the channel patch, null under stable, rapid and node-image."""
    version, channel = cluster.kubernetes_version, cluster.upgrade_channel
    if version is None:
        return
    if channel == "patch" and version.count(".") > 1:
        yield Problem(
            path=_VERSION,
            value=version,
            limit="a minor version with upgradeChannel patch",
            reason="the channel moves the cluster to newer patches, and the next run would move it back",
            remedy=f'kubernetesVersion: "{versions.minor_of(version)}", or upgradeChannel: none',
        )
    elif channel in {"stable", "rapid", "node-image"}:
        yield Problem(
            path=_VERSION,
            value=version,
            limit=f"null with upgradeChannel {channel}",
            reason="the channel chooses the minor version, and the next run would move it back",
            remedy="kubernetesVersion: null, or upgradeChannel: patch",
        )


@rule
def long_term_support_stays_on_its_version(cluster: ClusterSettings) -> Iterator[Problem]:
    """Long-term support goes with the upgrade channel patch."""
    if cluster.support_plan == _LONG_TERM and cluster.upgrade_channel != "patch":
        yield Problem(
            path=("cluster", "upgradeChannel"),
            value=cluster.upgrade_channel,
            limit="patch with supportPlan AKSLongTermSupport",
            reason="long-term support is for staying on a minor version, which AKS asks to be kept patched",
            remedy="upgradeChannel: patch",
        )


@rule
def node_images_come_from_one_channel(cluster: ClusterSettings) -> Iterator[Problem]:
    """The upgrade channel node-image goes with the node OS upgrade channel NodeImage."""
    if cluster.upgrade_channel == "node-image" and cluster.node_os_upgrade_channel != "NodeImage":
        yield Problem(
            path=("cluster", "nodeOsUpgradeChannel"),
            value=cluster.node_os_upgrade_channel,
            limit="NodeImage with upgradeChannel node-image",
            reason="both channels change the node image, and AKS refuses two answers",
            remedy="nodeOsUpgradeChannel: NodeImage",
        )
