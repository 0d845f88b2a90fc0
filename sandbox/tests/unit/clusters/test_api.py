"""Requests to an API server, in whose place a scripted server answers. Real ones: tests/engine."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sandbox.clusters import api
from sandbox.clusters.api import Api, ApiError
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.files import CERTIFICATE, DEFAULT_SERVICE_CIDR, KEY, Files

ANSWERS = {
    "/there": (409, b'{"kind":"Status","reason":"AlreadyExists"}'),
    "/changed": (409, b'{"kind":"Status","reason":"Conflict"}'),
    "/gone": (404, b"404 page not found"),
}
asked: list[tuple[str, str | None, str | None, str]] = []


class _Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        headers = self.headers["Authorization"], self.headers["Content-Type"]
        asked.append((f"{self.command} {self.path}", *headers, body))
        status, answer = ANSWERS.get(self.path, (200, b'{"a":1}\n{"b":2}\n'))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - http.server's names


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    files = Files(tmp_path)
    choices = files.prepare("/clusters/aks", DEFAULT_SERVICE_CIDR)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / CERTIFICATE, tmp_path / KEY)
    asked.clear()
    with HTTPServer(("127.0.0.1", choices.api_server_port), _Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        endpoint = files.endpoint()
        assert endpoint is not None
        yield endpoint
        server.shutdown()
        thread.join()


def test_a_request_is_the_administrators_and_a_patch_is_merged(endpoint: Endpoint) -> None:
    Api(endpoint).patch("/node", {"spec": None})
    token = f"Bearer {endpoint.token}"
    assert asked == [("PATCH /node", token, "application/merge-patch+json", '{"spec": null}')]


def test_a_refusal_has_its_status_and_what_the_api_server_says(endpoint: Endpoint) -> None:
    with pytest.raises(ApiError, match=r'409: \{"kind":"Status","reason":"Conflict"\}') as error:
        Api(endpoint).get("/changed")
    assert (error.value.status, error.value.answer["reason"]) == (409, "Conflict")
    with pytest.raises(ApiError, match="404: 404 page not found") as error:
        Api(endpoint).get("/gone")
    assert error.value.answer == {}


def test_what_is_there_already_is_not_made_again_and_what_is_gone_not_deleted(endpoint: Endpoint) -> None:
    Api(endpoint).create_if_missing("/there", {"a": 1})
    Api(endpoint).delete("/gone")
    with pytest.raises(ApiError, match="Conflict"):
        Api(endpoint).create_if_missing("/changed", {"a": 1})


def test_a_watch_tells_events_line_by_line_from_a_version_on(endpoint: Endpoint) -> None:
    with Api(endpoint).watch("/pods", "7") as lines:
        assert list(lines) == [b'{"a":1}\n', b'{"b":2}\n']
    assert "watch=1&resourceVersion=7" in asked[0][0]


def test_a_server_answers_where_all_that_is_asked_for_is_there(endpoint: Endpoint) -> None:
    assert api.answers(endpoint, "/readyz", "/account")
    assert not api.answers(endpoint, "/readyz", "/gone")
    endpoint.certificate_authority.unlink()
    assert not api.answers(endpoint, "/readyz")


def test_nothing_answers_where_no_server_listens(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.prepare("/clusters/aks", DEFAULT_SERVICE_CIDR)
    endpoint = files.endpoint()
    assert endpoint is not None
    assert not api.answers(endpoint, "/readyz")
