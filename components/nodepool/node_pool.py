"""A pool of ordinary nodes."""

import pulumi
from pulumi import ComponentResource, ResourceOptions

from components.nodepool.agent_pool import NodePoolArgs, agent_pool
from components.nodepool.settings import UserNodePoolSettings


class NodePool(ComponentResource):
    """A user node pool, autoscaled or fixed, regular or spot.

    It makes no subnet and sets no workload on its nodes. Select its nodes by the label
    `aks-platform/node-pool`.

    https://learn.microsoft.com/azure/aks/create-node-pools
    """

    azure_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: NodePoolArgs[UserNodePoolSettings], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("aks-platform:nodepool:NodePool", name, None, opts)
        pool = agent_pool(name, args, parent=self)
        self.azure_name = pool.name.apply(str)
        self.register_outputs({"azure_name": self.azure_name})
