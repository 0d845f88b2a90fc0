"""The table of contents: which components there are and what each tells the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import resources

from components.azure_account import AzureAccount
from components.cluster.aks_cluster import AksCluster, AksClusterArgs
from components.cluster.cluster_access import ClusterAccess, ClusterAccessArgs
from components.identity.cluster_identity import ClusterIdentity, ClusterIdentityArgs
from components.ingress.ingress import Ingress, IngressArgs
from components.ingress.ingress_address import IngressAddress, IngressAddressArgs
from components.ingress.nginx_ingress import NginxIngress
from components.ingress.settings import NginxIngressSettings
from components.monitoring.monitor_workspace import MonitorWorkspace, MonitorWorkspaceArgs
from components.network.network import Network, NetworkArgs
from components.nodepool.agent_pool import NodePoolArgs
from components.nodepool.gpu_node_pool import GpuNodePool, device_plugin_strategy
from components.nodepool.node_pool import NodePool
from components.nodepool.nvidia_device_plugin import NvidiaDevicePlugin, NvidiaDevicePluginArgs
from components.nodepool.settings import GpuNodePoolSettings, SystemNodePoolSettings, UserNodePoolSettings
from components.nodepool.system_node_pool import SystemNodePool
from components.registry.container_registry import ContainerRegistry, ContainerRegistryArgs
from components.settings import Settings

NODE_POOL_KINDS: Final[Mapping[type, Any]] = {
    UserNodePoolSettings: NodePool,
    SystemNodePoolSettings: SystemNodePool,
    GpuNodePoolSettings: GpuNodePool,
}
INGRESS_KINDS: Final[Mapping[type, Any]] = {NginxIngressSettings: NginxIngress}


@dataclass(frozen=True, kw_only=True)
class PlatformArgs:
    """What a Platform is made of.

    Attributes:
        settings: The whole stack file, validated.
        account: Subscription and tenant.
        environment: Name of the stack; a tag on everything.
    """

    settings: Settings
    account: AzureAccount
    environment: str


class Platform(ComponentResource):
    """One environment: network, identities, cluster, node pools, registry, metrics and ingress.

    `name` begins the name of every Azure resource. With `protect`, what cannot be lost (resource group,
    network, cluster, registry, metrics, ingress address) refuses to be deleted or replaced, already in the
    preview.
    """

    outputs: Mapping[str, pulumi.Output[Any]]

    def __init__(self, name: str, args: PlatformArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:index:Platform", name, None, opts)
        self._name, self._settings, self._account = name, args.settings, args.account
        self._tags = {
            "environment": args.environment,
            "workload": args.settings.workload,
            **args.settings.tags,
        }
        self._durable = ResourceOptions(parent=self, protect=args.settings.protect)

        self._group = resources.ResourceGroup(f"rg-{name}", tags=self._tags, opts=self._durable)
        self._network = self._make_network()
        self._identity = self._make_identity()
        self._registry = self._make_registry()
        self._cluster = self._make_cluster()
        self._workspace = self._make_workspace()
        self._pools = {key: self._make_pool(key) for key in args.settings.node_pools}
        self._access = self._make_access()
        self._make_device_plugin()
        self._ingress_address = self._make_ingress_address()
        self._make_ingress()

        self.outputs = self._collect_outputs()
        self.register_outputs(dict(self.outputs))

    def _make_network(self) -> Network:
        return Network(
            self._name,
            NetworkArgs(
                settings=self._settings.network,
                availability_zones=self._settings.availability_zones,
                open_to_internet=self._settings.ingress.open_to_internet,
                resource_group_name=self._group.name,
                tags=self._tags,
            ),
            self._durable,
        )

    def _make_identity(self) -> ClusterIdentity:
        joined = {"nodes": self._network.node_subnet_id}
        if self._settings.cluster.api_server.vnet_integration:
            joined["apiserver"] = self._network.api_server_subnet_id
        return ClusterIdentity(
            self._name,
            ClusterIdentityArgs(
                joined_subnets=joined,
                subscription_id=self._account.subscription_id,
                resource_group_name=self._group.name,
                tags=self._tags,
            ),
            ResourceOptions(parent=self),
        )

    def _make_registry(self) -> ContainerRegistry:
        return ContainerRegistry(
            self._name,
            ContainerRegistryArgs(
                settings=self._settings.registry,
                kubelet_principal_id=self._identity.kubelet_principal_id,
                subscription_id=self._account.subscription_id,
                resource_group_name=self._group.name,
                tags=self._tags,
            ),
            self._durable,
        )

    def _make_cluster(self) -> AksCluster:
        return AksCluster(
            self._name,
            AksClusterArgs(
                settings=self._settings.cluster,
                network=self._settings.network,
                access=self._settings.access,
                monitoring=self._settings.monitoring,
                dedicated_system_pool=self._settings.system_pool_is_dedicated,
                availability_zones=self._settings.availability_zones,
                tenant_id=self._account.tenant_id,
                control_plane_identity_id=self._identity.control_plane_id,
                kubelet_identity_id=self._identity.kubelet_id,
                kubelet_client_id=self._identity.kubelet_client_id,
                kubelet_principal_id=self._identity.kubelet_principal_id,
                node_subnet_id=self._network.node_subnet_id,
                api_server_subnet_id=self._network.api_server_subnet_id,
                egress_addresses=self._network.egress_addresses,
                resource_group_name=self._group.name,
                tags=self._tags,
            ),
            # The rights must be there before the cluster asks for them.
            ResourceOptions(parent=self, protect=self._settings.protect, depends_on=[self._identity]),
        )

    def _make_workspace(self) -> MonitorWorkspace | None:
        if not self._settings.monitoring.enabled:
            return None
        return MonitorWorkspace(
            self._name,
            MonitorWorkspaceArgs(
                location=self._settings.monitoring.location or self._settings.location,
                cluster_id=self._cluster.id,
                resource_group_name=self._group.name,
                tags=self._tags,
            ),
            self._durable,
        )

    def _make_pool(self, key: str) -> ComponentResource:
        settings = self._settings.node_pools[key]
        return NODE_POOL_KINDS[type(settings)](
            f"{self._name}-{key}",
            NodePoolArgs(
                key=key,
                settings=settings,
                availability_zones=self._settings.availability_zones,
                kubernetes_version=self._settings.cluster.kubernetes_version,
                cluster_name=self._cluster.name,
                resource_group_name=self._group.name,
                subnet_id=self._network.node_subnet_id,
                tags=self._tags,
            ),
            # A pool may not be newer than the control plane: on an upgrade the cluster goes first.
            ResourceOptions(parent=self, depends_on=[self._cluster]),
        )

    def _make_access(self) -> ClusterAccess:
        return ClusterAccess(
            self._name,
            ClusterAccessArgs(
                settings=self._settings.access,
                tenant_id=self._account.tenant_id,
                cluster_id=self._cluster.id,
                cluster_name=self._cluster.name,
                resource_group_name=self._group.name,
            ),
            ResourceOptions(parent=self),
        )

    def _make_device_plugin(self) -> None:
        gpu_pools = [
            pool for pool in self._settings.node_pools.values() if isinstance(pool, GpuNodePoolSettings)
        ]
        strategies = frozenset(strategy for pool in gpu_pools if (strategy := device_plugin_strategy(pool)))
        if strategies:
            NvidiaDevicePlugin(
                self._name,
                NvidiaDevicePluginArgs(mig_strategies=strategies),
                ResourceOptions(parent=self, providers=[self._access.provider]),
            )

    def _make_ingress_address(self) -> IngressAddress | None:
        if not self._settings.ingress.open_to_internet:
            return None
        return IngressAddress(
            self._name,
            IngressAddressArgs(
                availability_zones=self._settings.availability_zones,
                control_plane_principal_id=self._identity.control_plane_principal_id,
                subscription_id=self._account.subscription_id,
                tags=self._tags,
            ),
            self._durable,
        )

    def _make_ingress(self) -> Ingress | None:
        settings = self._settings.ingress
        if self._ingress_address is None:
            return None
        return INGRESS_KINDS[type(settings)](
            self._name,
            IngressArgs(
                settings=settings,
                address_name=self._ingress_address.name,
                address_resource_group_name=self._ingress_address.resource_group_name,
            ),
            ResourceOptions(
                parent=self,
                providers=[self._access.provider],
                # Helm waits for the controller to run on the pools and for its load balancer's address.
                depends_on=[
                    self._ingress_address,
                    *(pool for pool in self._pools.values() if isinstance(pool, NodePool)),
                ],
            ),
        )

    def _collect_outputs(self) -> Mapping[str, pulumi.Output[Any]]:
        """What people need next. Names are a promise: docs/outputs.md lists them, a test holds them."""
        outputs = {
            "resourceGroupName": self._group.name,
            "clusterName": self._cluster.name,
            "clusterId": self._cluster.id,
            "nodeResourceGroup": self._cluster.node_resource_group,
            "oidcIssuerUrl": self._cluster.oidc_issuer_url,
            "getCredentialsCommand": pulumi.Output.format(
                "az aks get-credentials --resource-group {0} --name {1}", self._group.name, self._cluster.name
            ),
            "kubeconfig": self._access.kubeconfig,
            "registryLoginServer": self._registry.login_server,
            "egressAddresses": self._network.egress_addresses,
        }
        if self._workspace:
            outputs["monitorWorkspaceQueryEndpoint"] = self._workspace.query_endpoint
        if self._ingress_address:
            outputs["ingressAddress"] = pulumi.Output.format("http://{0}", self._ingress_address.ip_address)
            outputs["ingressPublicIpAddress"] = self._ingress_address.ip_address
        return outputs
