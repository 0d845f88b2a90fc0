"""A pool of NVIDIA GPU nodes."""

import pulumi
from pulumi import ComponentResource, ResourceOptions

from components.nodepool.agent_pool import NodePoolArgs, agent_pool
from components.nodepool.settings import GpuNodePoolSettings


class GpuNodePool(ComponentResource):
    """A user node pool of GPU nodes, tainted so that only pods which ask for GPUs land on it.

    It may be spot and may scale from zero. It labels its nodes for `NvidiaDevicePlugin` and does not install
    the plugin itself: one serves all pools. With `gpuDriver: None` the nodes come bare, for a GPU operator of
    the user's.

    https://learn.microsoft.com/azure/aks/use-nvidia-gpu
    """

    azure_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: NodePoolArgs[GpuNodePoolSettings], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("aks-platform:nodepool:GpuNodePool", name, None, opts)
        pool = agent_pool(name, args, parent=self)
        self.azure_name = pool.name.apply(str)
        self.register_outputs({"azure_name": self.azure_name})
