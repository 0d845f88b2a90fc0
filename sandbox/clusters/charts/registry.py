"""A proxy on this computer that plays every chart registry and contacts none.

The Kubernetes provider has it as its HTTPS proxy. Whatever host it wants to reach, it meets an OCI registry
(https://github.com/opencontainers/distribution-spec) that has every chart: the archive that was pulled, or a
stand-in. It meets Helm's own kind of repository too, which has an index, and so the pulled charts only. Go
asks no proxy for loopback addresses, so that API servers are reached as always.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sandbox.clusters.charts import archives, stand_ins
from sandbox.clusters.charts.archives import OCI, Remote

if TYPE_CHECKING:
    import trustme

AUTHORITY_FILE: Final = "charts-authority.pem"
"""Where the registry's certificate authority lies in the home of the Pulumi CLI."""

_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_CONFIG: Final = "application/vnd.cncf.helm.config.v1+json"
_LAYER: Final = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


@contextlib.contextmanager
def serving(home: Path) -> Iterator[str]:
    """Serve while the block runs; yields the proxy's address.

    Args:
        home: the home of the Pulumi CLI; its file `AUTHORITY_FILE` is written at the first connection.
    """
    registry = _Registry(home)
    thread = threading.Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{registry.server_port}"
    finally:
        registry.shutdown()
        registry.server_close()


class _Registry(ThreadingHTTPServer):
    """Holds what has been asked for by its digest."""

    daemon_threads = True

    def __init__(self, home: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self._authority_file = home / AUTHORITY_FILE
        self._authority: trustme.CA | None = None
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._contents: dict[str, tuple[str, bytes]] = {}

    def tls(self, host: str) -> ssl.SSLContext:
        """What speaks for a host."""
        import trustme  # noqa: PLC0415 - most commands pull no chart

        with self._lock:
            if self._authority is None:
                self._authority = trustme.CA()
                self._authority.cert_pem.write_to_path(str(self._authority_file))
            if host not in self._contexts:
                self._contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self._authority.issue_cert(host).configure_cert(self._contexts[host])
            return self._contexts[host]

    def answer(self, host: str, path: str) -> tuple[str, bytes] | None:
        """Media type and content of what a registry has at a path; None where it has nothing."""
        parts = path.strip("/").split("/")
        if parts[0] != "v2":
            return _in_repository(host, parts)
        if len(parts) < 4:
            return "application/json", b"{}"
        name, kind, reference = "/".join(parts[1:-2]), parts[-2], parts[-1]
        remote = Remote(f"{OCI}{host}/{name}")
        if kind == "tags":
            tags = remote.versions() or [stand_ins.newest(remote.name)]
            return "application/json", json.dumps({"name": name, "tags": tags}).encode()
        if ":" in reference:
            return self._contents.get(reference)
        # A tag has no plus sign, and Helm writes an underscore for it.
        return self._manifest(remote, reference.replace("_", "+"))

    def _manifest(self, remote: Remote, version: str) -> tuple[str, bytes]:
        kept = remote.archive(version)
        chart = (
            archives.without_remote_schemas(kept)
            if kept and kept.is_file()
            else stand_ins.archive(remote.name, version)
        )
        config = json.dumps({"name": remote.name, "version": version, "apiVersion": "v2"}).encode()
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": self._keep(_CONFIG, config),
            "layers": [self._keep(_LAYER, chart)],
        }
        content = json.dumps(manifest).encode()
        self._keep(_MANIFEST, content)
        return _MANIFEST, content

    def _keep(self, media_type: str, content: bytes) -> dict[str, str | int]:
        digest = _digest(content)
        self._contents[digest] = (media_type, content)
        return {"mediaType": media_type, "digest": digest, "size": len(content)}


class _Connection(BaseHTTPRequestHandler):
    """One connection of a client, which names the host that it means."""

    server: _Registry  # pyright: ignore[reportIncompatibleVariableOverride] - what makes it is one
    protocol_version = "HTTP/1.1"
    _host = ""

    def do_CONNECT(self) -> None:
        """Become the host that the client wants to reach."""
        host = self.path.rpartition(":")[0]
        self._host = self.path.removesuffix(":443")
        context = self.server.tls(host)
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    def do_GET(self) -> None:
        """Answer what there is at the path; the body is left out for HEAD."""
        found = self.server.answer(self._host, urlsplit(self.path).path)
        media_type, content = found or ("text/plain", b"This is not in the sandbox's chart registry.")
        self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Docker-Content-Digest", _digest(content))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's.

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's.
        """Say nothing: the terminal belongs to the engine."""


def _in_repository(host: str, parts: list[str]) -> tuple[str, bytes] | None:
    """What a repository has at a path: an archive, or the index of those that lie beside it."""
    if ".." in parts:
        return None
    place = archives.directory().joinpath(host, *parts)
    if parts[-1] == "index.yaml" and (entries := archives.entries(place.parent)):
        return "application/yaml", json.dumps({"apiVersion": "v1", "entries": entries}).encode()
    if place.suffix == ".tgz" and place.is_file():
        return _LAYER, archives.without_remote_schemas(place)
    return None


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
