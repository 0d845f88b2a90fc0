"""The behaviour of Azure that the sandbox keeps: one small named rule for each thing that Azure refuses."""

from sandbox.azure_native.rules.registry import (
    CloudView,
    Operation,
    Request,
    ResourceView,
    RuleInfo,
    refusals,
    rule,
    table,
)

__all__ = ["CloudView", "Operation", "Request", "ResourceView", "RuleInfo", "refusals", "rule", "table"]
