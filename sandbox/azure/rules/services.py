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


def unfed_streams(rule: Subject) -> Failures:
    sources = (rule.asked.get("dataSources") or {}).values()
    fed = {stream for kind in sources for source in kind for stream in source.get("streams") or ()}
    for stream in rule.value("dataFlows.streams") or ():
        if stream.startswith("Microsoft-") and stream not in fed:
            yield {"stream": stream}


def other_streams(source: Subject, expected: str) -> Failures:
    yield from ({"stream": stream} for stream in source.asked.get("streams") or () if stream != expected)


def unknown_destinations(rule: Subject) -> Failures:
    kinds = (rule.asked.get("destinations") or {}).values()
    named = [
        one.get("name") for kind in kinds for one in (kind if isinstance(kind, list | tuple) else [kind])
    ]
    for destination in rule.value("dataFlows.destinations") or ():
        if destination not in named:
            yield {"destination": destination}
