"""The address that the cluster is reached at."""

from dataclasses import dataclass, replace

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import resources

from azure_facts import roles
from components.context import Context
from components.identity.role_assignment import role_assignment
from components.network.public_ip_address import static_public_ip_address


@dataclass(frozen=True, kw_only=True)
class IngressAddressArgs:
    """The arguments of an IngressAddress.

    Attributes:
        control_plane_principal_id: Entra object id (GUID) of the identity that manages the load balancer.
    """

    context: Context
    control_plane_principal_id: pulumi.Input[str]


class IngressAddress(ComponentResource):
    """A static public IP address and the cluster's right to put it on its load balancer.

    DNS records and firewalls elsewhere know it, so it outlives the ingress behind it and is protected where
    the stack is. It has its own resource group: the right must be on the group that holds the address,
    and this way it covers nothing else. It makes no DNS record.

    https://learn.microsoft.com/azure/aks/static-ip
    """

    name: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    ip_address: pulumi.Output[str]

    def __init__(self, name: str, args: IngressAddressArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:ingress:IngressAddress", name, None, opts)
        context = args.context
        group = resources.ResourceGroup(
            f"rg-{name}-ingress", tags=context.tags, opts=ResourceOptions(parent=self)
        )
        address = static_public_ip_address(
            f"pip-{name}-ingress",
            replace(context, resource_group_name=group.name),
            zones=context.availability_zones,
            parent=self,
        )
        role_assignment(
            f"ra-{name}-controlplane-ingress",
            scope=group.id,
            principal_id=args.control_plane_principal_id,
            role=roles.NETWORK_CONTRIBUTOR,
            subscription_id=context.subscription_id,
            parent=self,
        )

        self.name = address.name.apply(str)
        self.resource_group_name = group.name
        self.ip_address = address.ip_address.apply(str)
        self.register_outputs(
            {
                "name": self.name,
                "resource_group_name": self.resource_group_name,
                "ip_address": self.ip_address,
            }
        )
