"""The engine's protocol.

What a request means is decided elsewhere: in `options` for the provider itself, in `resource_inputs` and
`resources` for objects, in `release_inputs` and `releases` for releases.
"""

from __future__ import annotations

from threading import Event
from typing import Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from sandbox.engine.plugin import reports_errors, to_python, to_struct
from sandbox.kubernetes import helm_command, invokes, options
from sandbox.kubernetes.backend import Clusters
from sandbox.kubernetes.diff import Diff
from sandbox.kubernetes.engine_log import EngineLog
from sandbox.kubernetes.kinds import RELEASE_TYPE, type_of
from sandbox.kubernetes.provider_error import ProviderError
from sandbox.kubernetes.release_inputs import ReleaseInputs
from sandbox.kubernetes.releases import Releases
from sandbox.kubernetes.resource_inputs import ResourceInputs
from sandbox.kubernetes.resources import Resources
from sandbox.kubernetes.session import Session

VERSION: Final = "4.34.2"
_CONFIG_PREFIX: Final = "kubernetes:config:"
_KINDS: Final = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class KubernetesProvider(ResourceProviderServicer):
    """The servicer of the ``kubernetes`` stand-in.

    Args:
        clusters: the API servers that kubeconfigs may point at.
        log: the engine's display.
    """

    def __init__(self, clusters: Clusters, log: EngineLog) -> None:
        self._clusters = clusters
        self._log = log
        self._cancelled = Event()
        self._session = Session(clusters, log, options.read({}), self._cancelled)

    @reports_errors
    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Check the provider's inputs."""
        failures = [
            provider_pb2.CheckFailure(property=name, reason=reason)
            for name, reason in options.problems(to_python(request.news))
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    @reports_errors
    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Compare the provider's inputs."""
        found = options.compare(to_python(request.olds), to_python(request.news))
        return provider_pb2.DiffResponse(
            changes=(
                provider_pb2.DiffResponse.DIFF_SOME if found.changed else provider_pb2.DiffResponse.DIFF_NONE
            ),
            diffs=found.changed,
            replaces=found.replaces,
        )

    @reports_errors
    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Take the configuration that all later requests are answered with."""
        variables = {key.removeprefix(_CONFIG_PREFIX): value for key, value in request.variables.items()}
        self._session = Session(self._clusters, self._log, options.read(variables), self._cancelled)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    @reports_errors
    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Complete and check the inputs of a resource."""
        old = to_python(request.olds, keep_secrets=True)
        if _is_release(request.urn):
            new = to_python(request.news, keep_secrets=True, skip_nulls=False)
            inputs, failures = self._release_inputs.check(request.urn, old, new, request.randomSeed)
            return provider_pb2.CheckResponse(
                inputs=to_struct(inputs),
                failures=[
                    provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures
                ],
            )
        autonaming = request.autonaming if request.HasField("autonaming") else None
        new = to_python(request.news, keep_secrets=True)
        inputs = self._resource_inputs.check(request.urn, old, new, request.randomSeed, autonaming)
        return provider_pb2.CheckResponse(inputs=to_struct(inputs))

    @reports_errors
    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Tell what an update would do."""
        # A null among a release's values takes a default of its chart away.
        skip_nulls = not _is_release(request.urn)
        state = to_python(request.olds, keep_secrets=True, skip_nulls=skip_nulls)
        new = to_python(request.news, keep_secrets=True, skip_nulls=skip_nulls)
        handler = self._release_inputs if _is_release(request.urn) else self._resource_inputs
        return _diff_response(handler.diff(request.urn, state, new, request.ignoreChanges))

    @reports_errors
    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Make a resource."""
        new = to_python(request.properties, keep_secrets=True, skip_nulls=not _is_release(request.urn))
        handler = self._releases if _is_release(request.urn) else self._resources
        resource_id, state = handler.create(request.urn, new, request.preview, request.timeout)
        return provider_pb2.CreateResponse(id=resource_id, properties=to_struct(state))

    @reports_errors
    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """Tell what a resource is now."""
        skip_nulls = not _is_release(request.urn)
        state = to_python(request.properties, keep_secrets=True, skip_nulls=skip_nulls)
        old = to_python(request.inputs, keep_secrets=True, skip_nulls=skip_nulls)
        handler = self._releases if _is_release(request.urn) else self._resources
        found = handler.read(request.urn, request.id, state, old)
        if found is None:
            return provider_pb2.ReadResponse()
        resource_id, kept, inputs = found
        return provider_pb2.ReadResponse(id=resource_id, properties=to_struct(kept), inputs=to_struct(inputs))

    @reports_errors
    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        """Change a resource."""
        state = to_python(request.olds, keep_secrets=True)
        new = to_python(request.news, keep_secrets=True, skip_nulls=not _is_release(request.urn))
        handler = self._releases if _is_release(request.urn) else self._resources
        kept = handler.update(request.urn, state, new, request.preview, request.timeout)
        return provider_pb2.UpdateResponse(properties=to_struct(kept))

    @reports_errors
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete a resource."""
        handler = self._releases if _is_release(request.urn) else self._resources
        state = to_python(request.properties, keep_secrets=True)
        handler.delete(request.urn, request.id, state, request.timeout)
        return empty_pb2.Empty()

    @reports_errors
    def Invoke(
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """Answer a function."""
        answer = invokes.answer(request.tok, to_python(request.args))
        response = provider_pb2.InvokeResponse()
        # The field has a name that Python keeps for itself.
        getattr(response, "return").CopyFrom(to_struct(answer))
        return response

    @reports_errors
    def Construct(
        self, request: provider_pb2.ConstructRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConstructResponse:
        """Refuse a component that the provider itself would build."""
        raise ProviderError(
            f"the sandbox does not make {request.type}: the provider would build it by itself. Use "
            "kubernetes.yaml.ConfigFile, kubernetes.yaml.ConfigGroup or kubernetes.helm.v3.Release"
        )

    @reports_errors
    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tell the version that is stood in for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    @reports_errors
    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End what waits for the cluster."""
        self._cancelled.set()
        helm_command.end_all()
        return empty_pb2.Empty()

    @property
    def _resource_inputs(self) -> ResourceInputs:
        return ResourceInputs(self._session)

    @property
    def _release_inputs(self) -> ReleaseInputs:
        return ReleaseInputs(self._session)

    @property
    def _resources(self) -> Resources:
        return Resources(self._session)

    @property
    def _releases(self) -> Releases:
        return Releases(self._session)


def _is_release(urn: str) -> bool:
    return type_of(urn) == RELEASE_TYPE


def _diff_response(found: Diff) -> provider_pb2.DiffResponse:
    detailed = {
        difference.text: provider_pb2.PropertyDiff(
            kind=_KINDS[difference.change, difference.replaces], inputDiff=difference.change == "delete"
        )
        for difference in found.differences
    }
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if detailed else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=found.replaces,
        deleteBeforeReplace=found.delete_before_replace,
        detailedDiff=detailed,
        hasDetailedDiff=True,
        diffs=sorted({str(difference.path[0]) for difference in found.differences}),
    )
