"""What a row of a rules file is about: a request, or each node pool or security rule in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.azure.cloud import parent_id
from sandbox.azure.facts.locations import LOCATIONS
from sandbox.azure.facts.vm_sizes import vm_size
from sandbox.azure.request import Request
from sandbox.azure.rules.arm_types import AGENT_POOL, MANAGED_CLUSTER, NETWORK_SECURITY_GROUP, SECURITY_RULE
from sandbox.azure.rules.reading import (
    location_of,
    name_of,
    resource_group_of,
    security_rules,
    subnet_properties,
    values_at,
)

Failures = Iterator[Mapping[str, Any]]
"""What fails, each with what the row's message may name about it."""


@dataclass(frozen=True)
class Subject:
    """One thing that is asked for.

    ``asked`` holds its properties; ``known`` what rows call by a name with a dollar sign: ``$name``, ``$id``,
    ``$current``, ``$region`` and so on.
    """

    request: Request
    asked: Mapping[str, Any]
    known: Mapping[str, Any]

    def value(self, path: str) -> Any:  # noqa: ANN401  JSON
        """Return what a path leads to, ``None`` where a step is absent.

        Steps are parted by dots; in a list, a step is taken in each item and what is found is one flat list.
        ``a.id->b`` goes on in the resource with that id.
        """
        first, *others = path.split("->")
        start = {f"${name}": value for name, value in self.known.items()} if first[0] == "$" else self.asked
        found = values_at(start, first)
        for other in others:
            found = values_at(self.resource(found), other)
        return found

    def items(self, path: str) -> Iterator[Subject]:
        """Yield each item of a list as a subject: ``$item`` is the item, ``$of`` what it is part of."""
        for item in self.value(path) or ():
            asked = item if isinstance(item, Mapping) else {}
            yield Subject(self.request, asked, {**self.known, "item": item, "of": self.asked})

    def resource(self, resource_id: object) -> Mapping[str, Any] | None:
        """Return a resource's properties with its name and location, or those of an inline subnet."""
        if not isinstance(resource_id, str) or not resource_id:
            return None
        found = self.request.cloud.get(resource_id)
        if found is not None:
            return {**found.properties, "name": found.name, "location": found.location}
        return subnet_properties(self.request.cloud, resource_id)


def _requests(request: Request) -> Iterator[Subject]:
    yield Subject(request, request.properties, _known(request))


def _pools(request: Request) -> Iterator[Subject]:
    known, is_cluster = _known(request), request.type.lower() == MANAGED_CLUSTER.lower()
    cluster = None if is_cluster else request.cloud.get(parent_id(request.id))
    current = {pool.get("name"): pool for pool in known["current"].get("agentPoolProfiles") or ()}
    known["pool"] = "agentPoolProfile" if is_cluster else "properties"
    known["cluster"] = request.properties if is_cluster else cluster.properties if cluster else {}
    for pool in request.properties.get("agentPoolProfiles") or () if is_cluster else [request.properties]:
        size = vm_size(pool.get("vmSize") or "")
        own: dict[str, Any] = {"size": None if size is None else asdict(size)}
        if is_cluster:
            own |= {"name": pool.get("name", ""), "current": current.get(pool.get("name")) or {}}
        yield Subject(request, pool, known | own)


def _security_rules(request: Request) -> Iterator[Subject]:
    for name, properties in security_rules(request):
        yield Subject(request, properties, _known(request) | {"name": name})


_KINDS: Mapping[str, tuple[tuple[str, ...], Callable[[Request], Iterator[Subject]]]] = {
    "node pool": ((AGENT_POOL, MANAGED_CLUSTER), _pools),
    "security rule": ((NETWORK_SECURITY_GROUP, SECURITY_RULE), _security_rules),
}


def subjects_of(about: str) -> tuple[tuple[str, ...], Callable[[Request], Iterator[Subject]]]:
    """Return the ARM types whose requests have what a row is about, and how it is found in one.

    A row is about node pools, security rules, or the requests of one ARM type.
    """
    return _KINDS.get(about, ((about,), _requests))


def _known(request: Request) -> dict[str, Any]:
    location = location_of(request)
    region = LOCATIONS.get(location or "")
    return {
        "name": name_of(request.id),
        "id": request.id,
        "type": request.type,
        "current": request.current,
        "request": request.properties,
        "location": location,
        "region": None if region is None else asdict(region),
        "parent": parent_id(request.id),
        "group": resource_group_of(request.id),
        "subscription": request.subscription_id,
    }
