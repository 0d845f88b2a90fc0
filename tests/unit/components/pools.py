"""One node pool of each kind, alone, for the tests of pools."""

from collections.abc import Callable
from typing import Any, Final

import pulumi

from components.nodepool.agent_pool import NodePoolArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording, Resource

GROUP: Final = "rg-of-the-test"
CLUSTER: Final = "aks-of-the-test"
ZONES: Final = ("1", "2", "3")


def record_pool(
    component: Callable[..., pulumi.ComponentResource],
    key: str,
    pool: dict[str, Any],
    *,
    zones: tuple[str, ...] = ZONES,
    version: str | None = "1.36",
    subnet: str = "/subnets/nodes",
    tags: dict[str, str] = stacks.TAGS,
) -> Recording:
    """What the pool `key` asks for whose entry in the stack file is `pool`."""
    args = NodePoolArgs(
        key=key,
        settings=stacks.settings(nodePools={key: pool}).node_pools[key],
        availability_zones=zones,
        kubernetes_version=version,
        cluster_name=CLUSTER,
        resource_group_name=GROUP,
        subnet_id=subnet,
        tags=tags,
    )
    return stacks.record_component(component, args, f"platform-dev-{key}")


def agent_pool(recording: Recording) -> Resource:
    """The one AgentPool."""
    (found,) = recording.of("AgentPool")
    return found
