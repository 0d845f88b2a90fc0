"""Settings that say something and would have no effect: refused, for someone counts on them."""

from collections.abc import Iterator

from pydantic import BaseModel

from components.cluster.settings import ClusterSettings
from components.monitoring.settings import MonitoringSettings
from components.network.settings import NetworkSettings
from components.nodepool.settings import GpuNodePoolSettings, WorkloadNodePoolBase
from settings.checks.rule import Pool, rule
from settings.errors import Path, Problem
from settings.model import key_of


def _unused(
    place: Path, settings: BaseModel, fields: tuple[str, ...], because: str, remedy: str
) -> Iterator[Problem]:
    """A problem for each of ``fields`` that the stack file sets."""
    for field in fields:
        if field in settings.model_fields_set and getattr(settings, field) is not None:
            value = getattr(settings, field)
            yield Problem(
                path=(*place, key_of(field)),
                value=value.model_dump(mode="json", by_alias=True, exclude_unset=True)
                if isinstance(value, BaseModel)
                else value,
                limit=f"not with {because}",
                reason="it would have no effect",
                remedy=f"{remedy}, or remove {key_of(field)}",
            )


@rule
def a_nat_gateway_is_used(network: NetworkSettings) -> Iterator[Problem]:
    """A NAT gateway is described only where nodes go out through it."""
    if network.outbound_type != "userAssignedNATGateway":
        because = f"outboundType {network.outbound_type}"
        yield from _unused(
            ("network",), network, ("nat_gateway",), because, "outboundType: userAssignedNATGateway"
        )


@rule
def spot_settings_are_on_spot_pools(pool: Pool) -> Iterator[Problem]:
    """Eviction policy and spot price are set only on spot pools."""
    if isinstance(pool.settings, WorkloadNodePoolBase) and pool.settings.scale_set_priority == "Regular":
        fields = ("scale_set_eviction_policy", "spot_max_price")
        yield from _unused(
            pool.place, pool.settings, fields, "scaleSetPriority Regular", "scaleSetPriority: Spot"
        )


@rule
def a_mig_strategy_has_a_profile(pool: Pool) -> Iterator[Problem]:
    """A MIG strategy is set only where GPUs are divided."""
    if isinstance(pool.settings, GpuNodePoolSettings) and pool.settings.gpu_instance_profile is None:
        yield from _unused(
            pool.place, pool.settings, ("mig_strategy",), "whole GPUs", "gpuInstanceProfile: MIG1g"
        )


@rule
def monitoring_settings_are_on_monitoring(monitoring: MonitoringSettings) -> Iterator[Problem]:
    """Settings of monitoring are set only where it is enabled."""
    if not monitoring.enabled:
        fields = ("location", "metric_labels_allowlist", "metric_annotations_allow_list")
        yield from _unused(("monitoring",), monitoring, fields, "enabled false", "enabled: true")


@rule
def add_on_settings_are_on_add_ons(cluster: ClusterSettings) -> Iterator[Problem]:
    """Settings of an add-on are set only where it is enabled."""
    cleaner, provider = cluster.image_cleaner, cluster.key_vault_secrets_provider
    if not cleaner.enabled:
        place = ("cluster", "imageCleaner")
        yield from _unused(place, cleaner, ("interval_hours",), "enabled false", "enabled: true")
    place = ("cluster", "keyVaultSecretsProvider")
    if not provider.enabled:
        fields = ("enable_secret_rotation", "rotation_poll_interval")
        yield from _unused(place, provider, fields, "enabled false", "enabled: true")
    elif not provider.enable_secret_rotation:
        because, remedy = "enableSecretRotation false", "enableSecretRotation: true"
        yield from _unused(place, provider, ("rotation_poll_interval",), because, remedy)


@rule
def maintenance_windows_have_upgrades(cluster: ClusterSettings) -> Iterator[Problem]:
    """A maintenance window is set only where Azure upgrades on its own."""
    place, windows = ("cluster", "maintenance"), cluster.maintenance
    if cluster.upgrade_channel == "none":
        yield from _unused(place, windows, ("upgrade",), "upgradeChannel none", "upgradeChannel: patch")
    if cluster.node_os_upgrade_channel in {"None", "Unmanaged"}:
        because = f"nodeOsUpgradeChannel {cluster.node_os_upgrade_channel}"
        yield from _unused(place, windows, ("node_os",), because, "nodeOsUpgradeChannel: NodeImage")
