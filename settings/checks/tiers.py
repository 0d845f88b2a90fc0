"""What depends on a tier that costs."""

from collections.abc import Iterator

from components.cluster.settings import ClusterSettings
from components.registry.settings import RegistrySettings
from settings.checks.rule import rule
from settings.errors import Problem

_MOST_AUTHORIZED_RANGES = 200


@rule
def cost_analysis_has_its_tier(cluster: ClusterSettings) -> Iterator[Problem]:
    """Cost analysis needs the tier Standard or Premium."""
    if cluster.cost_analysis and cluster.tier == "Free":
        yield Problem(
            path=("cluster", "costAnalysis"),
            value=True,
            limit="false in the tier Free",
            reason="AKS shows costs by namespace in the tiers Standard and Premium only",
            remedy="costAnalysis: false, or tier: Standard",
        )


@rule
def long_term_support_has_its_tier(cluster: ClusterSettings) -> Iterator[Problem]:
    """Long-term support and the tier Premium go together."""
    long_term, premium = cluster.support_plan == "AKSLongTermSupport", cluster.tier == "Premium"
    if long_term and not premium:
        yield Problem(
            path=("cluster", "supportPlan"),
            value=cluster.support_plan,
            limit=f"KubernetesOfficial in the tier {cluster.tier}",
            reason="long-term support is part of the tier Premium",
            remedy="tier: Premium, or supportPlan: KubernetesOfficial",
        )
    elif premium and not long_term:
        yield Problem(
            path=("cluster", "tier"),
            value=cluster.tier,
            limit="Free or Standard with supportPlan KubernetesOfficial",
            reason="Premium is Standard with long-term support; AKS takes it with that support plan only",
            remedy="tier: Standard, or supportPlan: AKSLongTermSupport",
        )


@rule
def the_registry_has_its_tier(registry: RegistrySettings) -> Iterator[Problem]:
    """Zone redundancy and retention of a registry need the tier Premium."""
    if registry.sku == "Premium":
        return
    for key, value, given in (
        ("zoneRedundancy", registry.zone_redundancy, registry.zone_redundancy),
        ("retentionDays", registry.retention_days, registry.retention_days is not None),
    ):
        if given:
            yield Problem(
                path=("registry", key),
                value=value,
                limit="sku Premium",
                reason=f"registries of the tier {registry.sku} do not have it",
                remedy=f"sku: Premium, or remove {key}",
            )


@rule
def authorized_ranges_are_not_too_many(cluster: ClusterSettings) -> Iterator[Problem]:
    """At most 200 ranges may reach the API server."""
    count = len(cluster.api_server.authorized_ip_ranges)
    if count > _MOST_AUTHORIZED_RANGES:
        yield Problem(
            path=("cluster", "apiServer", "authorizedIpRanges"),
            value=f"{count} ranges",
            limit=f"at most {_MOST_AUTHORIZED_RANGES} ranges",
            reason="AKS takes no more",
            remedy="fewer, larger ranges",
        )
