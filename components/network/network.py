"""The virtual network that everything else lives in."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import network

from azure_facts import address_plan
from components.context import Context
from components.network import security_rules
from components.network.egress import EGRESS_KINDS
from components.network.settings import NetworkSettings

NODES: Final = "nodes"
API_SERVER: Final = "apiserver"
# Names of slots in the address plan.


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """The arguments of a Network.

    Attributes:
        context: Where the platform is. Subnets take no tags.
        settings: Address space, kinds of egress and CNI.
        open_to_internet: Whether ports 80 and 443 of the nodes may be reached from outside, through a load
            balancer.
    """

    context: Context
    settings: NetworkSettings
    open_to_internet: bool


class Network(ComponentResource):
    """A virtual network with a subnet for each slot of the address plan, and its way out.

    `azure_facts.address_plan` has the slots and cuts them from `addressSpace`. Each subnet has a network
    security group and no default outbound access: traffic of the nodes leaves as the kind of egress says. It
    makes no peering and no route table.

    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
    """

    id: pulumi.Output[str]
    subnet_ids: Mapping[str, pulumi.Output[str]]
    egress_addresses: pulumi.Output[list[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:Network", name, None, opts)
        self._name, self._context = name, args.context
        settings = args.settings
        plan = address_plan.plan(settings.address_space)
        egress = EGRESS_KINDS[type(settings.egress)](
            name, args.context, settings.egress, ResourceOptions(parent=self)
        )

        self._virtual_network = network.VirtualNetwork(
            f"vnet-{name}",
            resource_group_name=args.context.resource_group_name,
            address_space=network.AddressSpaceArgs(address_prefixes=[str(settings.address_space)]),
            tags=args.context.tags,
            opts=ResourceOptions(parent=self),
        )
        subnets: dict[str, network.Subnet] = {}
        for slot in address_plan.SLOTS:
            of_nodes = slot.name == NODES
            subnets[slot.name] = self._subnet(
                slot,
                plan[slot.name],
                rules=security_rules.for_nodes(plan[NODES], settings.cni.pod_cidr, args.open_to_internet)
                if of_nodes
                else None,
                nat_gateway_id=egress.nat_gateway_id if of_nodes else None,
                after=list(subnets.values())[-1:],
            )

        self.id = self._virtual_network.id
        self.subnet_ids = {slot: subnet.id for slot, subnet in subnets.items()}
        self.egress_addresses = egress.addresses
        self.register_outputs(
            {"id": self.id, "subnet_ids": self.subnet_ids, "egress_addresses": self.egress_addresses}
        )

    def _subnet(
        self,
        slot: address_plan.Slot,
        prefix: IPv4Network,
        *,
        rules: list[network.SecurityRuleArgs] | None,
        nat_gateway_id: pulumi.Input[str] | None,
        after: list[network.Subnet],
    ) -> network.Subnet:
        """One subnet and its security group.

        It waits for the subnet before it: Azure takes one change of a virtual network at a time and answers
        others with AnotherOperationInProgress.
        """
        group = network.NetworkSecurityGroup(
            f"nsg-{self._name}-{slot.name}",
            resource_group_name=self._context.resource_group_name,
            security_rules=rules,
            tags=self._context.tags,
            opts=ResourceOptions(parent=self),
        )
        return network.Subnet(
            f"snet-{self._name}-{slot.name}",
            resource_group_name=self._context.resource_group_name,
            virtual_network_name=self._virtual_network.name,
            address_prefix=str(prefix),
            default_outbound_access=False,
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id),
            nat_gateway=network.SubResourceArgs(id=nat_gateway_id) if nat_gateway_id else None,
            delegations=[network.DelegationArgs(name=slot.name, service_name=slot.delegated_to)]
            if slot.delegated_to
            else None,
            opts=ResourceOptions(parent=self, depends_on=after),
        )
