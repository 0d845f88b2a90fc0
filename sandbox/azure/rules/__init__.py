"""The behaviour of Azure that the sandbox keeps: one small named rule for each thing that Azure refuses."""

from collections.abc import Iterator
from dataclasses import replace

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules import (  # noqa: F401  each module enters its rules, in the order of the table
    agent_pool,
    agent_pool_change,
    agent_pool_gpu,
    agent_pool_mode,
    agent_pool_network,
    agent_pool_nodes,
    agent_pool_size,
    api_server,
    authorization,
    container_registry,
    maintenance,
    managed_cluster,
    managed_cluster_change,
    managed_cluster_identity,
    managed_cluster_network,
    monitor,
    network_dataplane,
    network_security_group,
    public_ip_address,
    resource_groups,
    virtual_network,
)
from sandbox.azure.rules.registry import (
    CloudView,
    Operation,
    Request,
    ResourceView,
    RuleInfo,
    checks_of,
    rule,
    table,
)
from sandbox.azure.rules.remembered import Remembered

__all__ = ["CloudView", "Operation", "Request", "ResourceView", "RuleInfo", "refusals", "rule", "table"]


def refusals(request: Request) -> Iterator[Refusal]:
    """Yield what Azure would refuse in this request; nothing may be written while it is asked."""
    request = replace(request, cloud=Remembered(request.cloud))
    for check in checks_of(request.type, request.operation):
        yield from check(request)
