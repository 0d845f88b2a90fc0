"""What a program asked of Pulumi, and questions about it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


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
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    aliases: tuple[Any, ...]

    @property
    def kind(self) -> str:
        """The last part of the type: VirtualNetwork."""
        return self.type.rpartition(":")[2]

    @property
    def options(self) -> list[str]:
        """The options that the program gives it, its parent and dependencies left out."""
        said = {
            "protect": self.protect,
            "provider": self.provider,
            "deleteBeforeReplace": self.delete_before_replace,
            "ignoreChanges": ",".join(self.ignore_changes),
            "replaceOnChanges": ",".join(self.replace_on_changes),
            "secret": ",".join(sorted(self.secret_inputs)),
        }
        return [f"{option}={value}" for option, value in said.items() if value not in (None, "")]


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
    def tree(self) -> str:
        """Every resource below its parent, by type, name and the options that the program gives it."""
        lines: list[str] = []
        self._draw("", lines)
        return "".join(lines)

    def _draw(self, parent_urn: str, lines: list[str], depth: int = 0) -> None:
        urns = {resource.urn for resource in self.resources}
        children = [
            child
            for child in self.resources
            if (child.parent_urn if child.parent_urn in urns else "") == parent_urn
        ]
        for child in sorted(children, key=lambda child: (child.type, child.name)):
            lines.append(f"{'  ' * depth}{' '.join((child.type, child.name, *child.options))}\n")
            self._draw(child.urn, lines, depth + 1)

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
