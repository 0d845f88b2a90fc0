"""Requests to an API server, in JSON as it speaks it. A client library would take half a second to load."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.objects import Object

_ANSWER_SECONDS: Final = 15.0
_WATCH_SECONDS: Final = 240
_JSON: Final = "application/json"
_MERGE_PATCH: Final = "application/merge-patch+json"

NODES: Final = "/api/v1/nodes"
PODS: Final = "/api/v1/pods"
SERVICES: Final = "/api/v1/services"
DAEMON_SETS: Final = "/apis/apps/v1/daemonsets"
INGRESSES: Final = "/apis/networking.k8s.io/v1/ingresses"
INGRESS_CLASSES: Final = "/apis/networking.k8s.io/v1/ingressclasses"

UNREACHABLE: Final = (OSError, HTTPException)
"""What a request raises if no API server answers."""


class ApiError(Exception):
    """The API server has refused a request.

    Attributes:
        status: the HTTP status code.
        answer: the `Status` object with its reasons; empty where it has sent none.
    """

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body.decode(errors='replace')}")
        self.status = status
        self.answer: Object = {}
        with suppress(ValueError):
            self.answer = dict(json.loads(body))


class Api:
    """One API server, spoken to as its administrator.

    Every method raises `ApiError` for what the API server refuses, and one of `UNREACHABLE` if none answers.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        """Talk to the API server at *endpoint*; each request has its own connection.

        Raises:
            OSError: the certificate of the endpoint's authority is missing.
        """
        self._address = urlsplit(endpoint.server)
        self._trust = ssl.create_default_context(cafile=str(endpoint.certificate_authority))
        self._authorization = {"Authorization": f"Bearer {endpoint.token}"}

    def read(self, path: str) -> bytes:
        """The content of *path* as the API server sends it."""
        return self._ask("GET", path)

    def get(self, path: str) -> Object:
        """The object, or the list of them, at *path*."""
        return json.loads(self.read(path))

    def create(self, path: str, body: Mapping[str, Any]) -> None:
        """Make an object in the collection at *path*."""
        self._ask("POST", path, body)

    def create_if_missing(self, path: str, body: Mapping[str, Any]) -> None:
        """Make an object in the collection at *path*; one of the same name stays as it is."""
        try:
            self.create(path, body)
        except ApiError as error:
            if error.answer.get("reason") != "AlreadyExists":
                raise

    def patch(self, path: str, body: Mapping[str, Any]) -> None:
        """Merge *body* into the object at *path*, where null removes and lists are set whole."""
        self._ask("PATCH", path, body)

    def delete(self, path: str, *, at_once: bool = False) -> None:
        """Delete the object or the collection at *path*; one that does not exist is not an error.

        Args:
            path: the object.
            at_once: give a Pod no time to end.
        """
        with tolerated(404):
            self._ask("DELETE", path, {"gracePeriodSeconds": 0} if at_once else None)

    @contextmanager
    def watch(self, path: str, version: str) -> Iterator[HTTPResponse]:
        """The events of the collection at *path* since a resource version, a line of JSON each."""
        query = urlencode({"watch": 1, "resourceVersion": version, "timeoutSeconds": _WATCH_SECONDS})
        with self._connected(_WATCH_SECONDS + _ANSWER_SECONDS) as connection:
            connection.request("GET", f"{path}?{query}", headers=self._authorization)
            yield _accepted(connection.getresponse())

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        content_type = _MERGE_PATCH if method == "PATCH" else _JSON
        headers = {**self._authorization, "Content-Type": content_type, "Accept": _JSON}
        with self._connected(_ANSWER_SECONDS) as connection:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            return _accepted(connection.getresponse()).read()

    def _connected(self, seconds: float) -> closing[HTTPSConnection]:
        host, port = self._address.hostname or "", self._address.port
        return closing(HTTPSConnection(host, port, timeout=seconds, context=self._trust))


def answers(endpoint: Endpoint, *paths: str) -> bool:
    """Whether an API server at *endpoint* answers and has an object at each of *paths*."""
    try:
        api = Api(endpoint)
        for path in paths:
            api.read(path)
    except (ApiError, *UNREACHABLE):
        return False
    return True


@contextmanager
def tolerated(*statuses: int) -> Iterator[None]:
    """Ignore a refusal with one of these HTTP status codes."""
    try:
        yield
    except ApiError as error:
        if error.status not in statuses:
            raise


def _accepted(response: HTTPResponse) -> HTTPResponse:
    if response.status >= 300:
        raise ApiError(response.status, response.read())
    return response
