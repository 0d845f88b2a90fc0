"""One AgentPool and how it is replaced; what every kind of node pool component is made around."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pulumi import Input, Resource, ResourceOptions
from pulumi_azure_native import containerservice

from components.nodepool import node_pool_profile
from components.nodepool.settings import NodePoolSettings

SettingsT = TypeVar("SettingsT", bound=NodePoolSettings)


@dataclass(frozen=True, kw_only=True)
class NodePoolArgs(Generic[SettingsT]):
    """What a node pool of any kind is made of.

    Attributes:
        key: The pool's name in the stack file, 1 to 8 characters.
        settings: Size, counts, disk, priority; decides the graph's shape.
        availability_zones: Zones of the stack, for a pool that names none.
        kubernetes_version: The cluster's version, or None where an upgrade channel alone decides.
        cluster_name: Azure name of the cluster.
        resource_group_name: The cluster's resource group.
        subnet_id: Where the nodes get their addresses.
        tags: On the pool's scale set.
    """

    key: str
    settings: SettingsT
    availability_zones: tuple[str, ...]
    kubernetes_version: str | None
    cluster_name: Input[str]
    resource_group_name: Input[str]
    subnet_id: Input[str]
    tags: Mapping[str, str]


def agent_pool(
    name: str,
    args: NodePoolArgs[SettingsT],
    *,
    mode: containerservice.AgentPoolMode,
    profile: node_pool_profile.Arguments,
    parent: Resource,
) -> containerservice.AgentPool:
    """An AgentPool under a name that says what Azure cannot change about it.

    The Pulumi name stays, so a changed name in Azure is a replacement: the new pool is made first and the old
    one deleted after it, unless `deleteBeforeReplace` asks for the other order (a quota that
    cannot hold both). azure-native alone would always delete first, for it knows that order as the safe one
    for explicit names.

    `count` belongs to the cluster autoscaler where there is one. Azure wants a first value at creation, and
    gets the state's with every update: docs/operations.md says how to take over the autoscaler's.
    """
    return containerservice.AgentPool(
        f"np-{name}",
        agent_pool_name=node_pool_profile.azure_name(args.key, profile),
        resource_group_name=args.resource_group_name,
        resource_name_=args.cluster_name,
        mode=mode,
        orchestrator_version=args.kubernetes_version,
        vnet_subnet_id=args.subnet_id,
        tags=args.tags,
        **profile,
        opts=ResourceOptions(
            parent=parent,
            delete_before_replace=args.settings.delete_before_replace,
            ignore_changes=["count"] if args.settings.autoscaled else None,
        ),
    )
