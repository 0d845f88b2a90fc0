"""The azure-native provider: what it does between the Pulumi engine and Azure Resource Manager.

Follows the real provider's behaviour (pulumi/pulumi-azure-native, provider/pkg/provider/provider.go).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from google.protobuf import empty_pb2
from grpc import ServicerContext
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from sandbox.azure import checks
from sandbox.azure.assembly import resource_manager
from sandbox.azure.client import OperationFailed
from sandbox.azure.cloud import Resource
from sandbox.azure.collections import collections_of
from sandbox.azure.differences import differences, replacements, with_drift
from sandbox.azure.invokes import invoke
from sandbox.azure.pending import PendingOperations
from sandbox.azure.projection import previewed, to_inputs
from sandbox.azure.resource_manager import ResourceManager
from sandbox.azure.resource_types import NameKind, ResourceType, resource_type, sdk_version
from sandbox.engine.directory import ROOT_VARIABLE
from sandbox.engine.environment import TENANT_ID
from sandbox.engine.plugin import UNKNOWN, ResourceInitFailed, Value, reports_errors, to_python, to_struct

CREATE_BEFORE_DELETE = "__createBeforeDelete"

_STABLE_OUTPUTS = ("name", "location")


class ProviderError(Exception):
    """The provider cannot do what the engine asks; the text says why."""


@reports_errors
class AzureNativeProvider(ResourceProviderServicer):
    """The servicer that the engine talks to. Its cloud is the one of the sandbox named in the environment."""

    def __init__(self, pending: PendingOperations | None = None) -> None:
        self._pending = pending or PendingOperations()
        self._config: dict[str, str] = {}
        self._manager: ResourceManager | None = None
        self._cancelled = False

    def Handshake(
        self, request: proto.ProviderHandshakeRequest, context: ServicerContext
    ) -> proto.ProviderHandshakeResponse:
        """Say what this provider understands."""
        return proto.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def GetPluginInfo(self, request: empty_pb2.Empty, context: ServicerContext) -> plugin_pb2.PluginInfo:
        """Say the provider's version, which is the SDK's."""
        return plugin_pb2.PluginInfo(version=sdk_version())

    def GetSchema(self, request: proto.GetSchemaRequest, context: ServicerContext) -> proto.GetSchemaResponse:
        """Refuse: there is no schema here."""
        raise ProviderError(
            "The sandbox's azure-native has no schema; the SDK that comes with the program has it."
        )

    def Cancel(self, request: empty_pb2.Empty, context: ServicerContext) -> empty_pb2.Empty:
        """Send nothing more to Azure. Writes are short, so those under way are left to finish."""
        self._cancelled = True
        return empty_pb2.Empty()

    def CheckConfig(self, request: proto.CheckRequest, context: ServicerContext) -> proto.CheckResponse:
        """Take the provider's own config as it is."""
        return proto.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: proto.DiffRequest, context: ServicerContext) -> proto.DiffResponse:
        """See no difference in the provider's own config."""
        return proto.DiffResponse(changes=proto.DiffResponse.DIFF_NONE)

    def Configure(self, request: proto.ConfigureRequest, context: ServicerContext) -> proto.ConfigureResponse:
        """Find the subscription and open the cloud."""
        prefix = "azure-native:config:"
        self._config = {name.removeprefix(prefix): value for name, value in request.variables.items()}
        subscription_id = self._setting("subscriptionId", "ARM_SUBSCRIPTION_ID")
        if not subscription_id:
            raise ProviderError(
                "A Subscription ID must be configured: log in with 'az login', or set the environment "
                "variable ARM_SUBSCRIPTION_ID or 'pulumi config set azure-native:subscriptionId <value>'."
            )
        tenant_id = self._setting("tenantId", "ARM_TENANT_ID") or TENANT_ID
        self._manager = resource_manager(sandbox_root(), subscription_id, tenant_id, self._pending)
        return proto.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    def Invoke(self, request: proto.InvokeRequest, context: ServicerContext) -> proto.InvokeResponse:
        """Call a function."""
        arguments = to_python(request.args)
        response = proto.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(invoke(request.tok, arguments, self.manager)))
        return response

    def Check(self, request: proto.CheckRequest, context: ServicerContext) -> proto.CheckResponse:
        """Fill in name, location and API version, and say what is wrong with the inputs."""
        type_ = _type_of(request.urn)
        inputs = self._with_defaults(type_, request, to_python(request.olds), to_python(request.news))
        failures = [proto.CheckFailure(reason=reason) for reason in checks.failures(type_, inputs)]
        return proto.CheckResponse(inputs=to_struct(inputs), failures=failures)

    def Diff(self, request: proto.DiffRequest, context: ServicerContext) -> proto.DiffResponse:
        """Say what changed and whether that replaces the resource."""
        type_ = _type_of(request.urn)
        messages = (request.old_inputs, request.news, request.olds)
        old_inputs, news, state = (to_python(message) for message in messages)
        if "azureApiVersion" not in old_inputs and "azureApiVersion" in state:
            old_inputs["azureApiVersion"] = state["azureApiVersion"]
        changes = differences(old_inputs, news)
        if not changes:
            return proto.DiffResponse(changes=proto.DiffResponse.DIFF_NONE)
        replacing = replacements(changes, type_.create_only)
        # A property that is set for the first time, to what it already is, replaces nothing.
        replacing -= {
            path for path in replacing if changes[path] == "add" and news.get(path) == state.get(path, news)
        }
        create_before_delete, kinds = old_inputs.get(CREATE_BEFORE_DELETE), proto.PropertyDiff.Kind
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME,
            replaces=sorted(replacing),
            diffs=sorted({path.split(".")[0].split("[")[0] for path in changes}),
            detailedDiff={
                path: proto.PropertyDiff(kind=kinds.Value(f"{change}{suffix}".upper()), inputDiff=True)
                for path, change in changes.items()
                for suffix in ["_replace" if path in replacing else ""]
            },
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(replacing) if create_before_delete is None else not create_before_delete,
        )

    def Create(self, request: proto.CreateRequest, context: ServicerContext) -> proto.CreateResponse:
        """Create what does not exist yet, or preview it."""
        type_, inputs = _type_of(request.urn), to_python(request.properties)
        if request.preview:
            return proto.CreateResponse(properties=to_struct(previewed(inputs, type_.outputs)))
        self._go_on()
        resource_id = type_.id_of(inputs, self.manager.subscription_id)
        if self.manager.get(resource_id) is not None:
            raise ProviderError(f"cannot create already existing resource '{resource_id}'")
        resource = self._put(type_, resource_id, inputs)
        return proto.CreateResponse(id=resource.id, properties=to_struct(resource.properties))

    def Read(self, request: proto.ReadRequest, context: ServicerContext) -> proto.ReadResponse:
        """Say what exists now, and which inputs have drifted."""
        type_ = _type_of(request.urn)
        resource = self.manager.get(request.id)
        if resource is None:
            return proto.ReadResponse(id="")
        inputs, state = to_python(request.inputs), to_python(request.properties)
        outputs = dict(resource.properties)
        if inputs:
            maintained = {each.list_property for each in collections_of(type_.arm_type) if each.owned}
            kept = {
                name: value for name, value in outputs.items() if name in inputs or name not in maintained
            }
            inputs = with_drift(inputs, to_inputs(state, type_.body), to_inputs(kept, type_.body))
        else:
            imported = to_inputs(outputs, type_.body)
            imported.pop("id", None)
            inputs = {**type_.parameters_of(resource.id), **imported}
        return proto.ReadResponse(id=resource.id, properties=to_struct(outputs), inputs=to_struct(inputs))

    def Update(self, request: proto.UpdateRequest, context: ServicerContext) -> proto.UpdateResponse:
        """Set a resource to exactly its inputs, or preview it."""
        type_, inputs = _type_of(request.urn), to_python(request.news)
        if request.preview:
            state = to_python(request.olds)
            stable = {name: state[name] for name in _STABLE_OUTPUTS if name in state}
            outputs = {**previewed(inputs, type_.outputs), **stable}
            return proto.UpdateResponse(properties=to_struct(outputs))
        self._go_on()
        resource = self._put(type_, request.id, inputs)
        return proto.UpdateResponse(properties=to_struct(resource.properties))

    def Delete(self, request: proto.DeleteRequest, context: ServicerContext) -> empty_pb2.Empty:
        """Delete what may exist."""
        self._go_on()
        self.manager.delete(request.id)
        return empty_pb2.Empty()

    @property
    def manager(self) -> ResourceManager:
        """Azure Resource Manager.

        Raises:
            ProviderError: the engine has not configured the provider yet.
        """
        if self._manager is None:
            raise ProviderError("azure-native has not been configured yet")
        return self._manager

    def _put(self, type_: ResourceType, resource_id: str, inputs: Mapping[str, Any]) -> Resource:
        """Send inputs to Azure. The engine records half-made resources and repairs them later."""
        sent = {name: value for name, value in inputs.items() if name in type_.body}
        try:
            return self.manager.put(type_, resource_id, sent)
        except OperationFailed as failed:
            made = failed.resource
            raise ResourceInitFailed(made.id, made.properties, inputs, [str(failed)]) from failed

    def _go_on(self) -> None:
        if self._cancelled:
            raise ProviderError("the operation was cancelled before it was sent to Azure")

    def _setting(self, name: str, variable: str) -> str:
        return self._config.get(name) or os.environ.get(variable, "")

    def _with_defaults(
        self, type_: ResourceType, request: proto.CheckRequest, olds: Mapping[str, Any], news: dict[str, Any]
    ) -> dict[str, Any]:
        parameter, kind = type_.automatic_name
        if parameter is not None and parameter not in news:
            name, random = _name(parameter, kind, request, olds)
            if name is not None:
                news[parameter] = name
                if random:
                    news[CREATE_BEFORE_DELETE] = True
        if "location" in type_.body and "location" not in news:
            location = self._location(olds, news)
            if location is not None:
                news["location"] = location
        if type_.api_version:
            news.setdefault("azureApiVersion", type_.api_version)
        return news

    def _location(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Value:
        location = olds.get("location") or self._config.get("location")
        group = news.get("resourceGroupName")
        if location or group is None:
            return location
        if group is UNKNOWN:
            return UNKNOWN
        found = self.manager.get(f"/subscriptions/{self.manager.subscription_id}/resourceGroups/{group}")
        return found.location if found else None


def sandbox_root() -> Path:
    """The directory of the sandbox that the environment names.

    Raises:
        ProviderError: the environment names none.
    """
    root = os.environ.get(ROOT_VARIABLE)
    if not root:
        raise ProviderError(
            f"This azure-native is the sandbox's, and {ROOT_VARIABLE} does not say where the sandbox is: "
            "run it with 'make preview' or 'python -m sandbox'."
        )
    return Path(root)


def automatic_name(kind: NameKind, logical_name: str, seed: bytes) -> str:
    """The physical name of a resource whose program gives none. The same seed gives the same name."""
    digest = hashlib.sha256(seed + logical_name.encode()).hexdigest()
    if kind == "uuid":
        return str(UUID(digest[:32]))
    return logical_name if kind == "copy" else logical_name + digest[:8]


def _name(
    parameter: str, kind: NameKind, request: proto.CheckRequest, olds: Mapping[str, Any]
) -> tuple[str | None, bool]:
    if parameter in olds:
        return olds[parameter], bool(olds.get(CREATE_BEFORE_DELETE))
    modes = proto.CheckRequest.AutonamingOptions
    if request.HasField("autonaming"):
        mode, proposed = request.autonaming.mode, request.autonaming.proposed_name
        if mode == modes.DISABLE:
            return None, False
        if mode == modes.ENFORCE or kind != "uuid":
            return proposed, True
    return automatic_name(kind, request.urn.rpartition("::")[2], request.randomSeed), kind != "copy"


def _type_of(urn: str) -> ResourceType:
    return resource_type(urn.split("::")[2].rpartition("$")[2])
