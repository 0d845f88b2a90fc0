"""A Pulumi engine that makes nothing and writes down everything.

`record` runs a program in a context of its own, so recordings share no state: no root stack, no config, no
event left over. What it answers looks like Azure where that matters: names carry a suffix, as auto-naming
does, so a name that was guessed instead of wired is seen; ids differ from names.
"""

import base64
import contextvars
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import mocks, rpc, sync_await
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import Stack

from components.versioned_aliases import drop_versioned_aliases

SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000001"
TENANT: Final = "00000000-0000-0000-0000-000000000002"
SUFFIX: Final = "1a2b3c4d"
STACK_TYPE: Final = "pulumi:pulumi:Stack"

_EXPLICIT_NAMES: Final = (
    "agentPoolName",
    "associationName",
    "configName",
    "dataCollectionEndpointName",
    "dataCollectionRuleName",
    "roleAssignmentName",
)


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
    aliases: tuple[Any, ...]

    @property
    def kind(self) -> str:
        """The last part of the type: VirtualNetwork."""
        return self.type.rpartition(":")[2]


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
    def made(self) -> list[tuple[str, str]]:
        """Type and Pulumi name of every custom resource, in alphabetical order."""
        return sorted((resource.type, resource.name) for resource in self.resources if resource.custom)

    @property
    def components(self) -> list[tuple[str, str]]:
        """Type and Pulumi name of every component, in alphabetical order."""
        return sorted((resource.type, resource.name) for resource in self.resources if not resource.custom)

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


def record(
    program: Callable[[], object],
    *,
    stack: str = "dev",
    preview: bool = False,
    account: Mapping[str, str] | str | None = None,
    config: Mapping[str, str] | None = None,
    versioned_aliases: bool = False,
) -> Recording:
    """What `program` asks of Pulumi.

    Args:
        program: Declares resources; an Output that it returns is waited for.
        stack: Name of the stack.
        preview: Answer as azure-native does while an update is previewed: id, name, location, nothing else.
        account: What Azure answers when asked who is signed in; a text is its refusal.
        config: Pulumi config, keys with their project.
        versioned_aliases: Keep azure-native's aliases for old API versions: ten times as slow.
    """
    recording = Recording()

    def run() -> None:
        monitor = _Monitor(recording, preview=preview, account=account or _ACCOUNT)
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

    contextvars.copy_context().run(run)
    return recording


_ACCOUNT: Final = {
    "clientId": "00000000-0000-0000-0000-000000000004",
    "objectId": "00000000-0000-0000-0000-000000000003",
    "subscriptionId": SUBSCRIPTION,
    "tenantId": TENANT,
}


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
    def __init__(self, recording: Recording, *, preview: bool, account: Mapping[str, str] | str) -> None:
        super().__init__(_NoMocks())
        self._recording, self._preview, self._account = recording, preview, account

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        assert urn not in {known.urn for known in self._recording.resources}, f"{urn} is declared twice"
        sync_await._ensure_event_loop()
        inputs, secret, unknown = _plain(request.object)
        resource_id = f"/{request.type.rpartition(':')[2]}/{_physical_name(request.name, inputs)}"
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
                ignore_changes=tuple(request.ignoreChanges),
                aliases=tuple(request.aliases),
            )
        )
        state = (
            _state(request.type, request.name, inputs, preview=self._preview) if request.custom else inputs
        )
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=resource_id if request.custom else "", object=_struct(state)
        )

    def RegisterResourceOutputs(self, request: Any) -> empty_pb2.Empty:
        sync_await._ensure_event_loop()
        values, secret, _ = _plain(request.outputs)
        self._recording.outputs_by_urn[request.urn] = Outputs(values=values, secret=secret)
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> resource_pb2.ResourceInvokeResponse:
        sync_await._ensure_event_loop()
        arguments = rpc.deserialize_properties(request.args)
        self._recording.invokes.append((request.tok, arguments))
        return resource_pb2.ResourceInvokeResponse(
            **{"return": _struct(self._answer(request.tok, arguments))}
        )

    def keep_stack_outputs(self, outputs: Mapping[str, Any]) -> None:
        """The stack of mocked programs registers its outputs before there are any."""
        struct = sync_await._sync_await(rpc.serialize_properties(outputs, {}))
        values, secret, _ = _plain(struct)
        urn = next(urn for urn in self._recording.outputs_by_urn if STACK_TYPE in urn)
        self._recording.outputs_by_urn[urn] = Outputs(values=values, secret=secret)

    def _answer(self, token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if token.endswith(":getClientConfig"):
            if isinstance(self._account, str):
                raise _Refused(self._account)
            return self._account
        if token.endswith(":getUserAssignedIdentity"):
            return _identity(arguments["resourceName"])
        if token.endswith(":listManagedClusterUserCredentials"):
            return {
                "kubeconfigs": [{"name": "clusterUser", "value": azure_kubeconfig(arguments["resourceName"])}]
            }
        raise AssertionError(f"the program asks {token} and nobody expected it")


def azure_kubeconfig(cluster_name: str) -> str:
    """What Azure answers to listClusterUserCredential, shortened to what is read of it."""
    cluster = {"server": f"https://{cluster_name}.hcp:443", "certificate-authority-data": "Q0E="}
    return base64.b64encode(json.dumps({"clusters": [{"cluster": cluster}]}).encode()).decode()


def _identity(name: str) -> dict[str, str]:
    return {
        "azureApiVersion": "2024-11-30",
        "clientId": f"client-of-{name}",
        "id": f"/UserAssignedIdentity/{name}",
        "location": "westeurope",
        "name": name,
        "principalId": f"principal-of-{name}",
        "tenantId": TENANT,
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
    }


def _physical_name(name: str, inputs: Mapping[str, Any]) -> str:
    return next((inputs[key] for key in _EXPLICIT_NAMES if key in inputs), f"{name}{SUFFIX}")


def _state(type_: str, name: str, inputs: Mapping[str, Any], *, preview: bool) -> dict[str, Any]:
    if not type_.startswith("azure-native:"):
        return dict(inputs)
    known = {"name": _physical_name(name, inputs), "location": inputs.get("location", "westeurope")}
    if preview:
        return known
    return {**inputs, **known, **_COMPUTED.get(type_.rpartition(":")[2], lambda _: {})(inputs)}


_COMPUTED: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "AzureMonitorWorkspace": lambda _: {
        "metrics": {"internalId": "mac", "prometheusQueryEndpoint": "https://query.prometheus"}
    },
    "ManagedCluster": lambda inputs: {
        "nodeResourceGroup": "MC_nodes",
        "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://issuer"},
        # Goes in as a list of ids and comes out as a map.
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {}},
    },
    "PublicIPAddress": lambda _: {"ipAddress": "203.0.113.4"},
    "Registry": lambda _: {"loginServer": "registry.azurecr"},
}


def _struct(values: Mapping[str, Any]) -> Any:
    return sync_await._sync_await(rpc.serialize_properties(dict(values), {}))


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
    return value
