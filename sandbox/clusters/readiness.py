"""Whether the programs of a control plane answer."""

from __future__ import annotations

import http.client
import socket
from typing import Final

from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.request import ask

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
    return str(ask(endpoint, "/version")[1]["gitVersion"])


def _status(endpoint: Endpoint, path: str) -> int | None:
    try:
        return ask(endpoint, path)[0]
    except (OSError, http.client.HTTPException):
        return None
