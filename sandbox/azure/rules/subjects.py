"""What a row of a rules file is about: a request, or each node pool or security rule in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.azure.cloud import parent_id
from sandbox.azure.facts.locations import LOCATIONS
from sandbox.azure.rules.arm_types import AGENT_POOL, MANAGED_CLUSTER, NETWORK_SECURITY_GROUP, SECURITY_RULE
from sandbox.azure.rules.pools import pools
from sandbox.azure.rules.reading import location_of, name_of, security_rules, subnet_properties, values_at
from sandbox.azure.rules.registry import Request


@dataclass(frozen=True)
class Subject:
    """One thing that is asked for.

    ``asked`` holds its properties; ``known`` what rows call by a name with a dollar sign: ``$name``, ``$id``,
    ``$current``, ``$region`` and so on.
    """

    request: Request
    asked: Mapping[str, Any]
    known: Mapping[str, Any] = field(default_factory=dict)

    def value(self, path: str) -> Any:  # noqa: ANN401  JSON
        """Return what a path leads to, ``None`` where a step is absent.

        Steps are parted by dots; in a list, a step is taken in each item and what is found is one flat list.
        ``a.id->b`` goes on in the resource with that id.
        """
        first, *others = path.split("->")
        start = {f"${name}": value for name, value in self.known.items()} if first[0] == "$" else self.asked
        found = values_at(start, first)
        for other in others:
            found = values_at(self._resource(found), other)
        return found

    def items(self, path: str) -> Iterator[Subject]:
        """Yield each item of a list as a subject: ``$item`` is the item, ``$of`` what it is part of."""
        for item in self.value(path) or ():
            asked = item if isinstance(item, Mapping) else {}
            yield Subject(self.request, asked, {**self.known, "item": item, "of": self.asked})

    def _resource(self, resource_id: Any) -> Mapping[str, Any] | None:  # noqa: ANN401  JSON
        if not isinstance(resource_id, str) or not resource_id:
            return None
        found = self.request.cloud.get(resource_id)
        if found is not None:
            return {**found.properties, "name": found.name, "location": found.location}
        return subnet_properties(self.request.cloud, resource_id)


def _requests(request: Request) -> Iterator[Subject]:
    yield Subject(request, request.properties, _known(request))


def _pools(request: Request) -> Iterator[Subject]:
    for pool in pools(request):
        known = _known(request) | {
            "name": pool.name,
            "pool": pool.prefix,
            "current": pool.current or {},
            "cluster": pool.cluster,
            "size": None if pool.vm_size is None else asdict(pool.vm_size),
            "location": pool.location,
            "region": _region(pool.location),
        }
        yield Subject(request, pool.asked, known)


def _security_rules(request: Request) -> Iterator[Subject]:
    for name, properties in security_rules(request):
        yield Subject(request, properties, _known(request) | {"name": name})


SUBJECTS: Mapping[str, tuple[tuple[str, ...], Callable[[Request], Iterator[Subject]]]] = {
    "node pool": ((AGENT_POOL, MANAGED_CLUSTER), _pools),
    "security rule": ((NETWORK_SECURITY_GROUP, SECURITY_RULE), _security_rules),
}
"""What a row may be about besides the requests of an ARM type: the types whose requests hold such things."""


def subjects(about: str) -> Callable[[Request], Iterator[Subject]]:
    """Return how the subjects of a row are found in a request."""
    return SUBJECTS[about][1] if about in SUBJECTS else _requests


def types_of(about: str) -> tuple[str, ...]:
    """Return the ARM types whose requests a row is asked about."""
    return SUBJECTS[about][0] if about in SUBJECTS else (about,)


def _known(request: Request) -> dict[str, Any]:
    location = location_of(request)
    return {
        "name": name_of(request.id),
        "id": request.id,
        "current": request.current or {},
        "request": request.properties,
        "location": location,
        "region": _region(location),
        "parent": parent_id(request.id),
        "subscription": request.subscription_id,
    }


def _region(location: str | None) -> dict[str, Any] | None:
    found = LOCATIONS.get(location or "")
    return None if found is None else asdict(found)
