"""A subnet that is not the platform's."""

import pulumi
from pulumi_azure_native import network

from azure_facts.resource_ids import ResourceId
from components.network import subnet_requirements
from components.network.subnets import Subnet


def existing_subnet_id(
    name: str, subnet: Subnet, *, outbound_type: str, subscription_id: str
) -> pulumi.Output[str]:
    """The ARM id of an existing subnet, once it is known to suit. It is read, never changed.

    RefusedError ends the program, in a preview too, if it does not suit. A subnet in another subscription is
    not read, because the program is signed in to its own only.

    https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites
    """
    whole = str(subnet.id)
    id_ = ResourceId.parse(whole)
    if id_.subscription_id.lower() != subscription_id.lower():
        return pulumi.Output.from_input(whole)
    found = network.get_subnet_output(
        resource_group_name=id_.resource_group_name,
        virtual_network_name=ResourceId.parse(whole.rpartition("/subnets/")[0]).name,
        subnet_name=id_.name,
    )
    return found.apply(lambda known: subnet_requirements.suitable_id(name, subnet, outbound_type, known))
