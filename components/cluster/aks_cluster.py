"""The cluster."""

from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, ResourceHookBinding, ResourceOptions
from pulumi_azure_native import containerservice

from components.cluster import cluster_profiles
from components.cluster.changes import of_cluster
from components.cluster.maintenance_windows import MaintenanceWindows, MaintenanceWindowsArgs
from components.cluster.settings import ClusterSettings
from components.cluster.unseen_rights import retry_until_rights_are_seen
from components.context import Context
from components.identity.settings import AccessSettings
from components.monitoring.settings import MonitoringSettings
from components.network.cni import PodAddresses, network_profile
from components.network.settings import NetworkSettings
from components.nodepool.node_pool_profile import node_pool_profile
from components.nodepool.settings import SYSTEM_TAINT
from components.refused_changes import refused_changes

SYSTEM_POOL = "system"
"""Name of the inline pool. It is fixed: a cluster update that names another pool is refused by Azure."""


@dataclass(frozen=True, kw_only=True)
class AksClusterArgs:
    """The arguments of an AksCluster.

    Attributes:
        settings: Version, tier, channels, system pool, add-ons.
        network: Pod and service ranges, kind of egress.
        access: Admin groups of Entra.
        monitoring: Whether managed Prometheus collects, and which labels it keeps.
        dedicated_system_pool: Whether the system pool is kept for critical add-ons; only where another pool
            can run ordinary pods.
        control_plane_identity_id: ARM id of the identity that manages Azure resources.
        kubelet_identity_id: ARM id of the identity that pulls images.
        kubelet_client_id: Its client id (GUID).
        kubelet_principal_id: Its object id (GUID).
        node_subnet_id: ARM id of the nodes' subnet.
        pods: What the kind of CNI gives the system pool.
        api_server_subnet_id: ARM id of the subnet delegated to the API server; used with VNet integration
            only.
        egress_addresses: Public addresses of the nodes, which must reach a restricted API server too.
        artifact_registry_id: ARM id of the registry through which the nodes pull everything that AKS brings;
            used by a network-isolated cluster only.
    """

    context: Context
    settings: ClusterSettings
    network: NetworkSettings
    access: AccessSettings
    monitoring: MonitoringSettings
    dedicated_system_pool: bool
    control_plane_identity_id: pulumi.Input[str]
    kubelet_identity_id: pulumi.Input[str]
    kubelet_client_id: pulumi.Input[str]
    kubelet_principal_id: pulumi.Input[str]
    node_subnet_id: pulumi.Input[str]
    pods: PodAddresses
    api_server_subnet_id: pulumi.Input[str] | None
    egress_addresses: pulumi.Input[list[str]]
    artifact_registry_id: pulumi.Input[str]


class AksCluster(ComponentResource):
    """An AKS cluster with the network and the API server of the settings, Entra sign-in, and one system pool.

    Local accounts are off, the OIDC issuer and workload identity are on. The identities and their rights must
    be there before it: pass `depends_on`. Other pools are separate components. It is never replaced to
    change a pool: the inline pool's size, zones and disk stay as they were made, and Azure refuses an edit of
    them.

    https://learn.microsoft.com/azure/aks/concepts-clusters-workloads
    """

    managed_cluster: pulumi.Resource
    """Azure deletes pools and maintenance windows together with it."""

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    oidc_issuer_url: pulumi.Output[str]
    node_resource_group: pulumi.Output[str]

    def __init__(self, name: str, args: AksClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:cluster:AksCluster", name, None, opts)
        context, settings = args.context, args.settings

        cluster = containerservice.ManagedCluster(
            f"aks-{name}",
            resource_group_name=context.resource_group_name,
            sku=containerservice.ManagedClusterSKUArgs(
                name=containerservice.ManagedClusterSKUName.BASE, tier=settings.tier
            ),
            support_plan=settings.support_plan,
            kubernetes_version=settings.kubernetes_version,
            # Where a subdomain is given, it takes the place of the prefix.
            dns_prefix=None if settings.api_server.fqdn_subdomain else name,
            fqdn_subdomain=settings.api_server.fqdn_subdomain,
            identity=containerservice.ManagedClusterIdentityArgs(
                type=containerservice.ResourceIdentityType.USER_ASSIGNED,
                user_assigned_identities=[args.control_plane_identity_id],
            ),
            identity_profile={"kubeletidentity": _kubelet_identity(args)},
            aad_profile=cluster_profiles.entra(args.access, context.tenant_id),
            disable_local_accounts=True,
            enable_rbac=True,
            oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            security_profile=cluster_profiles.security(settings.image_cleaner),
            network_profile=network_profile(args.network),
            api_server_access_profile=cluster_profiles.api_server(
                settings.api_server, args.api_server_subnet_id, args.egress_addresses
            ),
            bootstrap_profile=cluster_profiles.bootstrap(args.artifact_registry_id)
            if args.network.is_isolated
            else None,
            agent_pool_profiles=[_system_pool(args)],
            auto_scaler_profile=cluster_profiles.auto_scaler(settings.auto_scaler_profile),
            auto_upgrade_profile=cluster_profiles.auto_upgrade(settings),
            addon_profiles=cluster_profiles.addons(settings),
            azure_monitor_profile=cluster_profiles.azure_monitor(args.monitoring),
            metrics_profile=cluster_profiles.cost_analysis(settings.cost_analysis),
            tags=context.tags,
            opts=ResourceOptions(
                parent=self,
                hooks=ResourceHookBinding.merge(
                    refused_changes(f"aks-{name}", of_cluster(settings, SYSTEM_POOL)),
                    ResourceHookBinding(on_error=[retry_until_rights_are_seen(f"aks-{name}")]),
                ),
            ),
        )
        MaintenanceWindows(
            name,
            MaintenanceWindowsArgs(context=context, settings=settings.maintenance, cluster_name=cluster.name),
            ResourceOptions(parent=self, deleted_with=cluster),
        )

        self.managed_cluster = cluster
        self.id = cluster.id
        self.name = cluster.name
        self.oidc_issuer_url = cluster.oidc_issuer_profile.apply(
            lambda issuer: issuer.issuer_url if issuer else ""
        )
        self.node_resource_group = cluster.node_resource_group.apply(lambda group: group or "")
        self.register_outputs(
            {
                "id": self.id,
                "name": self.name,
                "oidc_issuer_url": self.oidc_issuer_url,
                "node_resource_group": self.node_resource_group,
            }
        )


def _kubelet_identity(args: AksClusterArgs) -> containerservice.UserAssignedIdentityArgs:
    return containerservice.UserAssignedIdentityArgs(
        resource_id=args.kubelet_identity_id,
        client_id=args.kubelet_client_id,
        object_id=args.kubelet_principal_id,
    )


def _system_pool(args: AksClusterArgs) -> containerservice.ManagedClusterAgentPoolProfileArgs:
    """The inline pool, without a Kubernetes version: Azure takes those of all pools of a cluster or of none.

    https://github.com/Azure/AKS/issues/4765
    """
    profile = node_pool_profile(
        SYSTEM_POOL,
        args.settings.system_pool,
        args.context.availability_zones,
        args.pods,
        taints=(SYSTEM_TAINT,) if args.dedicated_system_pool else (),
    )
    return containerservice.ManagedClusterAgentPoolProfileArgs(
        name=SYSTEM_POOL,
        mode=args.settings.system_pool.mode,
        vnet_subnet_id=args.node_subnet_id,
        tags=args.context.tags,
        **profile.arguments,
    )
