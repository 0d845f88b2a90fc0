"""One question to an API server, without the client library, which takes half a second to load."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.parse
from collections.abc import Mapping
from typing import Any, Final, Literal

from sandbox.clusters.endpoint import Endpoint

_ANSWER_SECONDS: Final = 5.0


def ask(
    endpoint: Endpoint,
    path: str,
    method: Literal["GET", "POST", "DELETE"] = "GET",
    body: Mapping[str, Any] | None = None,
) -> tuple[int, Any]:
    """The status code and the body of the API server's answer, as the cluster's administrator.

    Raises:
        OSError: it does not answer.
        http.client.HTTPException: what answers does not speak HTTP.
    """
    address = urllib.parse.urlsplit(endpoint.server)
    trust = ssl.create_default_context(cafile=str(endpoint.certificate_authority))
    connection = http.client.HTTPSConnection(
        address.hostname or "", address.port, timeout=_ANSWER_SECONDS, context=trust
    )
    try:
        headers = {"Authorization": f"Bearer {endpoint.token}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        response = connection.getresponse()
        answer = response.read()
        is_json = response.headers.get_content_type() == "application/json"
        return response.status, json.loads(answer) if is_json else answer.decode()
    finally:
        connection.close()
