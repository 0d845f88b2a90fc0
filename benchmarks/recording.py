"""Which resources a Pulumi program declares: taken down in a run against mocks, without engine or cloud.

Everything that a resource tells the program (ids, names) is a reference, written `<<name attribute>>`. It
passes through the program like any string, so that inputs made of it show where they came from.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import re
import runpy
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import yaml
from pulumi.runtime import mocks
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest, RegisterResourceResponse

from benchmarks import sdk_classes

REFERENCE: Final = re.compile(r"<<(?P<name>[^ <>]+) (?P<attribute>[a-z_.]+)>>")
CLIENT: Final = "client"
"""The name by which references mean the signed-in account rather than a resource."""

_COMPONENT: Final = "aks-platform:"


class RecordingError(Exception):
    """The program declares something that a recording cannot hold; the message says which resource."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A resource as the program declared it; only what it set itself.

    Attributes:
        type: Pulumi type token, such as `azure-native:network:Subnet`.
        name: logical name.
        inputs: as on the wire: camelCase names, references in strings.
        dependencies: logical names of the leaf resources that it waits for: because an input is made of them,
            or because it or a component around it says so.
        property_dependencies: those of them that an input is made of.
        provider: logical name of the explicit provider, if there is one.
        protect: whether it refuses to be deleted.
        delete_before_replace: the program's choice, None where it left the choice to the provider.
        ignore_changes: property paths.
        aliases: how many aliases it carries.
    """

    type: str
    name: str
    inputs: Mapping[str, Any]
    dependencies: tuple[str, ...] = ()
    property_dependencies: tuple[str, ...] = ()
    provider: str | None = None
    protect: bool = False
    delete_before_replace: bool | None = None
    ignore_changes: tuple[str, ...] = ()
    aliases: int = 0


def reference(name: str, attribute: str) -> str:
    """What stands for *attribute* (a Python name, or several with dots between) of the resource *name*."""
    return f"<<{name} {attribute}>>"


def record(project_dir: Path, stack: str) -> tuple[Registration, ...]:
    """The leaf resources of the program in *project_dir*, run against mocks, in the order of registration.

    Components are left out: what they add is what the comparison is about. A process of its own runs the
    program, since the Pulumi SDK has room for one program a process.

    Raises:
        RecordingError: the program failed, or an input is made of an output that has no reference.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as process:
        return process.submit(_record, project_dir, stack).result()


def count_by_type(registrations: tuple[Registration, ...]) -> Counter[str]:
    """How many resources of each type there are."""
    return Counter(registration.type for registration in registrations)


def stack_config(project_dir: Path, stack: str) -> dict[str, str]:
    """The config of *stack* in the form that the engine hands to a program."""
    project = read_yaml(project_dir / "Pulumi.yaml")
    values = {
        key: declared.get("value", declared.get("default"))
        for key, declared in project.get("config", {}).items()
        if declared.keys() & {"value", "default"}
    }
    values |= read_yaml(project_dir / f"Pulumi.{stack}.yaml").get("config", {})
    return {
        key if ":" in key else f"{project['name']}:{key}": value
        if isinstance(value, str)
        else json.dumps(value)
        for key, value in values.items()
    }


def read_yaml(path: Path) -> dict[str, Any]:
    """The content of a YAML file that holds a map."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


class _Monitor(mocks.MockMonitor):
    """The engine's stand-in: answers each registration, and keeps it."""

    def __init__(self) -> None:
        super().__init__(_Answers())
        self.kept: list[Registration] = []
        self._leaves: dict[str, str] = {}
        self._awaited: dict[str, set[str]] = {}

    def RegisterResource(  # noqa: N802 - the protocol's name
        self, request: RegisterResourceRequest
    ) -> RegisterResourceResponse:
        response = super().RegisterResource(request)
        # Whatever a component waits for, its children wait for too.
        self._awaited[response.urn] = {*request.dependencies, *self._awaited.get(request.parent, ())}
        if not request.type.startswith(("pulumi:pulumi:", _COMPONENT)):
            self._leaves[response.urn] = request.name
            self.kept.append(self._registration(request, self._awaited[response.urn]))
        return response

    def _registration(self, request: RegisterResourceRequest, awaited: set[str]) -> Registration:
        inputs = pulumi.runtime.rpc.deserialize_properties(request.object, keep_unknowns=True)
        of_properties = {urn for on in request.propertyDependencies.values() for urn in on.urns}
        return Registration(
            type=request.type,
            name=request.name,
            inputs={name: _plain(value, request.name) for name, value in sorted(inputs.items())},
            dependencies=self._names(awaited),
            property_dependencies=self._names(of_properties),
            provider=request.provider.split("::")[3] if request.provider else None,
            protect=request.protect,
            delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
            ignore_changes=tuple(request.ignoreChanges),
            aliases=len(request.aliases),
        )

    def _names(self, urns: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self._leaves[urn] for urn in urns if urn in self._leaves))


