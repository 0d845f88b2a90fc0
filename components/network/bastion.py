"""A way into the virtual network for administrators."""

from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, Input, ResourceOptions
from pulumi_azure_native import network

from components.context import Context
from components.network.changes import of_bastion
from components.network.public_ip_address import static_public_ip_address
from components.network.settings import BastionSettings
from components.refused_changes import refused_changes


@dataclass(frozen=True, kw_only=True)
class BastionArgs:
    """The arguments of a Bastion.

    Attributes:
        settings: Tier of the host.
        subnet_id: ARM id of the subnet AzureBastionSubnet.
    """

    context: Context
    settings: BastionSettings
    subnet_id: Input[str]


class Bastion(ComponentResource):
    """An Azure Bastion host with a static public address, through which administrators reach the network.

    In the tiers that can, it tunnels to a private API server. Who may use it is a matter of roles: it grants
    none.

    https://learn.microsoft.com/azure/bastion/bastion-connect-to-aks-private-cluster
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: BastionArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:Bastion", name, None, opts)
        context, sku = args.context, args.settings.sku
        address = static_public_ip_address(
            f"pip-{name}-bastion", context, zones=context.availability_zones, parent=self
        )
        host = network.BastionHost(
            f"bas-{name}",
            resource_group_name=context.resource_group_name,
            sku=network.SkuArgs(name=sku),
            enable_tunneling=sku != "Basic",
            ip_configurations=[
                network.BastionHostIPConfigurationArgs(
                    name="default",
                    subnet=network.SubResourceArgs(id=args.subnet_id),
                    public_ip_address=network.SubResourceArgs(id=address.id),
                )
            ],
            tags=context.tags,
            opts=ResourceOptions(parent=self, hooks=refused_changes(f"bas-{name}", of_bastion)),
        )

        self.name = host.name.apply(str)
        self.register_outputs({"name": self.name})
