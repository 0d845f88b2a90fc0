"""What the provider needs of an API server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from sandbox.kubernetes.kinds import Kind, Object
from sandbox.kubernetes.kubeconfig import ClusterEntry

Propagation = Literal["Background", "Foreground", "Orphan"]


class ApiError(Exception):
    """An error answer of the API server: a ``Status`` object.

    Attributes:
        code: HTTP status code, for example 404 or 422.
        reason: Kubernetes' word for it: ``NotFound``, ``AlreadyExists``, ``Invalid``, ``Forbidden``,
            ``BadRequest``...
        message: Kubernetes' sentence, with all causes in it.
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

    Objects are manifests as JSON has them. Every method may raise :class:`ApiError` and
    :class:`ClusterUnreachableError`, and those that take an object or a kind raise :class:`NoMatchError` for
    a kind that is not served. With ``dry_run`` the API server checks and answers, and keeps nothing.
    """

    @property
    def kubeconfig(self) -> Path:
        """A kubeconfig with which other clients reach the same API server."""
        ...

    def scope(self, kind: Kind) -> Scope | None:
        """Where the kind's objects live; None when the kind is not served."""
        ...

    def create(self, obj: Object, manager: str, *, dry_run: bool = False) -> Object:
        """Make a new object and answer it as the API server holds it; fields it does not have are refused."""
        ...

    def apply(self, obj: Object, manager: str, *, force: bool, dry_run: bool = False) -> Object:
        """Change an object by server-side apply, or make it, and answer it as the API server holds it.

        Args:
            obj: the fields that the field manager wants; those it had before and no longer wants are removed.
            manager: the field manager.
            force: take fields that other managers have with another value; else that is a ``Conflict``.
            dry_run: check and answer, but keep nothing.
        """
        ...

    def replace(self, obj: Object, manager: str, *, dry_run: bool = False) -> Object:
        """Put an object in the place of the one that is there and answer it as the API server holds it."""
        ...

    def take_over(self, live: Object, manager: str) -> None:
        """Give a field manager the fields that :meth:`create` or a client-side apply has set."""
        ...

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The object, or None. The namespace is empty for what lives in none."""
        ...

    def list(self, kind: Kind, namespace: str | None = None, fields: str = "") -> list[Object]:
        """All objects of a kind, of one namespace or of all, sorted by namespace and name.

        Args:
            kind: the kind.
            namespace: a namespace; None for all.
            fields: a field selector, for example ``involvedObject.uid=...``.
        """
        ...

    def delete(self, kind: Kind, namespace: str, name: str, propagation: Propagation = "Foreground") -> bool:
        """Begin to delete an object and what it owns. False when there was no such object."""
        ...


class Clusters(Protocol):
    """All API servers that this computer can reach."""

    def connect(self, cluster: ClusterEntry) -> Backend:
        """The API server behind a kubeconfig's cluster entry.

        Raises:
            ClusterUnreachableError: none answers there.
        """
        ...
