"""Children that also stand in their parent: the subnets of a network, the pools of a cluster.

Azure keeps them once. Whether a child is written by itself or as an item of its parent, both show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.azure.cloud import Resource
from sandbox.azure.schema import ResourceType, resource_type


@dataclass(frozen=True)
class ChildCollection:
    """A property of a parent whose items are resources of their own.

    Attributes:
        parent: Azure Resource Manager type of the parent.
        list_property: the parent's property that lists the children.
        child_token: Pulumi type token of the children.
        owned: whether the parent's list is all there is: a write of the parent removes the children that it
        leaves
            out, and the parent shows those that were written by themselves.
    """

    parent: str
    list_property: str
    child_token: str
    owned: bool = True

    @property
    def child(self) -> ResourceType:
        """Shape of the children."""
        return resource_type(self.child_token)

    @property
    def segment(self) -> str:
        """What stands between the parent's id and a child's name."""
        return self.child.arm_type.rpartition("/")[2]

    def child_id(self, parent_id: str, name: str) -> str:
        """Id of a child."""
        return f"{parent_id}/{self.segment}/{name}"

    def child_inputs(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs of a child, from an item of its parent."""
        return {name: value for name, value in item.items() if name in self.child.body and value is not None}

    def item(self, child: Resource, parent: ResourceType) -> dict[str, Any]:
        """How the parent shows a child."""
        items = parent.outputs[self.list_property].type.items
        shape = items.shape.properties if items is not None and items.shape is not None else {}
        shown = {name: value for name, value in child.properties.items() if name in shape}
        if "id" in shape:
            shown["id"] = child.id
        return {"name": child.name, **shown}


COLLECTIONS = (
    ChildCollection("Microsoft.Network/virtualNetworks", "subnets", "azure-native:network:Subnet"),
    ChildCollection(
        "Microsoft.Network/virtualNetworks",
        "virtualNetworkPeerings",
        "azure-native:network:VirtualNetworkPeering",
    ),
    ChildCollection(
        "Microsoft.Network/networkSecurityGroups", "securityRules", "azure-native:network:SecurityRule"
    ),
    ChildCollection("Microsoft.Network/routeTables", "routes", "azure-native:network:Route"),
    # A cluster that is written without one of its pools keeps it. Azure shows such a pool in the cluster,
    # which makes every refresh report it as drift; here a cluster shows the pools that it was written with.
    ChildCollection(
        "Microsoft.ContainerService/managedClusters",
        "agentPoolProfiles",
        "azure-native:containerservice:AgentPool",
        owned=False,
    ),
)


def collections_of(arm_type: str) -> tuple[ChildCollection, ...]:
    """The collections that a parent type has."""
    return _OF_PARENT.get(arm_type.lower(), ())


def is_child(arm_type: str) -> bool:
    """Whether resources of this type stand in their parent."""
    return arm_type.lower() in _CHILD_TYPES


# The provider leaves these as they are in Azure when a program does not set them.
MAINTAINED = {
    "azure-native:network:VirtualNetwork": ("subnets", "virtualNetworkPeerings"),
    "azure-native:network:NetworkSecurityGroup": ("securityRules",),
    "azure-native:network:RouteTable": ("routes",),
}

_OF_PARENT = {
    parent.lower(): tuple(c for c in COLLECTIONS if c.parent == parent)
    for parent in {c.parent for c in COLLECTIONS}
}
_CHILD_TYPES = {
    "microsoft.network/virtualnetworks/subnets",
    "microsoft.network/virtualnetworks/virtualnetworkpeerings",
    "microsoft.network/networksecuritygroups/securityrules",
    "microsoft.network/routetables/routes",
    "microsoft.containerservice/managedclusters/agentpools",
}
