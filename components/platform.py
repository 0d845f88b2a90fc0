"""The table of contents: which components there are and what each tells the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import resources

from components.azure_account import AzureAccount
from components.cluster.aks_cluster import AksCluster, AksClusterArgs
from components.cluster.cluster_access import ClusterAccess, ClusterAccessArgs
from components.context import Context
from components.identity.cluster_identity import ClusterIdentity, ClusterIdentityArgs
from components.ingress.ingress_address import IngressAddress, IngressAddressArgs
from components.ingress.ingress_args import IngressArgs
from components.ingress.kinds import INGRESS_KINDS
from components.monitoring.control_plane_logs import ControlPlaneLogs, ControlPlaneLogsArgs
from components.monitoring.monitor_workspace import MonitorWorkspace, MonitorWorkspaceArgs
from components.network.bastion import Bastion, BastionArgs
from components.network.cni import pod_addresses
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.network import Network, NetworkArgs
from components.network.private_dns_resolver import PrivateDnsResolver, PrivateDnsResolverArgs
from components.network.settings import NetworkSettings
from components.network.subnets import (
    API_SERVER,
    BASTION,
    DNS_INBOUND,
    DNS_OUTBOUND,
)
from components.nodepool.agent_pool import NodePoolArgs
from components.nodepool.kinds import NODE_POOL_KINDS
from components.nodepool.nvidia_device_plugin import NvidiaDevicePlugin, NvidiaDevicePluginArgs
from components.nodepool.placement import contributor_scopes
from components.registry.container_registry import ContainerRegistry, ContainerRegistryArgs
from components.settings import Settings


@dataclass(frozen=True, kw_only=True)
class PlatformArgs:
    """The arguments of a Platform.

    Attributes:
        settings: The whole stack file, validated.
        account: Subscription and tenant.
    """

    settings: Settings
    account: AzureAccount


class Platform(ComponentResource):
    """One environment: network, identities, cluster, node pools, registry, metrics and ingress.

    `name` begins the name of every Azure resource. With `protect`, what cannot be lost (resource group,
    network, cluster, registry, metrics, ingress address) refuses to be deleted or replaced, already in the
    preview.
    """

    outputs: Mapping[str, pulumi.Output[Any]]

    def __init__(self, name: str, args: PlatformArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:index:Platform", name, None, opts)
        settings = args.settings
        child = ResourceOptions(parent=self)
        durable = ResourceOptions(parent=self, protect=settings.protect)

        tags = {"environment": settings.environment, "workload": settings.workload, **settings.tags}
        group = resources.ResourceGroup(f"rg-{name}", tags=tags, opts=durable)
        context = Context(
            environment=settings.environment,
            subscription_id=args.account.subscription_id,
            tenant_id=args.account.tenant_id,
            location=settings.location,
            availability_zones=settings.availability_zones,
            resource_group_name=group.name,
            tags=tags,
            protect=settings.protect,
        )

        network = Network(
            name,
            NetworkArgs(
                context=context,
                settings=settings.network,
                subnets=settings.subnets,
                open_to_internet=settings.ingress.open_to_internet,
                api_server_on_internet=settings.cluster.api_server.on_internet,
            ),
            durable,
        )
        pods = pod_addresses(settings.network, network.subnet_ids)

        joined = [name for name, subnet in settings.subnets.items() if subnet.joined]
        identity = ClusterIdentity(
            name,
            ClusterIdentityArgs(
                context=context,
                network_contributor_at={
                    **{name: network.subnet_ids[name] for name in joined},
                    **network.used_by_cluster,
                },
                contributor_at=contributor_scopes(settings.pools),
                virtual_network_id=network.id,
                private_dns_zone_id=settings.cluster.api_server.private_cluster.given_private_dns_zone_id,
            ),
            child,
        )

        # What joins the virtual network changes it, and Azure takes one change at a time.
        after_network = ResourceOptions(parent=self, protect=settings.protect, depends_on=[network])
        parts = self._network_parts(name, context, settings.network, network, after_network)

        registry = ContainerRegistry(
            name,
            ContainerRegistryArgs(
                context=context,
                settings=settings.registry,
                kubelet_principal_id=identity.kubelet_principal_id,
                virtual_network_id=network.id,
                subnet_ids=network.subnet_ids,
                caches_artifacts=settings.network.is_isolated,
            ),
            after_network,
        )

        cluster = AksCluster(
            name,
            AksClusterArgs(
                context=context,
                settings=settings.cluster,
                network=settings.network,
                access=settings.access,
                monitoring=settings.monitoring,
                dedicated_system_pool=settings.system_pool_is_dedicated,
                control_plane_identity_id=identity.control_plane_id,
                kubelet_identity_id=identity.kubelet_id,
                kubelet_client_id=identity.kubelet_client_id,
                kubelet_principal_id=identity.kubelet_principal_id,
                node_subnet_id=network.subnet_ids[settings.cluster.system_pool.subnet],
                pods=pods,
                api_server_subnet_id=network.subnet_ids.get(API_SERVER),
                egress_addresses=network.egress_addresses,
                artifact_registry_id=registry.id,
            ),
            # Its rights, its way out and, without one, its registry must be there before it.
            ResourceOptions(parent=self, protect=settings.protect, depends_on=[identity, network, registry]),
        )
        access = ClusterAccess(
            name,
            ClusterAccessArgs(
                context=context,
                settings=settings.access,
                api_server=settings.cluster.api_server,
                cluster_id=cluster.id,
                cluster_name=cluster.name,
            ),
            child,
        )

        pools: dict[str, ComponentResource] = {}
        for key, pool in sorted(settings.node_pools.items()):
            pools[key] = NODE_POOL_KINDS[type(pool)](
                f"{name}-{key}",
                NodePoolArgs(
                    context=context,
                    key=key,
                    settings=pool,
                    kubernetes_version=settings.cluster.kubernetes_version,
                    cluster_name=cluster.name,
                    subnet_id=network.subnet_ids[pool.subnet],
                    pods=pods,
                    # Azure changes one pool of a cluster at a time.
                    after=tuple(pools.values()),
                ),
                # A pool may not be newer than the control plane: on an upgrade the cluster goes first.
                # Deleted one by one, pools would be drained, and a disruption budget could stop that.
                ResourceOptions(parent=self, depends_on=[cluster], deleted_with=cluster.managed_cluster),
            )
        strategies = frozenset(
            strategy for pool in settings.node_pools.values() if (strategy := pool.device_plugin_strategy)
        )
        if strategies:
            NvidiaDevicePlugin(
                name,
                NvidiaDevicePluginArgs(mig_strategies=strategies),
                ResourceOptions(parent=self, providers=[access.provider]),
            )

        workspace = None
        if settings.monitoring.enabled:
            workspace = MonitorWorkspace(
                name,
                MonitorWorkspaceArgs(context=context, settings=settings.monitoring, cluster_id=cluster.id),
                durable,
            )

        logs = None
        if settings.monitoring.control_plane_logs.enabled:
            logs = ControlPlaneLogs(
                name,
                ControlPlaneLogsArgs(
                    context=context,
                    settings=settings.monitoring.control_plane_logs,
                    cluster_id=cluster.id,
                    firewall_id=network.firewall_id,
                ),
                durable,
            )

        address = None
        if settings.ingress.open_to_internet:
            address = IngressAddress(
                name,
                IngressAddressArgs(
                    context=context,
                    dual_stack=settings.network.is_dual_stack,
                    control_plane_principal_id=identity.control_plane_principal_id,
                ),
                durable,
            )
            ordinary = [pools[key] for key, pool in settings.node_pools.items() if pool.takes_ordinary_pods]
            INGRESS_KINDS[type(settings.ingress)](
                name,
                IngressArgs(
                    settings=settings.ingress,
                    address_name=address.name,
                    ipv6_address_name=address.ipv6_name,
                    address_resource_group_name=address.resource_group_name,
                ),
                # Helm waits for the controller to run on the pools and for its load balancer's address.
                ResourceOptions(parent=self, providers=[access.provider], depends_on=[address, *ordinary]),
            )

        # What people need next. Names are a promise: docs/outputs.md lists them, a test holds them.
        self.outputs = {
            "resourceGroupName": group.name,
            "clusterName": cluster.name,
            "clusterId": cluster.id,
            "nodeResourceGroup": cluster.node_resource_group,
            "oidcIssuerUrl": cluster.oidc_issuer_url,
            "getCredentialsCommand": pulumi.Output.format(
                "az aks get-credentials --resource-group {0} --name {1}", group.name, cluster.name
            ),
            "kubeconfig": access.kubeconfig,
            "registryLoginServer": registry.login_server,
            "egressAddresses": network.egress_addresses,
            **parts,
        }
        if settings.network.peerings:
            self.outputs["remoteCommands"] = network.remote_commands
        if workspace:
            self.outputs["monitorWorkspaceQueryEndpoint"] = workspace.query_endpoint
        if logs:
            self.outputs["controlPlaneLogsWorkspaceId"] = logs.workspace_id
        if address:
            self.outputs |= address.outputs
        self.register_outputs(dict(self.outputs))

    def _network_parts(
        self,
        name: str,
        context: Context,
        settings: NetworkSettings,
        network: Network,
        opts: ResourceOptions,
    ) -> Mapping[str, pulumi.Output[Any]]:
        """What a stack file may add to the network. Returns the outputs."""
        outputs: dict[str, pulumi.Output[Any]] = {}
        if network.vpn_gateway:
            outputs["vpnGatewayAddresses"] = network.vpn_gateway.public_ip_addresses
            outputs["vpnBgpPeeringAddresses"] = network.vpn_gateway.bgp_peering_addresses
            outputs["vpnConnectionNames"] = network.vpn_gateway.connection_names
        if settings.dns_resolver.enabled:
            resolver = PrivateDnsResolver(
                name,
                PrivateDnsResolverArgs(
                    context=context,
                    settings=settings.dns_resolver,
                    virtual_network_id=network.id,
                    inbound_subnet_id=network.subnet_ids[DNS_INBOUND],
                    outbound_subnet_id=network.subnet_ids.get(DNS_OUTBOUND),
                ),
                opts,
            )
            outputs["dnsResolverAddress"] = resolver.inbound_address
        if settings.flow_logs.enabled:
            logs = FlowLogsArgs(context=context, settings=settings.flow_logs, virtual_network_id=network.id)
            FlowLogs(name, logs, opts)
        if settings.bastion.enabled:
            subnet_id = network.subnet_ids[BASTION]
            host = BastionArgs(context=context, settings=settings.bastion, subnet_id=subnet_id)
            outputs["bastionName"] = Bastion(name, host, opts).name
        return outputs
