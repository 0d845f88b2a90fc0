"""A real API server behind :class:`sandbox.kubernetes.backend.Backend`, by the ``kubernetes`` client."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from sandbox.kubernetes.api_server_errors import api_errors
from sandbox.kubernetes.backend import ApiError, NoMatchError, Propagation, Scope
from sandbox.kubernetes.field_managers import taken_over
from sandbox.kubernetes.kinds import Kind, Object, kind_of

if TYPE_CHECKING:
    from kubernetes.dynamic import DynamicClient, Resource

    from sandbox.clusters.endpoint import Endpoint

_CONNECTIONS: Final = 32
_STRICT: Final = ("fieldValidation", "Strict")
_JSON_PATCH: Final = "application/json-patch+json"
_CACHE_FILE: Final = "discovery.json"


class ApiServerBackend:
    """See :class:`sandbox.kubernetes.backend.Backend`.

    What the API server serves is kept in a file, so that the next process need not ask; a kind that is not
    found there is asked for anew.
    """

    def __init__(self, endpoint: Endpoint, cache: Path) -> None:
        """Connect to the API server at *endpoint*; what it serves is kept in the directory *cache*."""
        self._endpoint = endpoint
        self._client = _client(endpoint, cache / _CACHE_FILE)
        # The client's discovery changes in place and is not made for threads.
        self._discovering = RLock()

    @property
    def kubeconfig(self) -> Path:
        """A kubeconfig with which other clients reach the same API server."""
        return self._endpoint.kubeconfig

    def scope(self, kind: Kind) -> Scope | None:
        """Where the kind's objects live; None when the kind is not served."""
        try:
            return Scope(bool(self._resource(kind).namespaced))
        except NoMatchError:
            return None

    def create(self, obj: Object, manager: str, *, dry_run: bool = False) -> Object:
        """Make a new object and answer it as it is held; fields that the kind does not have are refused."""
        kind, placed = self._placed(obj)
        return self._answer(
            kind,
            lambda resource: resource.create(
                placed,
                placed["metadata"].get("namespace"),
                field_manager=manager,
                query_params=[_STRICT],
                serialize=False,
                **_dry_run(dry_run),
            ),
        )

    def apply(self, obj: Object, manager: str, *, force: bool, dry_run: bool = False) -> Object:
        """Change or make an object by server-side apply and answer it as it is held."""
        kind, placed = self._placed(obj)
        return self._answer(
            kind,
            lambda resource: resource.server_side_apply(
                placed,
                namespace=placed["metadata"].get("namespace"),
                field_manager=manager,
                force_conflicts=force,
                query_params=[_STRICT],
                serialize=False,
                **_dry_run(dry_run),
            ),
        )

    def replace(self, obj: Object, manager: str, *, dry_run: bool = False) -> Object:
        """Put an object in the place of the one that is there."""
        kind, placed = self._placed(obj)
        return self._answer(
            kind,
            lambda resource: resource.replace(
                placed,
                namespace=placed["metadata"].get("namespace"),
                field_manager=manager,
                query_params=[_STRICT],
                serialize=False,
                **_dry_run(dry_run),
            ),
        )

    def take_over(self, live: Object, manager: str) -> None:
        """Give a field manager the fields that ``create`` or a client-side apply has set."""
        metadata = live["metadata"]
        entries = taken_over(metadata.get("managedFields") or [], manager)
        if entries is None:
            return
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": entries},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]},
        ]
        self._answer(
            kind_of(live),
            lambda resource: resource.patch(
                patch,
                name=metadata["name"],
                namespace=metadata.get("namespace"),
                content_type=_JSON_PATCH,
                serialize=False,
            ),
        )

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The object, or None."""
        try:
            return self._answer(
                kind, lambda resource: resource.get(name=name, namespace=namespace or None, serialize=False)
            )
        except ApiError as error:
            if error.reason == "NotFound":
                return None
            raise

    def list(self, kind: Kind, namespace: str | None = None, fields: str = "") -> list[Object]:
        """All objects of a kind, sorted by namespace and name."""
        answer = self._answer(
            kind,
            lambda resource: resource.get(
                namespace=namespace or None, field_selector=fields or None, serialize=False
            ),
        )
        # The items of a list do not say what they are.
        return [
            {"apiVersion": kind.api_version, "kind": kind.name, **item} for item in answer.get("items") or []
        ]

    def delete(self, kind: Kind, namespace: str, name: str, propagation: Propagation = "Foreground") -> bool:
        """Begin to delete an object and what it owns. False when there was none."""
        try:
            self._answer(
                kind,
                lambda resource: resource.delete(
                    name=name,
                    namespace=namespace or None,
                    propagation_policy=propagation,
                    serialize=False,
                ),
            )
        except ApiError as error:
            if error.reason == "NotFound":
                return False
            raise
        return True

    def _answer(self, kind: Kind, request: Callable[[Any], Any]) -> Object:
        resource = self._resource(kind)
        try:
            with api_errors():
                return json.loads(request(resource).data)
        except ApiError as error:
            if error.code != 404 or error.reason:
                raise
            # A path that does not exist: the definition has gone since discovery.
            with self._discovering, api_errors():
                self._client.resources.invalidate_cache()
            raise NoMatchError(kind) from error

    def _resource(self, kind: Kind) -> Resource:
        from kubernetes.dynamic.exceptions import ResourceNotFoundError  # noqa: PLC0415 - see _client

        prefix = "apis" if kind.group else "api"
        try:
            with self._discovering, api_errors():
                return self._client.resources.get(
                    prefix=prefix, group=kind.group, api_version=kind.version, kind=kind.name
                )
        except ResourceNotFoundError as error:
            raise NoMatchError(kind) from error

    def _placed(self, obj: Object) -> tuple[Kind, Object]:
        kind = kind_of(obj)
        metadata = dict(obj.get("metadata") or {})
        if self._resource(kind).namespaced:
            metadata["namespace"] = metadata.get("namespace") or "default"
        else:
            metadata.pop("namespace", None)
        return kind, {**obj, "metadata": metadata}


def _dry_run(wanted: bool) -> dict[str, str]:
    return {"dry_run": "All"} if wanted else {}


def _client(endpoint: Endpoint, cache: Path) -> DynamicClient:
    # Imported when a cluster is reached: it takes half a second, which a preview without one need not wait.
    from kubernetes.client import ApiClient  # noqa: PLC0415
    from kubernetes.dynamic import DynamicClient  # noqa: PLC0415

    from sandbox.clusters.client import configuration  # noqa: PLC0415

    client = ApiClient(
        configuration(endpoint, _CONNECTIONS),
        header_name="authorization",
        header_value=f"Bearer {endpoint.token}",
    )
    with api_errors():
        return DynamicClient(client, cache_file=str(cache))
