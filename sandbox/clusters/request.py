"""One question to an API server, without the client library, which takes half a second to load."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.parse
from typing import Any, Final, Literal

from sandbox.clusters.endpoint import Endpoint

_ANSWER_SECONDS: Final = 5.0


def ask(endpoint: Endpoint, path: str, method: Literal["GET", "DELETE"] = "GET") -> tuple[int, Any]:
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
        connection.request(method, path, headers={"Authorization": f"Bearer {endpoint.token}"})
        response = connection.getresponse()
        body = response.read()
        is_json = response.headers.get_content_type() == "application/json"
        return response.status, json.loads(body) if is_json else body.decode()
    finally:
        connection.close()
