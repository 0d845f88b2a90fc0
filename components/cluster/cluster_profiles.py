"""The profiles of a managed cluster, each a pure function of its settings.

https://learn.microsoft.com/azure/templates/microsoft.containerservice/managedclusters
"""

import pulumi
from pulumi_azure_native import containerservice

from components.cluster.settings import (
    ApiServerSettings,
    AutoScalerProfile,
    ClusterSettings,
    ImageCleanerSettings,
)
from components.identity.settings import AccessSettings
from components.monitoring.settings import MonitoringSettings


def entra(access: AccessSettings, tenant_id: str) -> containerservice.ManagedClusterAADProfileArgs:
    """Sign-in by Entra, rights by Azure RBAC; members of the admin groups are cluster administrators."""
    return containerservice.ManagedClusterAADProfileArgs(
        managed=True,
        enable_azure_rbac=True,
        admin_group_object_ids=list(access.admin_group_object_ids),
        tenant_id=tenant_id,
    )


def security(image_cleaner: ImageCleanerSettings) -> containerservice.ManagedClusterSecurityProfileArgs:
    """Workload identity, and the image cleaner with its interval in hours."""
    return containerservice.ManagedClusterSecurityProfileArgs(
        workload_identity=containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
        image_cleaner=containerservice.ManagedClusterSecurityProfileImageCleanerArgs(
            enabled=image_cleaner.enabled, interval_hours=image_cleaner.interval_hours
        ),
    )


def api_server(
    settings: ApiServerSettings,
    subnet_id: pulumi.Input[str] | None,
    egress_addresses: pulumi.Input[list[str]],
) -> containerservice.ManagedClusterAPIServerAccessProfileArgs:
    """An API server on the internet, open to the given ranges or to all, or inside the virtual network only.

    No ranges are an empty list: left out, Azure would keep those of before. With ranges, the addresses that
    the nodes come from are allowed too: behind its own NAT gateway, a cluster would lock out its nodes.
    https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges
    """
    private = settings.private_cluster
    return containerservice.ManagedClusterAPIServerAccessProfileArgs(
        enable_private_cluster=True if private.enabled else None,
        private_dns_zone=private.private_dns_zone if private.enabled else None,
        enable_private_cluster_public_fqdn=private.public_fqdn if private.enabled else None,
        authorized_ip_ranges=_authorized_ranges(settings, egress_addresses),
        disable_run_command=settings.disable_run_command,
        enable_vnet_integration=True if settings.vnet_integration else None,
        subnet_id=subnet_id if settings.vnet_integration else None,
    )


def _authorized_ranges(
    settings: ApiServerSettings, egress_addresses: pulumi.Input[list[str]]
) -> pulumi.Input[list[str]]:
    if not settings.authorized_ip_ranges:
        return []
    allowed = [str(network) for network in settings.authorized_ip_ranges]
    return pulumi.Output.from_input(egress_addresses).apply(
        lambda addresses: (
            allowed
            + [
                range_
                for range_ in (each if "/" in each else f"{each}/32" for each in addresses)
                # The API server has no IPv6 address.
                if range_ not in allowed and ":" not in range_
            ]
        )
    )


def bootstrap(registry_id: pulumi.Input[str]) -> containerservice.ManagedClusterBootstrapProfileArgs:
    """The registry through which nodes get what AKS brings, where they do not reach the internet.

    https://learn.microsoft.com/azure/aks/network-isolated
    """
    return containerservice.ManagedClusterBootstrapProfileArgs(
        artifact_source=containerservice.ArtifactSource.CACHE, container_registry_id=registry_id
    )


def auto_scaler(
    settings: AutoScalerProfile,
) -> containerservice.ManagedClusterPropertiesAutoScalerProfileArgs:
    """One profile for every autoscaled pool. Azure takes its booleans and numbers as strings."""
    return containerservice.ManagedClusterPropertiesAutoScalerProfileArgs(
        balance_similar_node_groups=_flag(settings.balance_similar_node_groups),
        expander=settings.expander,
        scan_interval=settings.scan_interval,
        scale_down_delay_after_add=settings.scale_down_delay_after_add,
        scale_down_unneeded_time=settings.scale_down_unneeded_time,
        scale_down_utilization_threshold=settings.scale_down_utilization_threshold,
        max_graceful_termination_sec=settings.max_graceful_termination_sec,
        skip_nodes_with_local_storage=_flag(settings.skip_nodes_with_local_storage),
        skip_nodes_with_system_pods=_flag(settings.skip_nodes_with_system_pods),
    )


def auto_upgrade(settings: ClusterSettings) -> containerservice.ManagedClusterAutoUpgradeProfileArgs:
    """Which Kubernetes versions and node images arrive by themselves; `MaintenanceWindows` says when."""
    return containerservice.ManagedClusterAutoUpgradeProfileArgs(
        upgrade_channel=settings.upgrade_channel, node_os_upgrade_channel=settings.node_os_upgrade_channel
    )


def addons(settings: ClusterSettings) -> dict[str, containerservice.ManagedClusterAddonProfileArgs]:
    """Azure Policy and the Key Vault secrets provider; off is said too, for leaving one out would keep it."""
    secrets = settings.key_vault_secrets_provider
    secrets_config = {
        "enableSecretRotation": _flag(secrets.enable_secret_rotation),
        "rotationPollInterval": secrets.rotation_poll_interval,
    }
    return {
        "azurepolicy": containerservice.ManagedClusterAddonProfileArgs(enabled=settings.azure_policy),
        "azureKeyvaultSecretsProvider": containerservice.ManagedClusterAddonProfileArgs(
            enabled=secrets.enabled, config=secrets_config if secrets.enabled else None
        ),
    }


def azure_monitor(settings: MonitoringSettings) -> containerservice.ManagedClusterAzureMonitorProfileArgs:
    """The metrics half of managed Prometheus; `MonitorWorkspace` is the other half."""
    kube_state_metrics = containerservice.ManagedClusterAzureMonitorProfileKubeStateMetricsArgs(
        metric_labels_allowlist=settings.metric_labels_allowlist,
        metric_annotations_allow_list=settings.metric_annotations_allow_list,
    )
    return containerservice.ManagedClusterAzureMonitorProfileArgs(
        metrics=containerservice.ManagedClusterAzureMonitorProfileMetricsArgs(
            enabled=settings.enabled, kube_state_metrics=kube_state_metrics if settings.enabled else None
        )
    )


def cost_analysis(enabled: bool) -> containerservice.ManagedClusterMetricsProfileArgs:
    """Cost by namespace in the portal; needs the Standard or Premium tier."""
    return containerservice.ManagedClusterMetricsProfileArgs(
        cost_analysis=containerservice.ManagedClusterCostAnalysisArgs(enabled=enabled)
    )


def _flag(value: bool) -> str:
    return "true" if value else "false"