class _Answers(mocks.Mocks):
    """What Azure would answer: references, wherever a text is to be had."""

    def __init__(self) -> None:
        self._outputs: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if not args.custom or args.typ.startswith("pulumi:"):
            return (reference(args.name, "id") if args.custom else None), {}
        if args.typ.startswith("kubernetes:"):
            return reference(args.name, "id"), {"metadata": {"name": reference(args.name, "metadata.name")}}
        outputs = sdk_classes.text_outputs(sdk_classes.resource_class(args.typ))
        state = {key: reference(args.name, attribute) for key, attribute in outputs.items()}
        self._outputs[args.name] = {**state, "id": reference(args.name, "id")}
        return reference(args.name, "id"), state

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        match args.token.rpartition(":")[2]:
            case "getClientConfig":
                fields = {"clientId": "client_id", "objectId": "object_id"}
                fields |= {"subscriptionId": "subscription_id", "tenantId": "tenant_id"}
                return {name: reference(CLIENT, field) for name, field in fields.items()}, []
            case "listManagedClusterUserCredentials":
                return {"kubeconfigs": [{"name": "user", "value": _KUBECONFIG}]}, []
            case name if name.startswith("get"):
                return self._outputs[_asked_for(args)], []
        raise RecordingError(f"The recording has no answer to the invoke {args.token}.")


def _asked_for(args: mocks.MockCallArgs) -> str:
    """The logical name of the resource that an invoke asks for by its name in Azure."""
    found = {
        reference["name"]
        for key, value in args.args.items()
        if key != "resourceGroupName" and (reference := REFERENCE.fullmatch(str(value)))
    }
    if len(found) != 1:
        raise RecordingError(
            f"The invoke {args.token} does not name one resource of the program: {args.args}."
        )
    return found.pop()


_KUBECONFIG: Final = base64.b64encode(
    json.dumps(
        {
            "clusters": [
                {"cluster": {"server": "https://recorded", "certificate-authority-data": "cmVjb3JkZWQ="}}
            ]
        }
    ).encode()
).decode()


def _plain(value: object, of: str) -> object:
    """*value* as JSON would have it."""
    if pulumi.runtime.rpc.is_rpc_secret(value):
        return _plain(pulumi.runtime.rpc.unwrap_rpc_secret(value), of)
    if isinstance(value, Mapping):
        return {key: _plain(item, of) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [_plain(item, of) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise RecordingError(f"{of} has an input of {type(value).__name__}, which has no reference.")


def _record(project_dir: Path, stack: str) -> tuple[Registration, ...]:
    monitor = _Monitor()
    os.chdir(project_dir)
    sys.path.insert(0, str(project_dir))
    project = read_yaml(project_dir / "Pulumi.yaml")["name"]
    # A preview: an output without a reference is unknown, so that nothing is computed from a made-up value.
    mocks.set_mocks(monitor.mocks, project=project, stack=stack, preview=True, monitor=monitor)
    pulumi.runtime.set_all_config(stack_config(project_dir, stack))

    @pulumi.runtime.test
    def run() -> None:
        runpy.run_path(str(project_dir / "__main__.py"), run_name="__main__")

    try:
        run()
    except Exception as error:  # noqa: BLE001 - the program's errors need not survive the way between processes
        raise RecordingError(f"{type(error).__name__}: {error}") from None
    return tuple(monitor.kept)
