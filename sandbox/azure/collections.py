"""Children that also stand in their parent: the subnets of a network, the pools of a cluster.

Azure keeps them once. Whether a child is written separately or as an item of its parent, both show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.azure.cloud import Resource
from sandbox.azure.resource_types import ResourceType, of_arm_type


@dataclass(frozen=True)
class ChildCollection:
    """A property of a parent whose items are also separate resources.

    Attributes:
        parent_type: Azure Resource Manager type of the parent.
        list_property: the parent's property that lists the children.
        segment: what stands between the parent's id and a child's name.
        owned: whether the parent's list is all there is. Then a write of the parent removes the children that
            it leaves out. Where a program does not set the list, the provider leaves it as it is in Azure.
    """

    parent_type: str
    list_property: str
    segment: str
    owned: bool = True

    @property
    def child(self) -> ResourceType:
        """Type of the children."""
        return of_arm_type(f"{self.parent_type}/{self.segment}")

    def child_id(self, parent_id: str, name: str) -> str:
        """Id of a child."""
        return f"{parent_id}/{self.segment}/{name}"

    def child_inputs(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs of a child, from an item of its parent."""
        return {name: value for name, value in item.items() if name in self.child.body and value is not None}

    def item(self, child: Resource) -> dict[str, Any]:
        """How the parent shows a child."""
        items = of_arm_type(self.parent_type).outputs[self.list_property].items
        shape = items.shape.outputs if items is not None and items.shape is not None else {}
        shown = {name: value for name, value in child.properties.items() if name in shape}
        return {"name": child.name, **shown, **({"id": child.id} if "id" in shape else {})}


COLLECTIONS = (
    ChildCollection("Microsoft.Network/virtualNetworks", "subnets", "subnets"),
    ChildCollection("Microsoft.Network/virtualNetworks", "virtualNetworkPeerings", "virtualNetworkPeerings"),
    ChildCollection("Microsoft.Network/networkSecurityGroups", "securityRules", "securityRules"),
    ChildCollection("Microsoft.Network/routeTables", "routes", "routes"),
    # A cluster that is written without one of its pools keeps it, and shows it:
    # https://github.com/pulumi/pulumi-azure-native/issues/1298
    ChildCollection(
        "Microsoft.ContainerService/managedClusters", "agentPoolProfiles", "agentPools", owned=False
    ),
)


def collections_of(arm_type: str) -> tuple[ChildCollection, ...]:
    """The collections of an Azure Resource Manager type, in any case."""
    return tuple(each for each in COLLECTIONS if each.parent_type.lower() == arm_type.lower())
