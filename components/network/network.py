"""The virtual network that everything else lives in."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

import pulumi
from pulumi import ComponentResource, Resource, ResourceOptions
from pulumi_azure_native import network

from azure_facts.resource_ids import ResourceId
from components.context import Context
from components.network import security_rules
from components.network.changes import of_joined_subnet, of_virtual_network
from components.network.egress import EGRESS_KINDS, Egress, EgressArgs
from components.network.existing_subnet import existing_subnet_id
from components.network.express_route_gateway import ExpressRouteGateway, ExpressRouteGatewayArgs
from components.network.route_table import route_table
from components.network.settings import NetworkSettings, SubnetSettings
from components.network.subnets import BASTION, GATEWAY, Subnet
from components.network.virtual_network_peering import VirtualNetworkPeering, VirtualNetworkPeeringArgs
from components.network.vpn_gateway import VpnGateway, VpnGatewayArgs
from components.refused_changes import refused_changes
from settings.errors import RefusedError


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """The arguments of a Network.

    Attributes:
        context: Where the platform is. Subnets take no tags.
        settings: Address space or existing network, kinds of egress and CNI.
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


@dataclass(frozen=True, kw_only=True)
class _Home:
    """The virtual network of the subnets, of the platform's own or not."""

    id: pulumi.Input[str]
    name: pulumi.Input[str]
    resource_group_name: pulumi.Input[str]
    resources: tuple[Resource, ...] = ()
    """The virtual network itself, if it is the platform's own."""


