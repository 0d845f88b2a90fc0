"""The behaviour of Azure that the sandbox keeps: one small named rule for each thing that Azure refuses.

Rules that read only a request, and what it changes or names, are rows of the ``*.yaml`` files here; the
others are functions. Both are read when the first request is put to them, for a preview asks none.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules import registry
from sandbox.azure.rules.registry import (
    CloudView,
    Operation,
    Request,
    ResourceView,
    RuleInfo,
    rule,
)
from sandbox.azure.rules.remembered import Remembered

__all__ = ["CloudView", "Operation", "Request", "ResourceView", "RuleInfo", "refusals", "rule", "table"]

_MODULES = (
    "resource_groups",
    "agent_pool",
    "agent_pool_nodes",
    "agent_pool_network",
    "managed_cluster",
    "managed_cluster_network",
    "managed_cluster_identity",
    "authorization",
    "services",
    "virtual_network",
    "network_security_group",
    "public_ip_address",
)
"""The modules whose functions are rules."""


def refusals(request: Request) -> Iterator[Refusal]:
    """Yield what Azure would refuse in this request; nothing may be written while it is asked."""
    _read()
    request = replace(request, cloud=Remembered(request.cloud))
    for check in registry.checks_of(request.type, request.operation):
        yield from check(request)


def table() -> list[RuleInfo]:
    """Return every rule: the rows by file, then the functions by module."""
    _read()
    return registry.table()


@cache
def _read() -> None:
    rows = import_module("sandbox.azure.rules.rows")
    for info in rows.read():
        registry.add(info)
    for module in _MODULES:
        import_module(f"sandbox.azure.rules.{module}")
