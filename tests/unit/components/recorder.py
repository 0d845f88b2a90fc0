"""A Pulumi engine that makes nothing and writes down everything.

`record` runs a program in its own context, thread and event loop, so recordings share no state: no
root stack, no config, no event left over. Pulumi takes a stack trace for every resource; a thread's is short.
"""

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final
from unittest import mock

import grpc
import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import mocks, rpc, sync_await
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import Stack

from components.cluster import reachability
from components.versioned_aliases import drop_versioned_aliases
from tests.unit.components import azure_answers
from tests.unit.components.recording import Outputs, Recording, Resource
from tests.unit.components.simulated_azure import RefusedError, SimulatedAzure

_STACK_TYPE: Final = "pulumi:pulumi:Stack"


def record(
    program: Callable[[], object],
    *,
    stack: str = "dev",
    preview: bool = False,
    account: Mapping[str, str] | str | None = None,
    config: Mapping[str, str] | None = None,
    versioned_aliases: bool = False,
    unreached: str | None = None,
    recording: Recording | None = None,
    azure: SimulatedAzure | None = None,
) -> Recording:
    """What `program` asks of Pulumi.

    Args:
        program: Declares resources; an Output that it returns is waited for.
        stack: Name of the stack.
        preview: Answer as azure-native does while an update is previewed: id, name, location, nothing else.
        account: What Azure answers when asked who is signed in; a text is its refusal.
        config: Pulumi config, keys with their project.
        versioned_aliases: Keep azure-native's aliases for old API versions: ten times as slow.
        unreached: Why nothing answers at the API server's address; None where something does.
        recording: Where to write it down, for who wants to see it after an error.
        azure: What makes the resources of azure-native and answers about them; what it refuses is answered as
            `azure_answers` says, which has all answers by default.
    """
    recorded = Recording() if recording is None else recording

    def run() -> None:
        monitor = _Monitor(recorded, preview=preview, account=account or azure_answers.ACCOUNT, azure=azure)
        pulumi.runtime.set_mocks(
            _NoMocks(), project="aks-platform", stack=stack, preview=preview, monitor=monitor
        )
        if config is not None:
            pulumi.runtime.set_all_config(dict(config))
        if not versioned_aliases:
            drop_versioned_aliases()
        pulumi.runtime.test(program)()
        root = pulumi.runtime.get_root_resource()
        assert isinstance(root, Stack)
        monitor.keep_stack_outputs(root.outputs)

    def run_and_close() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            run()
        finally:
            loop.close()

    with (
        ThreadPoolExecutor(max_workers=1) as executor,
        mock.patch.object(reachability, "what_is_wrong", return_value=unreached),
    ):
        executor.submit(contextvars.copy_context().run, run_and_close).result()
    return recorded


