"""Requests to the API server, in JSON as it speaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from kubernetes.client import ApiClient
from kubernetes.client.exceptions import ApiException

from sandbox.clusters.client import configuration
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.metadata import Object

_ANSWER_SECONDS: Final = 15.0
_WATCH_SECONDS: Final = 240
_CONNECTIONS: Final = 16
_JSON: Final = "application/json"
_MERGE_PATCH: Final = "application/merge-patch+json"

NODES: Final = "/api/v1/nodes"
PODS: Final = "/api/v1/pods"


class Api:
    """One API server. Every method raises `ApiException` for what it refuses."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Speak to the API server at *endpoint* as its administrator; connects when it is first needed."""
        self._rest: Any = ApiClient(configuration(endpoint, _CONNECTIONS)).rest_client
        self._server = endpoint.server
        self._authorization = {"Authorization": f"Bearer {endpoint.token}"}

    def get(self, path: str) -> Object:
        """The object, or the list of them, at *path*."""
        return self._ask("GET", path)

    def create(self, path: str, body: Mapping[str, Any]) -> Object:
        """Make an object in the collection at *path*, and answer it."""
        return self._ask("POST", path, body)

    def create_if_missing(self, path: str, body: Mapping[str, Any]) -> None:
        """Make an object in the collection at *path*; one of the same name stays as it is."""
        try:
            self.create(path, body)
        except ApiException as error:
            if reason_of(error) != "AlreadyExists":
                raise

    def patch(self, path: str, body: Mapping[str, Any]) -> Object:
        """Merge *body* into the object at *path*, where null removes and lists are set whole."""
        return self._ask("PATCH", path, body, _MERGE_PATCH)

    def delete(self, path: str, *, at_once: bool = False) -> None:
        """Delete the object at *path*; one that is not there is no mistake.

        Args:
            path: the object.
            at_once: grant a Pod no time to end.
        """
        with tolerated(404):
            self._ask("DELETE", path, {"gracePeriodSeconds": 0} if at_once else None)

    @contextmanager
    def watch(self, path: str, version: str) -> Iterator[Any]:
        """The events of the collection at *path* since a resource version, a line of JSON each.

        Yields the response: iterating over it waits for events, and closing it from elsewhere ends that.
        """
        query = {"watch": "1", "resourceVersion": version, "timeoutSeconds": str(_WATCH_SECONDS)}
        response = self._rest.request(
            "GET",
            self._server + path,
            query_params=list(query.items()),
            headers=dict(self._authorization),
            _preload_content=False,
            _request_timeout=(_ANSWER_SECONDS, _WATCH_SECONDS + _ANSWER_SECONDS),
        )
        try:
            yield response
        finally:
            response.close()

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, content_type: str = _JSON
    ) -> Object:
        headers = {**self._authorization, "Content-Type": content_type, "Accept": _JSON}
        response = self._rest.request(
            method, self._server + path, headers=headers, body=body, _request_timeout=_ANSWER_SECONDS
        )
        return json.loads(response.data)


@contextmanager
def tolerated(*statuses: int) -> Iterator[None]:
    """Take an answer with one of these HTTP status codes for no mistake."""
    try:
        yield
    except ApiException as error:
        if error.status not in statuses:
            raise


def said(error: ApiException) -> Object:
    """The `Status` that the API server has answered with; empty where it said nothing of the kind."""
    try:
        answer = json.loads(error.body or "{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def reason_of(error: ApiException) -> str:
    """The API server's reason in one word, such as `NotFound`."""
    return str(said(error).get("reason") or "")
