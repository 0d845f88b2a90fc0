"""One AgentPool and how it is replaced; what every kind of node pool component is made around."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pulumi import Input, Resource, ResourceOptions
from pulumi_azure_native import containerservice

from components.context import Context
from components.network.cni import PodAddresses
from components.nodepool.node_pool_profile import node_pool_profile
from components.nodepool.settings import SeparateNodePoolBase

SettingsT_co = TypeVar("SettingsT_co", bound=SeparateNodePoolBase, covariant=True)


@dataclass(frozen=True, kw_only=True)
class NodePoolArgs(Generic[SettingsT_co]):
    """The arguments of a node pool of any kind.

    Attributes:
        key: The pool's name in the stack file, 1 to 8 characters.
        settings: Size, counts, disk, traits.
        kubernetes_version: The cluster's version, or None where an upgrade channel alone decides.
        cluster_name: Azure name of the cluster.
        subnet_id: Where the nodes get their addresses.
        pods: Where the pods get theirs.
        after: The pools that are made and changed before this one, and deleted after it.
    """

    context: Context
    key: str
    settings: SettingsT_co
    kubernetes_version: str | None
    cluster_name: Input[str]
    subnet_id: Input[str]
    pods: PodAddresses
    after: tuple[Resource, ...] = ()


def agent_pool(
    name: str, args: NodePoolArgs[SeparateNodePoolBase], *, parent: Resource
) -> containerservice.AgentPool:
    """An AgentPool whose name encodes what Azure cannot change about it.

    The Pulumi name stays, so a changed name in Azure is a replacement: the new pool is created first and the
    old one deleted after it, unless `deleteBeforeReplace` reverses the order (for a quota that cannot hold
    both). By default, azure-native deletes a resource with an explicit name first.
    """
    settings = args.settings
    profile = node_pool_profile(args.key, settings, args.context.availability_zones, args.pods)
    return containerservice.AgentPool(
        f"np-{name}",
        agent_pool_name=profile.azure_name,
        resource_group_name=args.context.resource_group_name,
        resource_name_=args.cluster_name,
        mode=settings.mode,
        orchestrator_version=args.kubernetes_version,
        vnet_subnet_id=args.subnet_id,
        tags=args.context.tags,
        **profile.arguments,
        opts=ResourceOptions(
            parent=parent,
            delete_before_replace=settings.delete_before_replace,
            # On the pool itself, or the old pools of several replacements would be deleted at the same time.
            depends_on=args.after,
        ),
    )
