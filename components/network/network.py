"""The virtual network that everything else lives in."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, Resource, ResourceOptions
from pulumi_azure_native import network

from components.context import Context
from components.network import security_rules
from components.network.changes import of_joined_subnet, of_virtual_network
from components.network.egress import EGRESS_KINDS, Egress, EgressArgs
from components.network.settings import NetworkSettings, SubnetSettings
from components.network.subnets import BASTION, NODES, Subnet
from components.network.virtual_network_peering import VirtualNetworkPeering, VirtualNetworkPeeringArgs
from components.refused_changes import refused_changes


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """The arguments of a Network.

    Attributes:
        context: Where the platform is. Subnets take no tags.
        settings: Address space, kinds of egress and CNI.
        subnets: The subnets of it, by name.
        open_to_internet: Whether ports 80 and 443 of the nodes may be reached from outside, through a load
            balancer.
        api_server_on_internet: Whether nodes and pods reach their API server at a public address.
    """

    context: Context
    settings: NetworkSettings
    subnets: Mapping[str, Subnet]
    open_to_internet: bool
    api_server_on_internet: bool


class Network(ComponentResource):
    """A virtual network with its subnets, and its way out.

    Each subnet has a network security group, unless Azure allows none there, and no default outbound access:
    traffic of nodes and pods leaves as the kind of egress says. Peerings connect it with other networks.

    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
    """

    id: pulumi.Output[str]
    subnet_ids: Mapping[str, pulumi.Output[str]]
    egress_addresses: pulumi.Output[list[str]]
    remote_commands: pulumi.Output[list[str]]
    firewall_id: pulumi.Output[str] | None
    used_by_cluster: Mapping[str, pulumi.Input[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:Network", name, None, opts)
        self._name, self._context = name, args.context
        settings = args.settings
        self._given_subnets = settings.subnets
        self._virtual_network = network.VirtualNetwork(
            f"vnet-{name}",
            resource_group_name=args.context.resource_group_name,
            address_space=network.AddressSpaceArgs(address_prefixes=[str(settings.address_space)]),
            dhcp_options=network.DhcpOptionsArgs(dns_servers=[str(each) for each in settings.dns_servers])
            if settings.dns_servers
            else None,
            ddos_protection_plan=network.SubResourceArgs(id=settings.ddos_protection_plan_id)
            if settings.ddos_protection_plan_id
            else None,
            enable_ddos_protection=settings.ddos_protection_plan_id is not None,
            tags=args.context.tags,
            opts=ResourceOptions(
                parent=self, hooks=refused_changes(f"vnet-{name}", of_virtual_network(args.subnets))
            ),
        )
        subnets: dict[str, network.Subnet] = {}
        nodes = args.subnets[NODES].prefix
        rules = {
            NODES: security_rules.for_nodes(nodes, settings.cni.pod_range, args.open_to_internet),
            BASTION: security_rules.for_bastion(),
        }
        for name_, subnet in args.subnets.items():
            if not subnet.slot.egress:
                after = list(subnets.values())[-1:]
                subnets[name_] = self._subnet(subnet, rules=rules.get(name_, []), after=after)
        egress = EGRESS_KINDS[type(settings.egress)](
            name,
            EgressArgs(
                context=args.context,
                subnet_ids={name_: subnet.id for name_, subnet in subnets.items()},
                api_server_on_internet=args.api_server_on_internet,
            ),
            settings.egress,
            ResourceOptions(parent=self),
        )
        for name_, subnet in args.subnets.items():
            if subnet.slot.egress:
                after = list(subnets.values())[-1:]
                subnets[name_] = self._subnet(subnet, rules=rules.get(name_, []), egress=egress, after=after)

        changes: list[Resource] = [*subnets.values()]
        commands: list[pulumi.Output[str]] = []
        for key, peering_settings in sorted(settings.peerings.items()):
            peering = VirtualNetworkPeering(
                f"{name}-{key}",
                VirtualNetworkPeeringArgs(
                    context=args.context,
                    settings=peering_settings,
                    virtual_network_id=self._virtual_network.id,
                    virtual_network_name=self._virtual_network.name.apply(str),
                    after=tuple(changes),
                ),
                ResourceOptions(parent=self),
            )
            changes += peering.peerings
            if not peering_settings.remote_peering:
                commands.append(peering.remote_command)

        self.id = self._virtual_network.id
        self.subnet_ids = {slot: subnet.id for slot, subnet in subnets.items()}
        self.egress_addresses = egress.addresses
        self.remote_commands = pulumi.Output.all(*commands)
        self.firewall_id = egress.firewall_id
        self.used_by_cluster = egress.used_by_cluster
        self.register_outputs(
            {
                "id": self.id,
                "subnet_ids": self.subnet_ids,
                "egress_addresses": self.egress_addresses,
                "remote_commands": self.remote_commands,
                "firewall_id": self.firewall_id,
                "used_by_cluster": self.used_by_cluster,
            }
        )

    def _subnet(
        self,
        subnet: Subnet,
        *,
        rules: list[network.SecurityRuleArgs],
        after: list[network.Subnet],
        egress: Egress | None = None,
    ) -> network.Subnet:
        """One subnet and its security group.

        It waits for the subnet before it: Azure takes one change of a virtual network at a time and answers
        others with AnotherOperationInProgress.
        """
        slot, egress = subnet.slot, egress or Egress()
        name = f"snet-{self._name}-{slot.name}"
        given = self._given_subnets.get(slot.name, SubnetSettings())
        rules = [*rules, *security_rules.own(given.security_rules)]
        group = self._security_group(slot.name, rules) if slot.security_group else None
        return network.Subnet(
            name,
            resource_group_name=self._context.resource_group_name,
            virtual_network_name=self._virtual_network.name,
            subnet_name=slot.azure_name,
            address_prefix=str(subnet.prefix),
            # Azure gives the subnets that it names whatever way out their service needs.
            default_outbound_access=None if slot.azure_name else False,
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id) if group else None,
            nat_gateway=network.SubResourceArgs(id=egress.nat_gateway_id) if egress.nat_gateway_id else None,
            route_table=network.RouteTableArgs(id=egress.route_table_id) if egress.route_table_id else None,
            service_endpoints=[
                network.ServiceEndpointPropertiesFormatArgs(service=service)
                for service in given.service_endpoints
            ]
            or None,
            delegations=[network.DelegationArgs(name=slot.name, service_name=slot.delegated_to)]
            if slot.delegated_to
            else None,
            opts=ResourceOptions(
                parent=self,
                depends_on=after,
                hooks=refused_changes(name, of_joined_subnet(slot.name)) if subnet.joined else None,
            ),
        )

    def _security_group(
        self, slot: str, rules: list[network.SecurityRuleArgs]
    ) -> network.NetworkSecurityGroup:
        return network.NetworkSecurityGroup(
            f"nsg-{self._name}-{slot}",
            resource_group_name=self._context.resource_group_name,
            # An empty list too: azure-native leaves the rules as they are where there is none.
            security_rules=rules,
            tags=self._context.tags,
            # Where Azure refuses a new address space, rules for the new one must not be in place already.
            opts=ResourceOptions(parent=self, depends_on=[self._virtual_network]),
        )
