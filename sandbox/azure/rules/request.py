"""What a rule sees: a write that Azure Resource Manager is asked for, and the cloud as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Operation = Literal["create", "update", "delete"]


class ResourceView(Protocol):
    """One resource as the simulated cloud holds it; ``properties`` are its azure-native outputs."""

    @property
    def id(self) -> str:
        """Full ARM id."""
        ...

    @property
    def type(self) -> str:
        """ARM type."""
        ...

    @property
    def name(self) -> str:
        """Last segment of the id."""
        ...

    @property
    def location(self) -> str | None:
        """Azure location, ``None`` for what has none."""
        ...

    @property
    def properties(self) -> Mapping[str, Any]:
        """Outputs, flat and in camelCase."""
        ...


class CloudView(Protocol):
    """The reading half of the simulated cloud; ids and types compare without regard to case, as in ARM."""

    def get(self, resource_id: str, /) -> ResourceView | None:
        """Return the resource with this id."""
        ...

    def children(self, resource_id: str, /) -> Sequence[ResourceView]:
        """Return the resources directly below this id."""
        ...

    def of_type(self, arm_type: str, /) -> Sequence[ResourceView]:
        """Return the resources of one ARM type."""
        ...

    def referencing(self, resource_id: str, /) -> Sequence[ResourceView]:
        """Return the resources whose properties name this id."""
        ...


@dataclass(frozen=True)
class Request:
    """One write that Azure Resource Manager is asked for.

    ``properties`` are the azure-native inputs, flat and in camelCase, empty for a delete; ``current`` is what
    the cloud holds (azure-native outputs), ``None`` for a create.
    """

    operation: Operation
    type: str
    id: str
    properties: Mapping[str, Any]
    current: Mapping[str, Any] | None
    cloud: CloudView
    subscription_id: str
