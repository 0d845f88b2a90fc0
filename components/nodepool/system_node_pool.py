"""A further pool for the cluster's own pods."""

import pulumi
from pulumi import ComponentResource, ResourceOptions

from components.nodepool.agent_pool import NodePoolArgs, agent_pool
from components.nodepool.node_pool_profile import SYSTEM_TAINT
from components.nodepool.settings import SystemNodePoolSettings


class SystemNodePool(ComponentResource):
    """A System node pool beside the one that the cluster was made with.

    It is tainted, so only critical add-ons run on it. It does not replace the cluster's inline pool, which
    stays.

    https://learn.microsoft.com/azure/aks/use-system-pools
    """

    azure_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: NodePoolArgs[SystemNodePoolSettings], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("aks-platform:nodepool:SystemNodePool", name, None, opts)
        pool = agent_pool(name, args, parent=self, taints=(SYSTEM_TAINT,))
        self.azure_name = pool.name.apply(str)
        self.register_outputs({"azure_name": self.azure_name})