class Network(ComponentResource):
    """A virtual network with its subnets, and its way out; or subnets in an existing virtual network.

    Each subnet has a network security group, unless Azure allows none there, and no default outbound access:
    traffic of nodes and pods leaves as the kind of egress says. Peerings connect it with other networks, and
    a VPN gateway, which peerings may lend, with those on premises. An existing network gets subnets and is
    not changed otherwise; an existing subnet stays as it is.

    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
    """

    id: pulumi.Output[str]
    subnet_ids: Mapping[str, pulumi.Output[str]]
    egress_addresses: pulumi.Output[list[str]]
    remote_commands: pulumi.Output[list[str]]
    firewall_id: pulumi.Output[str] | None
    vpn_gateway: VpnGateway | None
    used_by_cluster: Mapping[str, pulumi.Input[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:Network", name, None, opts)
        self._name, self._args = name, args
        self._route_table_ids: dict[str, pulumi.Output[str]] = {}
        settings = args.settings
        home = self._existing_home() if settings.virtual_network_id else self._own_home()
        made = {key: subnet for key, subnet in args.subnets.items() if subnet.id is None}
        ids = {
            key: existing_subnet_id(
                key,
                subnet,
                outbound_type=settings.egress.outbound_type,
                subscription_id=args.context.subscription_id,
            )
            for key, subnet in args.subnets.items()
            if subnet.id is not None
        }
        rules = {
            BASTION: security_rules.for_bastion(),
            **{
                key: security_rules.for_nodes(self._overlays(), args.open_to_internet)
                for key, subnet in made.items()
                if subnet.for_nodes
            },
        }
        with_egress = {key: subnet for key, subnet in made.items() if subnet.slot.egress}
        others = {key: subnet for key, subnet in made.items() if key not in with_egress}
        subnets: dict[str, network.Subnet] = {}
        for key, subnet in others.items():
            subnets[key] = self._subnet(
                subnet, home, Egress(), rules=rules.get(key, []), after=[*subnets.values()]
            )
        egress = EGRESS_KINDS[type(settings.egress)](
            name,
            EgressArgs(
                context=args.context,
                subnet_ids={**ids, **{key: subnet.id for key, subnet in subnets.items()}},
                has_subnets=bool(with_egress),
                api_server_on_internet=args.api_server_on_internet,
            ),
            settings.egress,
            ResourceOptions(parent=self),
        )
        for key, subnet in with_egress.items():
            subnets[key] = self._subnet(
                subnet, home, egress, rules=rules.get(key, []), after=[*subnets.values()]
            )
        ids |= {key: subnet.id for key, subnet in subnets.items()}
        changes: list[Resource] = [*subnets.values()]
        self.vpn_gateway = self._gateways(ids, changes)
        commands = self._peerings(home, changes)

        self.id = pulumi.Output.from_input(home.id)
        self.subnet_ids = {key: ids[key] for key in args.subnets}
        self.egress_addresses = egress.addresses
        self.remote_commands = pulumi.Output.all(*commands)
        self.firewall_id = egress.firewall_id
        self.used_by_cluster = {
            **egress.used_by_cluster,
            **{
                f"routes-{key}": id_
                for key, id_ in self._route_table_ids.items()
                if egress.appliance is not None and args.subnets[key].joined
            },
        }
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

    def _gateways(
        self, subnet_ids: Mapping[str, pulumi.Output[str]], changes: list[Resource]
    ) -> VpnGateway | None:
        """The gateways, after `changes`, which they join. Returns the one that has outputs."""
        name, context, settings = self._name, self._args.context, self._args.settings
        child = ResourceOptions(parent=self)
        vpn = None
        if settings.vpn_gateway.enabled:
            of_vpn = VpnGatewayArgs(
                context=context,
                settings=settings.vpn_gateway,
                subnet_id=subnet_ids[GATEWAY],
                after=tuple(changes),
            )
            vpn = VpnGateway(name, of_vpn, child)
            changes.append(vpn.gateway)
        if settings.express_route_gateway.enabled:
            of_circuits = ExpressRouteGatewayArgs(
                context=context,
                settings=settings.express_route_gateway,
                subnet_id=subnet_ids[GATEWAY],
                after=tuple(changes),
            )
            changes.append(ExpressRouteGateway(name, of_circuits, child).gateway)
        return vpn

    def _peerings(self, home: _Home, changes: list[Resource]) -> list[pulumi.Output[str]]:
        """The peerings, after `changes`, which they join. Returns what the owners of others have to run."""
        settings = self._args.settings
        commands: list[pulumi.Output[str]] = []
        for key, peering_settings in sorted(settings.peerings.items()):
            peering = VirtualNetworkPeering(
                f"{self._name}-{key}",
                VirtualNetworkPeeringArgs(
                    context=self._args.context,
                    settings=peering_settings,
                    virtual_network_id=home.id,
                    virtual_network_name=home.name,
                    address_spaces=[str(each) for each in settings.address_spaces],
                    after=tuple(changes),
                ),
                ResourceOptions(parent=self),
            )
            changes += peering.peerings
            if not peering_settings.remote_peering:
                commands.append(peering.remote_command)
        return commands

    def _own_home(self) -> _Home:
        """The platform's own virtual network."""
        settings, name = self._args.settings, f"vnet-{self._name}"
        virtual_network = network.VirtualNetwork(
            name,
            resource_group_name=self._args.context.resource_group_name,
            address_space=network.AddressSpaceArgs(
                address_prefixes=[
                    *map(str, settings.address_spaces),
                    *([str(ipv6_space)] if (ipv6_space := settings.planned_address_space_ipv6) else []),
                ]
            ),
            dhcp_options=network.DhcpOptionsArgs(dns_servers=[str(each) for each in settings.dns_servers])
            if settings.dns_servers
            else None,
            ddos_protection_plan=network.SubResourceArgs(id=settings.ddos_protection_plan_id)
            if settings.ddos_protection_plan_id
            else None,
            enable_ddos_protection=settings.ddos_protection_plan_id is not None,
            tags=self._args.context.tags,
            opts=ResourceOptions(
                parent=self, hooks=refused_changes(name, of_virtual_network(self._args.subnets))
            ),
        )
        return _Home(
            id=virtual_network.id,
            name=virtual_network.name.apply(str),
            resource_group_name=self._args.context.resource_group_name,
            resources=(virtual_network,),
        )

    def _existing_home(self) -> _Home:
        """The virtual network that the stack file names.

        Raises RefusedError where subnets would have to be made in another subscription: the program is signed
        in to one.
        """
        whole = str(self._args.settings.virtual_network_id)
        id_ = ResourceId.parse(whole)
        made = [key for key, subnet in self._args.subnets.items() if subnet.id is None]
        if made and id_.subscription_id.lower() != self._args.context.subscription_id.lower():
            raise RefusedError(
                f"network.virtualNetworkId is in the subscription {id_.subscription_id}, and the stack in "
                f"{self._args.context.subscription_id}. Subnets cannot be made there: let its owner make "
                f"{', '.join(made)}, and write their ids in network.subnets."
            )
        return _Home(id=whole, name=id_.name, resource_group_name=id_.resource_group_name)

    def _subnet(
        self,
        subnet: Subnet,
        home: _Home,
        egress: Egress,
        *,
        rules: list[network.SecurityRuleArgs],
        after: list[network.Subnet],
    ) -> network.Subnet:
        """One subnet and its security group.

        It waits for the subnets before it: Azure takes one change of a virtual network at a time and answers
        others with AnotherOperationInProgress. It depends on each of them, for when some of them go at once.
        """
        slot = subnet.slot
        name = f"snet-{self._name}-{slot.name}"
        given = self._args.settings.subnets.get(slot.name, SubnetSettings())
        table_id = egress.route_table_id
        if given.has_routes:
            table_id = self._route_table_ids[slot.name] = self._own_routes(slot.name, given, egress)
        rules = [*rules, *security_rules.own(given.security_rules)]
        group = self._security_group(slot.name, rules, home) if slot.security_group else None
        return network.Subnet(
            name,
            resource_group_name=home.resource_group_name,
            virtual_network_name=home.name,
            subnet_name=slot.azure_name,
            address_prefix=None if subnet.ipv6_prefix else str(subnet.prefix),
            address_prefixes=subnet.prefixes if subnet.ipv6_prefix else None,
            # Azure gives the subnets that it names whatever way out their service needs.
            default_outbound_access=None if slot.azure_name else False,
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id) if group else None,
            nat_gateway=network.SubResourceArgs(id=egress.nat_gateway_id) if egress.nat_gateway_id else None,
            route_table=network.RouteTableArgs(id=table_id) if table_id else None,
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

    def _overlays(self) -> list[tuple[security_rules.Networks, IPv4Network | IPv6Network]]:
        """Per IP family, the subnets of nodes and the range of pods outside the virtual network."""
        subnets = [subnet for subnet in self._args.subnets.values() if subnet.for_nodes]
        cni = self._args.settings.cni
        found: list[tuple[security_rules.Networks, IPv4Network | IPv6Network]] = []
        if cni.pod_range:
            found.append(([subnet.prefix for subnet in subnets], cni.pod_range))
        if cni.ipv6_pod_range:
            ipv6 = [subnet.ipv6_prefix for subnet in subnets if subnet.ipv6_prefix]
            found.append((ipv6, cni.ipv6_pod_range))
        return found

    def _own_routes(self, slot: str, given: SubnetSettings, egress: Egress) -> pulumi.Output[str]:
        """The route table of a subnet that has routes of its own, with that of the egress among them."""
        table = route_table(
            f"{self._name}-{slot}",
            self._args.context,
            ResourceOptions(parent=self),
            appliance=egress.appliance,
            subnet=given,
        )
        return table.id

    def _security_group(
        self, slot: str, rules: list[network.SecurityRuleArgs], home: _Home
    ) -> network.NetworkSecurityGroup:
        return network.NetworkSecurityGroup(
            f"nsg-{self._name}-{slot}",
            resource_group_name=self._args.context.resource_group_name,
            # An empty list too: azure-native leaves the rules as they are where there is none.
            security_rules=rules,
            tags=self._args.context.tags,
            # Where Azure refuses a new address space, rules for the new one must not be in place already.
            opts=ResourceOptions(parent=self, depends_on=[*home.resources]),
        )
