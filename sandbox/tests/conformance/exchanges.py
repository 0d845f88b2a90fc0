"""What Azure Resource Manager was recorded to answer, as facts of requests and answers.

The files in ``exchanges/`` hold them by resource type, in Azure's own form::

    sources:
      identity: {repository: Azure/..., path: ..., recorded: 2026-09-18}
    exchanges:
      identity_without_tags:
        sentence: An identity without tags is answered with none.
        source: identity
        put: <GROUP>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id
        body: {location: westus3}
        status: 201
        answer: {tags: {}}
        absent: [systemData]

``put``, ``get`` or ``delete`` names the resource. ``after`` names exchanges whose requests come first,
``given`` further resources with their bodies, ``changed`` outputs of resources that Azure has meanwhile
changed, and ``fault`` a fault that the request meets. ``answer`` holds some of what Azure answered, in a
list item by item, ``absent`` the paths of what it did not. Where Azure refused, ``code`` and ``message`` say
how.

A text that begins with ``~`` is a pattern, ``{principalId of new_identity}`` what an earlier exchange was
answered, ``<GROUP>`` the id of the resource group and ``<LOWER>`` the same as some services spell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx2
import yaml
from starlette.testclient import TestClient

from sandbox.azure.arm_api import ArmApi
from sandbox.azure.arm_form import flattened
from sandbox.azure.cloud import Cloud
from sandbox.azure.faults import Fault, Faults
from sandbox.azure.resource_manager import ResourceManager
from sandbox.azure.resource_types import of_arm_type
from sandbox.azure.rules.reading import type_of

SUBSCRIPTION_ID: Final = "00000000-0000-0000-0000-000000000001"
TENANT_ID: Final = "00000000-0000-0000-0000-000000000002"
_SUBSCRIPTION: Final = f"/subscriptions/{SUBSCRIPTION_ID}"
_PLACEHOLDERS: Final = {
    "<SUBSCRIPTION>": _SUBSCRIPTION,
    "<GROUP>": f"{_SUBSCRIPTION}/resourceGroups/rg",
    "<LOWER>": f"{_SUBSCRIPTION}/resourcegroups/rg",
    "<TENANT>": TENANT_ID,
}
_DIRECTORY: Final = Path(__file__).with_name("exchanges")
_METHODS: Final = ("put", "get", "delete")
_ABSENT: Final = object()


@dataclass(frozen=True)
class Exchange:
    """One recorded request with its answer; ``content`` is what the file says of it."""

    name: str
    source: Mapping[str, Any]
    content: Mapping[str, Any]

    @property
    def method(self) -> str:
        """``put``, ``get`` or ``delete``."""
        return next(method for method in _METHODS if method in self.content)

    @property
    def id(self) -> str:
        """Id of the resource."""
        return self.content[self.method]

    def replayed(self, manager: ResourceManager) -> set[str]:
        """Make the request of the sandbox over HTTP. Returns the paths at which its answer is not Azure's."""
        for name in self.content.get("after", ()):
            exchanges()[name].replayed(manager)
        for resource_id, body in self.content.get("given", {}).items():
            _send(manager, "put", resource_id, body)
        for resource_id, outputs in self.content.get("changed", {}).items():
            _change(manager.cloud, resource_id, outputs)
        if "fault" in self.content:
            Faults(manager.cloud).add(Fault(kind=self.content["fault"], added=""))
        answer = _send(manager, self.method, self.id, self.content.get("body"))
        return set(self._differing(answer, manager))

    def _differing(self, answer: httpx2.Response, manager: ResourceManager) -> Iterator[str]:
        asynchronous = " asynchronous" * ("Azure-AsyncOperation" in answer.headers)
        if f"{answer.status_code}{asynchronous}" != str(self.content["status"]):
            yield "status"
        if answer.is_error:
            told = {name: self.content.get(name) for name in ("code", "message")}
            yield from _differences(told, answer.json()["error"], "")
        elif self.method == "delete":
            yield from ("id",) if manager.get(self.id) else ()
        else:
            shape = of_arm_type(type_of(self.id)).outputs
            # Until its end, an operation says in the answer that it is under way.
            settled = {"provisioningState": "Succeeded"} if asynchronous else {}
            answered = {**flattened(answer.json(), shape), **settled}
            yield from _differences(flattened(self.content.get("answer", {}), shape), answered, "")
            yield from (path for path in self.content.get("absent", ()) if _at(answered, path) is not _ABSENT)


@cache
def exchanges() -> Mapping[str, Exchange]:
    """All exchanges by name, file by file."""
    found = {}
    for file in sorted(_DIRECTORY.glob("*.yaml")):
        content = _filled(yaml.safe_load(file.read_text(encoding="utf-8")))
        for name, row in content["exchanges"].items():
            assert name not in found
            found[name] = Exchange(name, content["sources"][row["source"]], row)
    return found


def _send(manager: ResourceManager, method: str, resource_id: str, body: Any) -> httpx2.Response:
    client = TestClient(ArmApi(manager).application, headers={"Authorization": "Bearer token"})
    return client.request(
        method.upper(), resource_id, params={"api-version": "2025-01-01"}, json=_known(body, manager)
    )


def _known(value: Any, manager: ResourceManager) -> Any:
    """Fill in what an earlier answer said: ``{principalId of new_identity}``."""
    if isinstance(value, Mapping):
        return {key: _known(item, manager) for key, item in value.items()}
    match = re.fullmatch(r"\{(\w+) of (\w+)\}", value) if isinstance(value, str) else None
    found = manager.cloud.get(exchanges()[match[2]].id) if match else None
    return found.properties[match[1]] if match and found else value


def _change(cloud: Cloud, resource_id: str, outputs: Mapping[str, Any]) -> None:
    found = cloud.get(resource_id)
    assert found is not None
    cloud.put(replace(found, properties={**found.properties, **outputs}))


def _filled(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub("<[A-Z]+>", lambda match: _PLACEHOLDERS[match[0]], value)
    if isinstance(value, list):
        return [_filled(item) for item in value]
    if isinstance(value, Mapping):
        return {_filled(key): _filled(item) for key, item in value.items()}
    return value


def _differences(expected: Any, found: Any, path: str) -> Iterator[str]:
    if isinstance(expected, Mapping) and expected and isinstance(found, Mapping):
        for name, value in expected.items():
            yield from _differences(value, found.get(name, _ABSENT), f"{path}.{name}" if path else name)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (value, item) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(value, item, f"{path}[{index}]")
    elif not _is(expected, found):
        yield path


def _is(expected: Any, found: Any) -> bool:
    if isinstance(expected, str) and expected.startswith("~") and isinstance(found, str):
        return re.fullmatch(expected[1:], found) is not None
    return expected == found and isinstance(expected, bool) == isinstance(found, bool)


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else _ABSENT
        else:
            value = value.get(step, _ABSENT) if isinstance(value, Mapping) else _ABSENT
    return value
