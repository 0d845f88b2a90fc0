"""The virtual network that everything else lives in."""

from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import network

from azure_facts import address_plan
from components.context import Context
from components.network import security_rules
from components.network.nat_gateway import NatGateway, NatGatewayArgs
from components.network.settings import NetworkSettings

MANAGED_CLUSTERS = "Microsoft.ContainerService/managedClusters"


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What a Network is told.

    Attributes:
        context: Where the platform is. Subnets take no tags.
        settings: Address spaces, kind of egress, NAT gateway.
        open_to_internet: Whether ports 80 and 443 of the nodes may be reached from outside, through a load
            balancer.
    """

    context: Context
    settings: NetworkSettings
    open_to_internet: bool


class Network(ComponentResource):
    """A virtual network with subnets for nodes, API server, private endpoints and ingress, and its way out.

    Subnets are cut from `addressSpace` by `azure_facts.address_plan`; the second half keeps room for more.
    Each has a network security group and no default outbound access: traffic leaves by the NAT gateway or,
    with outbound type loadBalancer, by the cluster's own load balancer. It makes no peering and no route
    table.

    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
    """

    id: pulumi.Output[str]
    node_subnet_id: pulumi.Output[str]
    api_server_subnet_id: pulumi.Output[str]
    private_endpoint_subnet_id: pulumi.Output[str]
    ingress_subnet_id: pulumi.Output[str]
    egress_addresses: pulumi.Output[list[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:Network", name, None, opts)
        self._name, self._args = name, args
        plan = address_plan.plan(args.settings.address_space)

        self._virtual_network = network.VirtualNetwork(
            f"vnet-{name}",
            resource_group_name=args.context.resource_group_name,
            address_space=network.AddressSpaceArgs(address_prefixes=[str(args.settings.address_space)]),
            tags=args.context.tags,
            opts=ResourceOptions(parent=self),
        )
        nat_gateway = self._nat_gateway()
        node_rules = security_rules.for_nodes(plan.nodes, args.settings.pod_cidr, args.open_to_internet)
        nodes = self._subnet("nodes", plan.nodes, rules=node_rules, nat_gateway=nat_gateway)
        api_server = self._subnet("apiserver", plan.api_server, delegate_to=MANAGED_CLUSTERS, after=nodes)
        private_endpoints = self._subnet("privateendpoints", plan.private_endpoints, after=api_server)
        ingress = self._subnet("ingress", plan.ingress, after=private_endpoints)

        self.id = self._virtual_network.id
        self.node_subnet_id = nodes.id
        self.api_server_subnet_id = api_server.id
        self.private_endpoint_subnet_id = private_endpoints.id
        self.ingress_subnet_id = ingress.id
        self.egress_addresses = (
            nat_gateway.public_ip_addresses if nat_gateway else pulumi.Output.from_input([])
        )
        self.register_outputs(
            {
                "id": self.id,
                "node_subnet_id": self.node_subnet_id,
                "api_server_subnet_id": self.api_server_subnet_id,
                "private_endpoint_subnet_id": self.private_endpoint_subnet_id,
                "ingress_subnet_id": self.ingress_subnet_id,
                "egress_addresses": self.egress_addresses,
            }
        )

    def _nat_gateway(self) -> NatGateway | None:
        if self._args.settings.outbound_type != "userAssignedNATGateway":
            return None
        return NatGateway(
            self._name,
            NatGatewayArgs(
                context=self._args.context,
                settings=self._args.settings.nat_gateway,
            ),
            ResourceOptions(parent=self),
        )

    def _subnet(
        self,
        role: str,
        prefix: IPv4Network,
        *,
        rules: list[network.SecurityRuleArgs] | None = None,
        nat_gateway: NatGateway | None = None,
        delegate_to: str | None = None,
        after: network.Subnet | None = None,
    ) -> network.Subnet:
        """One subnet and its security group.

        `after` is the subnet to wait for: Azure takes one change of a virtual network at a time and answers
        others with AnotherOperationInProgress.
        """
        group = network.NetworkSecurityGroup(
            f"nsg-{self._name}-{role}",
            resource_group_name=self._args.context.resource_group_name,
            security_rules=rules,
            tags=self._args.context.tags,
            opts=ResourceOptions(parent=self),
        )
        return network.Subnet(
            f"snet-{self._name}-{role}",
            resource_group_name=self._args.context.resource_group_name,
            virtual_network_name=self._virtual_network.name,
            address_prefix=str(prefix),
            default_outbound_access=False,
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id),
            nat_gateway=network.SubResourceArgs(id=nat_gateway.id) if nat_gateway else None,
            delegations=[network.DelegationArgs(name=role, service_name=delegate_to)]
            if delegate_to
            else None,
            opts=ResourceOptions(parent=self, depends_on=[after] if after else None),
        )
