"""The cloud as one request sees it, each question put to the real one only once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sandbox.azure.cloud import key_of
from sandbox.azure.rules.request import CloudView, ResourceView


class Remembered:
    """A :class:`CloudView` that keeps its answers; only good while nothing is written."""

    def __init__(self, cloud: CloudView) -> None:
        self._cloud = cloud
        self._found: dict[str, ResourceView | None] = {}
        self._lists: dict[tuple[str, str], Sequence[ResourceView]] = {}

    def get(self, resource_id: str, /) -> ResourceView | None:
        """Return the resource with this id."""
        key = key_of(resource_id)
        if key not in self._found:
            self._found[key] = self._cloud.get(resource_id)
        return self._found[key]

    def children(self, resource_id: str, /) -> Sequence[ResourceView]:
        """Return the resources directly below this id."""
        return self._once("children", resource_id, self._cloud.children)

    def of_type(self, arm_type: str, /) -> Sequence[ResourceView]:
        """Return the resources of one ARM type."""
        return self._once("of_type", arm_type, self._cloud.of_type)

    def referencing(self, resource_id: str, /) -> Sequence[ResourceView]:
        """Return the resources whose properties name this id."""
        return self._once("referencing", resource_id, self._cloud.referencing)

    def _once(
        self, question: str, about: str, ask: Callable[[str], Sequence[ResourceView]]
    ) -> Sequence[ResourceView]:
        key = (question, key_of(about))
        if key not in self._lists:
            self._lists[key] = ask(about)
        return self._lists[key]
