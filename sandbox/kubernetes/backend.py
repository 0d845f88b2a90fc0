"""What the provider needs of an API server. A real one can take the simulated one's place behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sandbox.kubernetes.kinds import Kind, Object
from sandbox.kubernetes.kubeconfig import ClusterEntry


class ApiError(Exception):
    """An error answer of the API server: a ``Status`` object.

    Attributes:
        code: HTTP status code, for example 404 or 422.
        reason: Kubernetes' word for it: ``NotFound``, ``AlreadyExists``, ``Invalid``, ``Forbidden``,
            ``BadRequest``...
        message: Kubernetes' sentence.
    """

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message


class NoMatchError(Exception):
    """The API server serves no such kind: the CustomResourceDefinition is missing."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(f'no matches for kind "{kind.name}" in version "{kind.api_version}"')
        self.kind = kind


class ClusterUnreachableError(Exception):
    """No API server answers at the kubeconfig's server; the text says what a client would see."""


@dataclass(frozen=True)
class Scope:
    """Where a kind's objects live, as discovery tells it."""

    namespaced: bool


class Backend(Protocol):
    """One cluster's API server.

    Objects are manifests as JSON has them. Every method may raise :class:`ApiError`, and those that take an
    object or a kind raise :class:`NoMatchError` for a kind that is not served. With ``dry_run`` everything is
    checked and answered, and nothing is kept.
    """

    @property
    def version(self) -> str:
        """Minor version of Kubernetes, for example ``1.36``."""
        ...

    def scope(self, kind: Kind) -> Scope | None:
        """Where the kind's objects live; None when the kind is not served."""
        ...

    def create(self, obj: Object, dry_run: bool = False) -> Object:
        """Make a new object and answer it as the API server holds it."""
        ...

    def apply(self, obj: Object, owned: Object, dry_run: bool = False) -> Object:
        """Change an object by server-side apply, or make it, and answer it as the API server holds it.

        Args:
            obj: the fields that the field manager wants.
            owned: the fields that it wanted before; those no longer wanted are removed.
            dry_run: check and answer, but keep nothing.
        """
        ...

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The object, or None. The namespace is empty for what lives in none."""
        ...

    def list(self, kind: Kind, namespace: str | None = None) -> list[Object]:
        """All objects of a kind, of one namespace or of all, sorted by namespace and name."""
        ...

    def delete(self, kind: Kind, namespace: str, name: str) -> bool:
        """Delete an object and what goes with it. False when there was no such object."""
        ...


class Clusters(Protocol):
    """All API servers that this computer can reach."""

    def connect(self, cluster: ClusterEntry) -> Backend:
        """The API server behind a kubeconfig's cluster entry.

        Raises:
            ClusterUnreachableError: none answers there.
        """
        ...
