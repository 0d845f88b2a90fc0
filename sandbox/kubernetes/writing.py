"""Making and changing objects as the real provider does."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Final

from sandbox.kubernetes import field_managers
from sandbox.kubernetes.backend import ApiError, Backend, NoMatchError
from sandbox.kubernetes.kinds import Kind, Object, kind_of
from sandbox.kubernetes.metadata import annotations_of, place_of
from sandbox.kubernetes.options import Options

PATCH_FORCE: Final = "pulumi.com/patchForce"
_DEFINITION: Final = Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
_TAKE_OVER_ATTEMPTS: Final = 5
# The real provider waits 1, 2, 4, 8 and 16 s: creating things takes longer in Azure than here.
_RETRY_SECONDS: Final = (0.1, 0.2, 0.4, 0.8, 1.6)
_CONFLICT_HELP: Final = (
    "server-side apply field conflict detected, see https://www.pulumi.com/registry/packages/kubernetes/"
    "how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources"
    " for troubleshooting help"
)


def make(write: Callable[[], Object], cancelled: Event) -> Object:
    """Make a new object, and try again while what it needs may be on its way in the same update.

    Args:
        write: makes the object.
        cancelled: ends trying when set.

    Raises:
        ApiError: the API server refuses it.
        NoMatchError: its kind is not served.
    """
    for seconds in (*_RETRY_SECONDS, None):
        try:
            return write()
        except (ApiError, NoMatchError) as error:
            missing = isinstance(error, NoMatchError) or error.reason == "NotFound"
            if not missing or seconds is None or cancelled.wait(seconds):
                raise
    raise AssertionError


def change(
    backend: Backend, inputs: Object, current: Object, manager: str, *, force: bool, dry_run: bool
) -> Object:
    """Bring an object to its new inputs; a definition of custom resources is replaced whole.

    Args:
        backend: the API server.
        inputs: what the program wants.
        current: the object as the API server holds it.
        manager: the resource's field manager.
        force: take fields that other managers have with another value.
        dry_run: check and answer, but keep nothing.

    Raises:
        ApiError: the API server refuses it.
        NoMatchError: its kind is not served.
    """
    if kind_of(inputs) == _DEFINITION:
        metadata = {**inputs["metadata"], "resourceVersion": current["metadata"]["resourceVersion"]}
        return backend.replace({**inputs, "metadata": metadata}, manager, dry_run=dry_run)
    if dry_run:
        force = force or field_managers.set_by_client(current)
    else:
        _take_over(backend, current, manager)
    return backend.apply(inputs, manager, force=force, dry_run=dry_run)


def forces(inputs: Object, options: Options) -> bool:
    """Whether a resource takes fields that other managers have with another value.

    Args:
        inputs: what the program wants; its annotation :data:`PATCH_FORCE` is heeded.
        options: how the provider was configured.
    """
    forced = annotations_of(inputs).get(PATCH_FORCE) == "true" or options.patch_force
    return forced or not options.server_side_apply


def existing(backend: Backend, kind: Kind, obj: Object) -> Object:
    """The object as the API server holds it.

    Raises:
        ApiError: there is none.
    """
    namespace, name = place_of(obj)
    current = backend.get(kind, namespace, name)
    if current is None:
        raise ApiError(404, "NotFound", f'{kind.resource} "{name}" not found')
    return current


def explained(error: ApiError, manager: str) -> str:
    """The API server's message, and what to do about a conflict of field managers."""
    if error.reason != "Conflict":
        return str(error)
    return (
        f'{_CONFLICT_HELP}\nThe resource managed by field manager "{manager}" had an apply conflict: {error}'
    )


def _take_over(backend: Backend, live: Object, manager: str) -> None:
    """Take what the object was made with into server-side apply; controllers write it at the same time."""
    for _ in range(_TAKE_OVER_ATTEMPTS):
        try:
            return backend.take_over(live, manager)
        except ApiError as error:
            if error.reason != "Conflict":
                raise
            live = existing(backend, kind_of(live), live)
    return backend.take_over(live, manager)
