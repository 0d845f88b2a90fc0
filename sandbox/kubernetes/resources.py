"""Raw Kubernetes resources: making, changing, reading and deleting them.

What a program may ask for, and what changes when it asks for something else, is in `resource_inputs`.
"""

from __future__ import annotations

from typing import Final

from sandbox.engine.plugin import ResourceInitFailed, contains_unknown
from sandbox.kubernetes import deletion, field_managers, readiness, resource_reading, writing
from sandbox.kubernetes.backend import ApiError, Backend, ClusterUnreachableError, NoMatchError
from sandbox.kubernetes.kinds import Object, is_patch, kind_of
from sandbox.kubernetes.metadata import place_of
from sandbox.kubernetes.objects import full_name, normalised, plain
from sandbox.kubernetes.provider_error import REMEDY, ProviderError
from sandbox.kubernetes.session import Session
from sandbox.kubernetes.state import from_state, remembered, state_of

_ALREADY_EXISTS_HELP: Final = r"""

The resource already exists in the cluster. This can happen when a Pulumi resource was renamed without an
alias, or when \ something else made the object: manage its fields with a Patch resource, adopt it with
`pulumi import`, or set \ upsertExistingObjects on the provider."""


class Resources:
    """Create, read, update and delete raw Kubernetes resources."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, urn: str, new: Object, preview: bool, timeout: float = 0.0) -> tuple[str, Object]:
        """Make the object: id and state. In a preview nothing is kept and the id is empty.

        Args:
            urn: the resource.
            new: its inputs, checked.
            preview: ask the API server, but keep nothing.
            timeout: seconds to wait until it is ready, as the resource option says; 0 for the default.

        Raises:
            ProviderError: the API server refuses it, or there is none.
            ResourceInitFailed: the object was made but did not become ready.
        """
        inputs = plain(new)
        backend = self._preview_backend(inputs) if preview else self._backend()
        if backend is None or (preview and is_patch(urn)):
            return "", new
        manager = field_managers.new(self._session.options.server_side_apply)
        try:
            live = self._made(urn, inputs, backend, manager, preview)
        except ApiError as error:
            if preview and error.reason in ("AlreadyExists", "NotFound", "Forbidden"):
                return "", new
            more = _ALREADY_EXISTS_HELP if error.reason == "AlreadyExists" else ""
            raise ProviderError(
                f'resource "{urn}" was not successfully created by the Kubernetes API server:'
                f" {writing.explained(error, manager)}{more}"
            ) from error
        except NoMatchError as error:
            kind = kind_of(inputs)
            raise ProviderError(
                f'creation of resource "{urn}" with kind {kind.api_version}/{kind.name} failed because the'
                " Kubernetes API server reported that the apiVersion for this resource does not exist."
                f" Verify that any required CRDs have been created: {error}"
            ) from error
        api_version = str(inputs.get("apiVersion"))
        if preview:
            live.pop("status", None)
            return "", state_of(inputs, live, new, api_version, manager)
        created = (
            f'resource "{urn}" was successfully created, but the Kubernetes API server reported that it'
            " failed to fully initialize or become live"
        )
        try:
            live = self._ready(live, inputs, backend, timeout)
        except readiness.NotReadyError as error:
            raise ResourceInitFailed(
                full_name(error.live),
                state_of(inputs, error.live, new, api_version, manager),
                new,
                [f"{created}: {error}", *error.reasons],
            ) from error
        return full_name(live), state_of(inputs, live, new, api_version, manager)

    def update(self, urn: str, state: Object, new: Object, preview: bool, timeout: float = 0.0) -> Object:
        """Change the object to the new inputs: the new state. See :meth:`create`.

        Raises:
            ProviderError: the API server refuses it, or there is none.
            ResourceInitFailed: the object was changed but did not become ready.
        """
        inputs = normalised(plain(new))
        backend = self._preview_backend(inputs) if preview else self._backend()
        if backend is None:
            return new
        _, old_live = from_state(state)
        api_version, manager = self._remembered(state, inputs)
        try:
            current = writing.existing(backend, kind_of(inputs), old_live)
            force = writing.forces(inputs, self._session.options)
            if is_patch(urn):
                live = backend.apply(inputs, manager, force=force, dry_run=preview)
            else:
                live = writing.change(backend, inputs, current, manager, force=force, dry_run=preview)
        except ApiError as error:
            raise ProviderError(
                f'update of resource "{urn}" failed: {writing.explained(error, manager)}'
            ) from error
        except NoMatchError as error:
            raise ProviderError(
                f'update of resource "{urn}" failed because the Kubernetes API server reported that the'
                " apiVersion for this resource does not exist. Verify that any required CRDs have been"
                f" created: {error}"
            ) from error
        if preview:
            return state_of(inputs, live, new, api_version, manager)
        try:
            live = self._ready(live, inputs, backend, timeout)
        except readiness.NotReadyError as error:
            name = full_name(error.live)
            summary = (
                f'the Kubernetes API server reported that "{name}" failed to fully initialize or become live:'
                f" {error}"
            )
            kept = state_of(inputs, error.live, new, api_version, manager)
            raise ResourceInitFailed(name, kept, new, [summary, *error.reasons]) from error
        return state_of(inputs, live, new, api_version, manager)

    def read(
        self, urn: str, resource_id: str, state: Object, old: Object
    ) -> tuple[str, Object, Object] | None:
        """The object as it is now. See :func:`sandbox.kubernetes.resource_reading.read`."""
        return resource_reading.read(self._session, urn, resource_id, state, old)

    def delete(self, urn: str, resource_id: str, state: Object, timeout: float = 0.0) -> None:
        """Delete the object and wait until it is gone; of a Patch, give up the fields.

        One that is gone already is no error.

        Raises:
            ProviderError: the API server refuses it, or there is none.
        """
        try:
            backend = self._session.backend()
        except ClusterUnreachableError as error:
            self._session.log.warning(urn, f"configured Kubernetes cluster is unreachable: {error}")
            if self._session.options.delete_unreachable:
                return
            raise ProviderError(f"configured Kubernetes cluster is unreachable. {REMEDY}") from error
        inputs, live = from_state(state)
        kind = kind_of(live)
        _, manager = self._remembered(state, live)
        try:
            if is_patch(urn):
                if backend.get(kind, *place_of(live)) is not None:
                    backend.apply(_identity(live), manager, force=False)
                return
            seconds = readiness.timeout_of(inputs, timeout)
            deletion.delete(backend, live, inputs, seconds, self._session.cancelled)
        except NoMatchError:
            return
        except (ApiError, deletion.NotDeletedError) as error:
            raise ProviderError(str(error)) from error

    def _backend(self) -> Backend:
        try:
            return self._session.backend()
        except ClusterUnreachableError as error:
            raise ProviderError(f"configured Kubernetes cluster is unreachable: {error}") from error

    def _made(self, urn: str, inputs: Object, backend: Backend, manager: str, preview: bool) -> Object:
        def write() -> Object:
            if is_patch(urn) or self._session.options.upsert_existing_objects:
                force = preview or writing.forces(inputs, self._session.options)
                return backend.apply(inputs, manager, force=force, dry_run=preview)
            return backend.create(inputs, field_managers.CREATOR, dry_run=preview)

        return write() if preview else writing.make(write, self._session.cancelled)

    def _ready(self, live: Object, inputs: Object, backend: Backend, timeout: float) -> Object:
        if readiness.skipped(inputs):
            return live
        seconds = readiness.timeout_of(inputs, timeout)
        return readiness.wait(live, backend, seconds, self._session.cancelled)

    def _remembered(self, state: Object, obj: Object) -> tuple[str, str]:
        return remembered(state, obj, server_side_apply=self._session.options.server_side_apply)

    def _preview_backend(self, inputs: Object) -> Backend | None:
        """The API server for a dry run; None where the real provider shows the inputs as they are."""
        backend = self._session.reachable()
        if backend is None or contains_unknown(inputs) or not self._session.options.server_side_apply:
            return None
        return backend if backend.scope(kind_of(inputs)) is not None else None


def _identity(obj: Object) -> Object:
    metadata = {key: value for key, value in obj["metadata"].items() if key in ("name", "namespace")}
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": metadata}
