"""What a stack may say: frozen models of plain values, and every rule that needs no cloud.

The only place that reads Pulumi's config.
"""

from settings.access import AccessSettings
from settings.cluster import (
    ApiServerSettings,
    AutoScalerProfile,
    ClusterSettings,
    ImageCleanerSettings,
    KeyVaultSecretsProviderSettings,
    MaintenanceSettings,
    MaintenanceWindow,
)
from settings.errors import Problem, SettingsError
from settings.ingress import IngressSettings, NginxIngressSettings, NoIngressSettings
from settings.loader import load
from settings.monitoring import MonitoringSettings
from settings.network import NatGatewaySettings, NetworkSettings
from settings.node_pools import (
    GpuNodePoolSettings,
    NodePoolBase,
    NodePoolSettings,
    SystemNodePoolSettings,
    SystemPoolSettings,
    UpgradeSettings,
    UserNodePoolSettings,
)
from settings.registry import RegistrySettings
from settings.settings import Settings

__all__ = [
    "AccessSettings",
    "ApiServerSettings",
    "AutoScalerProfile",
    "ClusterSettings",
    "GpuNodePoolSettings",
    "ImageCleanerSettings",
    "IngressSettings",
    "KeyVaultSecretsProviderSettings",
    "MaintenanceSettings",
    "MaintenanceWindow",
    "MonitoringSettings",
    "NatGatewaySettings",
    "NetworkSettings",
    "NginxIngressSettings",
    "NoIngressSettings",
    "NodePoolBase",
    "NodePoolSettings",
    "Problem",
    "RegistrySettings",
    "Settings",
    "SettingsError",
    "SystemNodePoolSettings",
    "SystemPoolSettings",
    "UpgradeSettings",
    "UserNodePoolSettings",
    "load",
]
