"""What a program asked of Pulumi, and questions about it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource as the program asked for it; dependencies and parent by type and name."""

    type: str
    name: str
    urn: str
    id: str
    custom: bool
    inputs: Mapping[str, Any]
    secret_inputs: frozenset[str]
    unknown_inputs: frozenset[str]
    parent_urn: str
    provider: str
    depends_on: frozenset[str]
    """Logical names of the custom resources that it waits for, by option or by an input."""
    protect: bool | None
    delete_before_replace: bool | None
    """None where the program leaves the order to the provider."""
    deleted_with: str
    """Name of the resource whose deletion deletes it too; empty if there is none."""
    retain_on_delete: bool
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    additional_secret_outputs: tuple[str, ...]
    aliases: tuple[Any, ...]
    hooks: Mapping[str, list[str]]
    """Names of what is called before, after or on the failure of an operation."""

    @property
    def kind(self) -> str:
        """The last part of the type: VirtualNetwork."""
        return self.type.rpartition(":")[2]

    @property
    def options(self) -> dict[str, Any]:
        """The options that the program gives it beside its parent, and which of its inputs are secret."""
        said = {
            "protect": self.protect or None,
            "provider": self.provider,
            "dependsOn": sorted(self.depends_on),
            "deleteBeforeReplace": self.delete_before_replace,
            "deletedWith": self.deleted_with,
            "retainOnDelete": self.retain_on_delete or None,
            "ignoreChanges": list(self.ignore_changes),
            "replaceOnChanges": list(self.replace_on_changes),
            "additionalSecretOutputs": list(self.additional_secret_outputs),
            "secretInputs": sorted(self.secret_inputs),
        }
        return {option: value for option, value in said.items() if value not in (None, "", [])}


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a component, or the stack, registered as its outputs."""

    values: Mapping[str, Any]
    secret: frozenset[str]


@dataclass(kw_only=True)
class Recording:
    """All that a program asked for."""

    resources: list[Resource] = field(default_factory=list)
    invokes: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    outputs_by_urn: dict[str, Outputs] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Resource:
        """The one custom resource of this Pulumi name."""
        found = [resource for resource in self.resources if resource.custom and resource.name == name]
        assert len(found) == 1, f"{len(found)} resources are called {name}; there are {sorted(self.names)}"
        return found[0]

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)

    @property
    def names(self) -> set[str]:
        """Pulumi names of all custom resources."""
        return {resource.name for resource in self.resources if resource.custom}

    @property
    def inputs(self) -> dict[str, Mapping[str, Any]]:
        """The inputs of every custom resource, by Pulumi name."""
        return {resource.name: resource.inputs for resource in self.resources if resource.custom}

    @property
    def document(self) -> str:
        """All of it as YAML: each resource below its parent, with its options, inputs and outputs."""
        urns = {resource.urn for resource in self.resources}
        roots = [resource for resource in self.resources if resource.parent_urn not in urns]
        return yaml.safe_dump(self._described(roots), default_flow_style=None, sort_keys=False, width=110)

    def _described(self, resources: Iterable[Resource]) -> dict[str, Any]:
        described: dict[str, Any] = {}
        for resource in sorted(resources, key=lambda resource: (resource.type, resource.name)):
            outputs = self.outputs_by_urn.get(resource.urn)
            parts = {
                "options": resource.options,
                "inputs": _sorted(resource.inputs),
                "outputs": _sorted(outputs.values) if outputs else {},
                **self._described(child for child in self.resources if child.parent_urn == resource.urn),
            }
            described[f"{resource.type} {resource.name}"] = {key: part for key, part in parts.items() if part}
        return described

    def of(self, kind: str) -> list[Resource]:
        """The resources whose type ends in `kind`, by name."""
        return sorted(
            (resource for resource in self.resources if resource.kind == kind), key=lambda found: found.name
        )

    def component(self, kind: str) -> Resource:
        """The one component of this kind."""
        (found,) = [resource for resource in self.of(kind) if not resource.custom]
        return found

    def parent(self, resource: Resource) -> str:
        """Kind of the parent; Stack where there is none but the stack."""
        urns = {other.urn: other.kind for other in self.resources}
        return urns.get(resource.parent_urn, "Stack")

    def waits_for(self, resource: Resource) -> set[str]:
        """Names of the custom resources that are there before this one is asked for.

        A child is registered after its parent, so it waits for whatever its parents wait for.
        """
        by_urn = {other.urn: other for other in self.resources}
        found: set[str] = set()
        while True:
            found |= resource.depends_on
            if resource.parent_urn not in by_urn:
                return found
            resource = by_urn[resource.parent_urn]

    def outputs(self, kind: str) -> Outputs:
        """What the one component of this kind registered; `Stack` for the stack's own outputs."""
        found = [
            outputs
            for urn, outputs in self.outputs_by_urn.items()
            if re.fullmatch(rf".*[:$]{kind}::[^:]*", urn) is not None
        ]
        assert len(found) == 1, f"{len(found)} components of kind {kind} registered outputs"
        return found[0]


def _sorted(value: Any) -> Any:
    """`value` with the keys of all maps in order: a map on the wire has none."""
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(member) for member in value] if isinstance(value, list) else value
