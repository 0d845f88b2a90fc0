"""Whether the programs of a control plane answer."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import urllib.parse
from typing import Any, Final

from sandbox.control_plane.endpoint import Endpoint

_ANSWER_SECONDS: Final = 5.0
_DEFAULT_SERVICE_ACCOUNT: Final = "/api/v1/namespaces/default/serviceaccounts/default"


def listens(port: int) -> bool:
    """Whether something listens at *port* of the loopback interface."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_SECONDS):
            return True
    except OSError:
        return False


def is_ready(endpoint: Endpoint) -> bool:
    """Whether the API server says that it is ready."""
    return _status(endpoint, "/readyz") == http.HTTPStatus.OK


def takes_pods(endpoint: Endpoint) -> bool:
    """Whether a pod can be made in the namespace `default`: the controllers have made its service account."""
    return _status(endpoint, _DEFAULT_SERVICE_ACCOUNT) == http.HTTPStatus.OK


def version(endpoint: Endpoint) -> str:
    """What the API server says it is, such as `v1.36.3`."""
    return str(_answer(endpoint, "/version")[1]["gitVersion"])


def _status(endpoint: Endpoint, path: str) -> int | None:
    try:
        return _answer(endpoint, path)[0]
    except (OSError, http.client.HTTPException):
        return None


def _answer(endpoint: Endpoint, path: str) -> tuple[int, Any]:
    address = urllib.parse.urlsplit(endpoint.server)
    trust = ssl.create_default_context(cafile=str(endpoint.certificate_authority))
    connection = http.client.HTTPSConnection(
        address.hostname or "", address.port, timeout=_ANSWER_SECONDS, context=trust
    )
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {endpoint.token}"})
        response = connection.getresponse()
        body = response.read()
        is_json = response.headers.get_content_type() == "application/json"
        return response.status, json.loads(body) if is_json else body.decode()
    finally:
        connection.close()
