"""What rows about container registries and Azure Monitor call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.facts import facts
from sandbox.azure.rules.arm_types import REGISTRY
from sandbox.azure.rules.reading import is_same_id
from sandbox.azure.rules.subjects import Failures, Subject


def name_taken(registry: Subject) -> Failures:
    name = registry.known["name"].lower()
    for other in registry.request.cloud.of_type(REGISTRY):
        if other.name.lower() == name and not is_same_id(other.id, registry.known["id"]):
            yield {"host": name}


def locations_with_workspaces(_: Subject) -> Failures:
    yield {"offered": facts("locations")["monitorWorkspaces"]}


def unknown_destinations(rule: Subject) -> Failures:
    kinds = (rule.asked.get("destinations") or {}).values()
    named = [
        one.get("name") for kind in kinds for one in (kind if isinstance(kind, list | tuple) else [kind])
    ]
    for destination in rule.value("dataFlows.destinations") or ():
        if destination not in named:
            yield {"destination": destination}
