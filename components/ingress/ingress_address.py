"""The address that the cluster is reached at."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import resources

from azure_facts import roles
from components.identity.role_assignment import role_assignment
from components.network.public_ip_address import static_public_ip_address


@dataclass(frozen=True, kw_only=True)
class IngressAddressArgs:
    """What an IngressAddress is made of.

    Attributes:
        availability_zones: Zones that the address spans.
        control_plane_principal_id: Entra object id (GUID) of the identity that manages the load balancer.
        subscription_id: GUID of the subscription that holds the role definitions.
        tags: On the resource group and the address.
    """

    availability_zones: tuple[str, ...]
    control_plane_principal_id: pulumi.Input[str]
    subscription_id: str
    tags: Mapping[str, str]


class IngressAddress(ComponentResource):
    """A static public IP address and the cluster's right to put it on its load balancer.

    DNS records and firewalls elsewhere know it, so it outlives the ingress behind it and is protected where
    the stack is. It has a resource group of its own: the right must be on the group that holds the address,
    and this way it covers nothing else. It makes no DNS record.

    https://learn.microsoft.com/azure/aks/static-ip
    """

    name: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    ip_address: pulumi.Output[str]

    def __init__(self, name: str, args: IngressAddressArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:ingress:IngressAddress", name, None, opts)
        group = resources.ResourceGroup(
            f"rg-{name}-ingress", tags=args.tags, opts=ResourceOptions(parent=self)
        )
        address = static_public_ip_address(
            f"pip-{name}-ingress",
            zones=args.availability_zones,
            resource_group_name=group.name,
            tags=args.tags,
            parent=self,
        )
        role_assignment(
            f"ra-{name}-controlplane-ingress",
            scope=group.id,
            principal_id=args.control_plane_principal_id,
            role=roles.NETWORK_CONTRIBUTOR,
            subscription_id=args.subscription_id,
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
