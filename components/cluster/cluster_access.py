"""How the program itself reaches the Kubernetes API of its cluster."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import containerservice

from components.cluster import kubeconfig, reachability
from components.cluster.settings import ApiServerSettings
from components.context import Context
from components.identity.settings import AccessSettings
from components.lookup import REFRESH_WITHOUT_CLUSTER, looked_up


@dataclass(frozen=True, kw_only=True)
class ClusterAccessArgs:
    """The arguments of a ClusterAccess.

    Attributes:
        settings: kubelogin's sign-in mode.
        api_server: Who can reach the API server.
        cluster_id: ARM id of the cluster; the provider's identity.
        cluster_name: Azure name of the cluster.
    """

    context: Context
    settings: AccessSettings
    api_server: ApiServerSettings
    cluster_id: pulumi.Input[str]
    cluster_name: pulumi.Input[str]


class ClusterAccess(ComponentResource):
    """The one explicit Kubernetes provider and the kubeconfig that it uses.

    The provider is known by the cluster's id: a kubeconfig with a new address, certificate or sign-in mode
    updates the provider and never replaces a workload. Where not everyone reaches the API server, it sees
    that this machine does. It grants no access: the user who runs the program must be in one of the cluster's
    admin groups and have kubelogin on the PATH.

    https://learn.microsoft.com/azure/aks/kubelogin-authentication
    """

    kubeconfig: pulumi.Output[str]
    provider: pulumi_kubernetes.Provider

    def __init__(self, name: str, args: ClusterAccessArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:cluster:ClusterAccess", name, None, opts)
        credentials = looked_up(
            "the cluster",
            containerservice.list_managed_cluster_user_credentials_output(
                resource_group_name=args.context.resource_group_name,
                resource_name=args.cluster_name,
                format="exec",
            ),
            refresh=REFRESH_WITHOUT_CLUSTER,
        )
        preview = pulumi.runtime.is_dry_run()
        server = credentials.apply(
            lambda known: reachability.checked(
                kubeconfig.api_server(known.kubeconfigs[0].value), args.api_server, preview=preview
            )
        )
        self.kubeconfig = pulumi.Output.secret(
            pulumi.Output.all(args.cluster_name, server).apply(
                lambda known: kubeconfig.render(
                    known[0],
                    known[1],
                    tenant_id=args.context.tenant_id,
                    login_mode=args.settings.kubelogin_mode,
                )
            )
        )
        self.provider = pulumi_kubernetes.Provider(
            f"k8s-{name}",
            kubeconfig=self.kubeconfig,
            cluster_identifier=args.cluster_id,
            enable_server_side_apply=True,
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({"kubeconfig": self.kubeconfig})
