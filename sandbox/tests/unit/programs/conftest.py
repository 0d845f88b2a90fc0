"""A web server of the tests' own, and a cache and a PATH apart from the user's."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


@dataclass
class FileServer:
    """Serves `files` by path.

    Attributes:
        url: the address that the files lie under.
        files: the content of each file by its name.
        ranges: the `Range` header of each request, in order; None where it had none.
        cut: after how many bytes each of the coming answers breaks off; answers beyond are complete.
        resumes: whether it knows `Range`.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    ranges: list[str | None] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    resumes: bool = True

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range")
        self.ranges.append(wanted)
        content = self.files.get(handler.path.lstrip("/"))
        if content is None:
            handler.send_error(HTTPStatus.NOT_FOUND)
            return
        start = 0
        if wanted is not None and self.resumes:
            found = re.fullmatch(r"bytes=(\d+)-", wanted)
            assert found is not None
            start = int(found[1])
        if start and start >= len(content):
            handler.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return
        rest = content[start:]
        handler.send_response(HTTPStatus.PARTIAL_CONTENT if start else HTTPStatus.OK)
        handler.send_header("Content-Length", str(len(rest)))
        handler.end_headers()
        handler.wfile.write(rest[: self.cut.pop(0)] if self.cut else rest)
        handler.close_connection = True


@pytest.fixture
def server() -> Iterator[FileServer]:
    files = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            files.answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http_server:
        files.url = f"http://127.0.0.1:{http_server.server_address[1]}"
        thread = threading.Thread(target=http_server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield files
        http_server.shutdown()
        thread.join()


@pytest.fixture
def bin_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that PATH begins with; of the user's own tools, PATH keeps the system's only."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
    return directory


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's directory in a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "aks-platform"


def write_script(path: Path, text: str) -> None:
    """Put the shell script *text* at *path*, ready to run."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
