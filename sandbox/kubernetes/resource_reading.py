"""Reading a raw Kubernetes resource: for a refresh, for an import, and where the cluster is not there."""

from __future__ import annotations

from typing import Final

from sandbox.engine.plugin import ResourceInitFailed
from sandbox.kubernetes import readiness
from sandbox.kubernetes.backend import Backend, ClusterUnreachableError, NoMatchError
from sandbox.kubernetes.kinds import Kind, Object, is_patch, kind_of, kind_of_type, type_of
from sandbox.kubernetes.objects import normalised, plain, pruned, split_name, with_secrets
from sandbox.kubernetes.provider_error import NOT_READ, ProviderError
from sandbox.kubernetes.session import Session
from sandbox.kubernetes.state import from_state, remembered, state_of

_NOT_INPUTS: Final = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")


def read(
    session: Session, urn: str, resource_id: str, state: Object, old: Object
) -> tuple[str, Object, Object] | None:
    """The object as it is now: id, state and inputs; None when it is gone.

    Args:
        session: the configured provider.
        urn: the resource.
        resource_id: namespace and name of the object.
        state: what the engine keeps; empty for an import.
        old: the inputs that it keeps; empty for an import.

    Raises:
        ProviderError: there is no API server.
        ResourceInitFailed: the object is there, but it is not ready.
    """
    try:
        backend = session.backend()
    except ClusterUnreachableError as error:
        session.log.warning(urn, f"configured Kubernetes cluster is unreachable: {error}")
        return _unread(session, resource_id, state, old)
    inputs = normalised(plain(old))
    live = _live(backend, _kind(urn, state, inputs), resource_id)
    if live is None:
        return None
    live_inputs = pruned(live, inputs) if inputs else _importable(live)
    memory = remembered(state, live, server_side_apply=session.options.server_side_apply)
    kept = state_of(live_inputs, live, old, *memory)
    kept_inputs = with_secrets(live_inputs, old)
    if inputs and not is_patch(urn) and not readiness.skipped(inputs):
        try:
            readiness.read(live, backend)
        except readiness.NotReadyError as error:
            reasons = [str(error), *error.reasons]
            raise ResourceInitFailed(resource_id, kept, kept_inputs, reasons) from error
    return resource_id, kept, kept_inputs


def _kind(urn: str, state: Object, inputs: Object) -> Kind:
    kind = kind_of(inputs) if inputs.get("kind") else kind_of(from_state(state)[1])
    return kind if kind.name else kind_of_type(type_of(urn))


def _live(backend: Backend, kind: Kind, resource_id: str) -> Object | None:
    namespace, name = split_name(resource_id)
    scope = backend.scope(kind)
    if scope is None:
        return None
    try:
        return backend.get(kind, (namespace or "default") if scope.namespaced else "", name)
    except NoMatchError:
        return None


def _unread(
    session: Session, resource_id: str, state: Object, old: Object
) -> tuple[str, Object, Object] | None:
    """What the provider's options have it answer for a resource whose cluster is not there."""
    if session.options.delete_unreachable:
        return None
    if session.options.skip_update_unreachable:
        return resource_id, state, old
    raise ProviderError(NOT_READ)


def _importable(live: Object) -> Object:
    inputs = {key: value for key, value in live.items() if key != "status"}
    inputs["metadata"] = {key: value for key, value in live["metadata"].items() if key not in _NOT_INPUTS}
    return inputs
