"""Which component makes a node pool of which kind."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pulumi import ComponentResource, ResourceOptions

from components.nodepool.agent_pool import NodePoolArgs
from components.nodepool.gpu_node_pool import GpuNodePool
from components.nodepool.node_pool import NodePool
from components.nodepool.settings import (
    GpuNodePoolSettings,
    SeparateNodePoolBase,
    SystemNodePoolSettings,
    UserNodePoolSettings,
)
from components.nodepool.system_node_pool import SystemNodePool

NODE_POOL_KINDS: Final[
    Mapping[
        type[SeparateNodePoolBase], Callable[[str, NodePoolArgs[Any], ResourceOptions], ComponentResource]
    ]
] = {
    UserNodePoolSettings: NodePool,
    SystemNodePoolSettings: SystemNodePool,
    GpuNodePoolSettings: GpuNodePool,
}
