"""The two identities of the cluster and what they may do, settled before the cluster exists."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import managedidentity

from azure_facts import roles
from components.context import Context
from components.identity.role_assignment import role_assignment
from components.lookup import looked_up


@dataclass(frozen=True, kw_only=True)
class ClusterIdentityArgs:
    """The arguments of a ClusterIdentity.

    Attributes:
        network_contributor_at: ARM ids of what the cluster joins or changes, such as the subnets that it puts
            network interfaces in, by purpose: this decides which role assignments there are, so the keys are
            plain and only the ids are wires.
        contributor_at: ARM ids of what others have made and the cluster places nodes on or near, by purpose.
        virtual_network_id: ARM id of the virtual network that a given private DNS zone is linked to.
        private_dns_zone_id: ARM id of a private DNS zone that is not the platform's, in which the cluster
            writes its API server's name.
    """

    context: Context
    network_contributor_at: Mapping[str, pulumi.Input[str]]
    contributor_at: Mapping[str, str]
    virtual_network_id: pulumi.Input[str]
    private_dns_zone_id: str | None


class ClusterIdentity(ComponentResource):
    """The control plane's and the kubelets' user-assigned identities and their role assignments.

    The control plane gets Network Contributor on the subnets that it joins and on what else it uses, no more,
    and Managed Identity Operator on the kubelet identity, which AKS demands of a cluster that brings its own.
    Where pools are placed on or near what others have made, it is Contributor there.
    With a given private DNS zone it gets Private DNS Zone Contributor there and Network Contributor on the
    virtual network, because AKS links the two. AcrPull is `ContainerRegistry`'s, the public address's right
    is the ingress component's. What needs the rights in place depends on this component.

    https://learn.microsoft.com/azure/aks/use-managed-identity
    """

    control_plane_id: pulumi.Output[str]
    control_plane_principal_id: pulumi.Output[str]
    kubelet_id: pulumi.Output[str]
    kubelet_client_id: pulumi.Output[str]
    kubelet_principal_id: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterIdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:identity:ClusterIdentity", name, None, opts)
        self._args = args
        control_plane = self._identity(f"id-{name}-controlplane")
        kubelet = self._identity(f"id-{name}-kubelet")
        control_plane_facts = self._facts_of(control_plane)
        kubelet_facts = self._facts_of(kubelet)

        self.control_plane_id = control_plane.id
        self.control_plane_principal_id = control_plane_facts.principal_id
        self.kubelet_id = kubelet.id
        self.kubelet_client_id = kubelet_facts.client_id
        self.kubelet_principal_id = kubelet_facts.principal_id

        for purpose, scope in args.network_contributor_at.items():
            self._grant_control_plane(f"ra-{name}-controlplane-{purpose}", scope, roles.NETWORK_CONTRIBUTOR)
        for purpose, scope in args.contributor_at.items():
            self._grant_control_plane(f"ra-{name}-controlplane-{purpose}", scope, roles.CONTRIBUTOR)
        if args.private_dns_zone_id:
            for purpose, scope, role in (
                ("zone", args.private_dns_zone_id, roles.PRIVATE_DNS_ZONE_CONTRIBUTOR),
                ("network", args.virtual_network_id, roles.NETWORK_CONTRIBUTOR),
            ):
                self._grant_control_plane(f"ra-{name}-controlplane-{purpose}", scope, role)
        self._grant_control_plane(
            f"ra-{name}-controlplane-kubelet", kubelet.id, roles.MANAGED_IDENTITY_OPERATOR
        )

        self.register_outputs(
            {
                "control_plane_id": self.control_plane_id,
                "control_plane_principal_id": self.control_plane_principal_id,
                "kubelet_id": self.kubelet_id,
                "kubelet_client_id": self.kubelet_client_id,
                "kubelet_principal_id": self.kubelet_principal_id,
            }
        )

    def _identity(self, name: str) -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity(
            name,
            resource_group_name=self._args.context.resource_group_name,
            tags=self._args.context.tags,
            opts=ResourceOptions(parent=self),
        )

    def _facts_of(
        self, identity: managedidentity.UserAssignedIdentity
    ) -> pulumi.Output[managedidentity.GetUserAssignedIdentityResult]:
        """The identity's principal and client id, known in every preview but the first.

        While an update is previewed azure-native knows only a resource's id, name and location. Read off the
        resource, a changed tag would make the principal unknown and the preview would announce the
        replacement of every role assignment, and of the cluster's kubelet identity, which `up` then does not
        do.
        """
        answer = managedidentity.get_user_assigned_identity_output(
            resource_group_name=self._args.context.resource_group_name, resource_name=identity.name
        )
        return looked_up("an identity", answer)

    def _grant_control_plane(self, name: str, scope: pulumi.Input[str], role: str) -> None:
        role_assignment(
            name,
            scope=scope,
            principal_id=self.control_plane_principal_id,
            role=role,
            subscription_id=self._args.context.subscription_id,
            parent=self,
        )
