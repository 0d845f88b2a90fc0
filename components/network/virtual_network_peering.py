"""A connection with another virtual network."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azure_native
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_azure_native import network

from components.context import Context
from components.network.settings import VirtualNetworkPeeringSettings


@dataclass(frozen=True, kw_only=True)
class VirtualNetworkPeeringArgs:
    """The arguments of a VirtualNetworkPeering.

    Attributes:
        settings: The other network, and what may pass.
        virtual_network_id: ARM id of the platform's virtual network.
        virtual_network_name: Its Azure name.
        address_spaces: Its ranges in CIDR form.
        after: Changes to the virtual network that are made before this one, and undone after it.
    """

    context: Context
    settings: VirtualNetworkPeeringSettings
    virtual_network_id: Input[str]
    address_spaces: Sequence[str]
    virtual_network_name: Input[str]
    after: tuple[Resource, ...]


class VirtualNetworkPeering(ComponentResource):
    """A peering of the platform's virtual network with another one and, by setting, the peering back.

    Nothing passes until both exist. The peering back is a resource of the other network, in its resource
    group and subscription. It mirrors this one: where one network uses gateways, the other lends them. The
    side that lends goes first.

    https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering
    """

    peerings: tuple[network.VirtualNetworkPeering, ...]
    remote_command: pulumi.Output[str]

    def __init__(
        self, name: str, args: VirtualNetworkPeeringArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("aks-platform:network:VirtualNetworkPeering", name, None, opts)
        self._name, self._args = name, args
        sides = [self._peering]
        if args.settings.remote_peering:
            sides.insert(0 if args.settings.use_remote_gateways else 1, self._remote_peering)
        peerings: list[network.VirtualNetworkPeering] = []
        for side in sides:
            peerings.append(side([*args.after, *peerings]))

        self.peerings = tuple(peerings)
        self.remote_command = self._remote_command()
        self.register_outputs({"remote_command": self.remote_command})

    def _peering(self, after: Sequence[Resource]) -> network.VirtualNetworkPeering:
        settings = self._args.settings
        return network.VirtualNetworkPeering(
            f"peer-{self._name}",
            resource_group_name=self._args.context.resource_group_name,
            virtual_network_name=self._args.virtual_network_name,
            remote_virtual_network=network.SubResourceArgs(id=settings.virtual_network_id),
            allow_virtual_network_access=True,
            allow_forwarded_traffic=settings.allow_forwarded_traffic,
            allow_gateway_transit=settings.allow_gateway_transit,
            use_remote_gateways=settings.use_remote_gateways,
            opts=self._options(after, "remoteAddressSpace"),
        )

    def _remote_peering(self, after: Sequence[Resource]) -> network.VirtualNetworkPeering:
        settings, remote = self._args.settings, self._args.settings.remote
        provider = (
            None
            if remote.subscription_id == self._args.context.subscription_id
            else pulumi_azure_native.Provider(
                f"azure-{self._name}",
                subscription_id=remote.subscription_id,
                opts=ResourceOptions(parent=self),
            )
        )
        return network.VirtualNetworkPeering(
            f"peer-{self._name}-remote",
            resource_group_name=remote.resource_group_name,
            virtual_network_name=remote.name,
            remote_virtual_network=network.SubResourceArgs(id=self._args.virtual_network_id),
            allow_virtual_network_access=True,
            allow_forwarded_traffic=settings.allow_forwarded_traffic,
            allow_gateway_transit=settings.use_remote_gateways,
            use_remote_gateways=settings.allow_gateway_transit,
            # A range that is added changes this, and the other network learns it with the update.
            remote_address_space=network.AddressSpaceArgs(address_prefixes=[*self._args.address_spaces]),
            sync_remote_address_space="true",
            opts=ResourceOptions.merge(self._options(after), ResourceOptions(provider=provider)),
        )

    def _options(self, after: Sequence[Resource], *learned: str) -> ResourceOptions:
        # Azure writes there what becomes of the connection, and what it learns of the other network.
        written = ["peeringState", "peeringSyncLevel", "remoteVirtualNetworkAddressSpace", *learned]
        return ResourceOptions(parent=self, depends_on=after, ignore_changes=written)

    def _remote_command(self) -> Output[str]:
        """What the other network's owner runs to make the peering back."""
        settings, remote = self._args.settings, self._args.settings.remote
        flags = {
            "--allow-forwarded-traffic": settings.allow_forwarded_traffic,
            "--allow-gateway-transit": settings.use_remote_gateways,
            "--use-remote-gateways": settings.allow_gateway_transit,
        }
        return Output.format(
            "az network vnet peering create --name {0} --subscription {1} --resource-group {2} "
            "--vnet-name {3} --remote-vnet {4} {5}",
            self._args.virtual_network_name,
            remote.subscription_id,
            remote.resource_group_name,
            remote.name,
            self._args.virtual_network_id,
            " ".join(["--allow-vnet-access", *(flag for flag, is_set in flags.items() if is_set)]),
        )