class _NoMocks(pulumi.runtime.Mocks):
    """Never asked: the monitor answers itself, for mocks are not told of options."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise NotImplementedError(args.typ)

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise NotImplementedError(args.token)


class _Refused(grpc.RpcError):
    """A failure as the engine passes it on from a provider."""

    def __init__(self, details: str) -> None:
        super().__init__(details)
        self._details = details

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._details


class _Monitor(mocks.MockMonitor):
    def __init__(
        self,
        recording: Recording,
        *,
        preview: bool,
        account: Mapping[str, str] | str,
        azure: SimulatedAzure | None,
    ) -> None:
        super().__init__(_NoMocks())
        self._recording, self._preview, self._account, self._azure = recording, preview, account, azure

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        assert urn not in {known.urn for known in self._recording.resources}, f"{urn} is declared twice"
        inputs, secret, unknown = _plain(request.object)
        resource_id, state = self._made(request, urn, inputs)
        self._recording.resources.append(
            Resource(
                type=request.type,
                name=request.name,
                urn=urn,
                id=resource_id,
                custom=request.custom,
                inputs=inputs,
                secret_inputs=secret,
                unknown_inputs=unknown,
                parent_urn=request.parent,
                provider=request.provider.rpartition("::")[0].rpartition("::")[2],
                depends_on=frozenset(dependency.rpartition("::")[2] for dependency in request.dependencies),
                protect=request.protect if request.HasField("protect") else None,
                delete_before_replace=(
                    request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None
                ),
                deleted_with=request.deletedWith.rpartition("::")[2],
                retain_on_delete=request.retainOnDelete,
                ignore_changes=tuple(request.ignoreChanges),
                additional_secret_outputs=tuple(request.additionalSecretOutputs),
                replace_on_changes=tuple(request.replaceOnChanges),
                aliases=tuple(request.aliases),
                hooks={binding.name: [*names] for binding, names in request.hooks.ListFields()},
            )
        )
        return resource_pb2.RegisterResourceResponse(urn=urn, id=resource_id, object=_struct(state))

    def _made(self, request: Any, urn: str, inputs: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """The id of a resource, and its state."""
        if not request.custom:
            return "", inputs
        if self._azure and request.type.startswith("azure-native:"):
            with suppress(RefusedError):
                return self._azure.create(urn, inputs)
        name = azure_answers.physical_name(request.name, inputs)
        state = azure_answers.state(request.type, request.name, inputs, preview=self._preview)
        return f"/{request.type.rpartition(':')[2]}/{name}", state

    def RegisterResourceOutputs(self, request: Any) -> empty_pb2.Empty:
        values, secret, _ = _plain(request.outputs)
        self._recording.outputs_by_urn[request.urn] = Outputs(values=values, secret=secret)
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> resource_pb2.ResourceInvokeResponse:
        arguments = rpc.deserialize_properties(request.args)
        self._recording.invokes.append((request.tok, arguments))
        response = resource_pb2.ResourceInvokeResponse()
        # Its name is a keyword of Python.
        getattr(response, "return").update(self._answer(request.tok, arguments))
        return response

    def keep_stack_outputs(self, outputs: Mapping[str, Any]) -> None:
        """The stack of mocked programs registers its outputs before there are any."""
        struct = sync_await._sync_await(rpc.serialize_properties(outputs, {}))
        values, secret, _ = _plain(struct)
        urn = next(urn for urn in self._recording.outputs_by_urn if _STACK_TYPE in urn)
        self._recording.outputs_by_urn[urn] = Outputs(values=values, secret=secret)

    def _answer(self, token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if token.endswith(":getClientConfig"):
            if isinstance(self._account, str):
                raise _Refused(self._account)
            return self._account
        if self._azure and ":get" in token:
            with suppress(RefusedError):
                return self._azure.invoke(token, arguments)
        read = azure_answers.READS.get(token.rpartition(":")[2])
        if read is not None:
            return read(arguments)
        if token.endswith(":listManagedClusterUserCredentials"):
            return {
                "kubeconfigs": [
                    {
                        "name": "clusterUser",
                        "value": azure_answers.azure_kubeconfig(arguments["resourceName"]),
                    }
                ]
            }
        if token == "kubernetes:helm:template":
            return {"result": azure_answers.RENDERED_CHART}
        raise AssertionError(f"unexpected invoke: {token}")


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def _plain(struct: Any) -> tuple[dict[str, Any], frozenset[str], frozenset[str]]:
    """The values of a struct without wrapping, and which of its keys hold a secret or something unknown."""
    secret, unknown, values = set(), set(), {}
    for key, value in rpc.deserialize_properties(struct, keep_unknowns=True).items():
        marks: set[str] = set()
        values[key] = _unwrapped(value, marks)
        if "secret" in marks:
            secret.add(key)
        if "unknown" in marks:
            unknown.add(key)
    return values, frozenset(secret), frozenset(unknown)


def _unwrapped(value: Any, marks: set[str]) -> Any:
    if rpc.is_rpc_secret(value):
        marks.add("secret")
        return _unwrapped(rpc.unwrap_rpc_secret(value), marks)
    if isinstance(value, pulumi.output.Unknown) or value == rpc.UNKNOWN:
        marks.add("unknown")
        return rpc.UNKNOWN
    if isinstance(value, dict):
        return {key: _unwrapped(member, marks) for key, member in value.items()}
    if isinstance(value, list):
        return [_unwrapped(member, marks) for member in value]
    # Protobuf knows one kind of number.
    return int(value) if isinstance(value, float) and value.is_integer() else value
