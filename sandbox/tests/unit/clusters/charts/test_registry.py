"""The chart registry as a client meets it: through a proxy, by TLS, under the host's own name."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import ssl
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from sandbox.clusters.charts import archives, registry, stand_ins

Answer = tuple[int, str, bytes]
HOST = "registry.example"


@pytest.fixture
def charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(archives.DIRECTORY_VARIABLE, str(tmp_path / "charts"))
    return tmp_path / "charts" / HOST / "team"


@pytest.fixture
def ask(charts: Path, tmp_path: Path) -> Iterator[Callable[..., Answer]]:
    """Answers status, digest and body of what the registry has at a path."""
    with registry.serving(tmp_path) as proxy:

        def ask(path: str, method: str = "GET") -> Answer:
            address = urlsplit(proxy)
            connection = http.client.HTTPConnection(str(address.hostname), address.port)
            connection.set_tunnel(HOST, 443)
            connection.connect()
            trust = ssl.create_default_context(cafile=str(tmp_path / registry.AUTHORITY_FILE))
            connection.sock = trust.wrap_socket(connection.sock, server_hostname=HOST)
            connection.request(method, path)
            response = connection.getresponse()
            body = response.read()
            connection.close()
            return response.status, response.headers["Docker-Content-Digest"], body

        yield ask


def layer(ask: Callable[..., Answer], name: str, version: str) -> bytes:
    """The chart that the registry has, fetched as Helm does, with every digest checked."""
    status, digest, body = ask(f"/v2/{name}/manifests/{version}")
    assert (status, digest) == (200, f"sha256:{hashlib.sha256(body).hexdigest()}")
    assert ask(f"/v2/{name}/manifests/{digest}") == (200, digest, body)
    assert ask(f"/v2/{name}/manifests/{version}", "HEAD") == (200, digest, b"")
    for part in [*(manifest := json.loads(body))["layers"], manifest["config"]]:
        status, found, content = ask(f"/v2/{name}/blobs/{part['digest']}")
        assert (status, found, len(content)) == (200, part["digest"], part["size"])
    return ask(f"/v2/{name}/blobs/{manifest['layers'][0]['digest']}")[2]


def description(chart: bytes, name: str) -> dict[str, object]:
    with tarfile.open(fileobj=io.BytesIO(chart)) as archive:
        file = archive.extractfile(f"{name}/Chart.yaml")
        assert file is not None
        return yaml.safe_load(file.read())


def test_a_missing_chart_is_replaced_by_a_stand_in_that_says_so(ask: Callable[..., Answer]) -> None:
    described = description(layer(ask, "team/queue", "1.2.3_build"), "queue")
    assert (described["name"], described["version"]) == ("queue", "1.2.3+build")
    assert described["annotations"] == {"sandbox.aks-platform/stands-in": "true"}


def test_a_chart_that_was_pulled_is_served(ask: Callable[..., Answer], charts: Path) -> None:
    charts.mkdir(parents=True)
    (charts / "web-1.2.3.tgz").write_bytes(stand_ins.archive("web", "9.9.9"))
    assert description(layer(ask, "team/web", "1.2.3"), "web")["version"] == "9.9.9"
    assert json.loads(ask("/v2/team/web/tags/list")[2])["tags"] == ["1.2.3"]


def test_without_a_version_the_one_that_was_described_is_the_newest(ask: Callable[..., Answer]) -> None:
    assert json.loads(ask("/v2/nginx/charts/nginx-ingress/tags/list")[2])["tags"] == ["2.6.4"]


def test_a_repository_lists_and_has_the_charts_that_were_pulled_from_it(
    ask: Callable[..., Answer], charts: Path
) -> None:
    charts.mkdir(parents=True)
    (charts / "web-api-1.2.3.tgz").write_bytes(stand_ins.archive("web-api", "1.2.3"))
    entry = {"apiVersion": "v2", "name": "web-api", "version": "1.2.3", "urls": ["web-api-1.2.3.tgz"]}
    assert json.loads(ask("/team/index.yaml")[2])["entries"] == {"web-api": [entry]}
    assert description(ask("/team/web-api-1.2.3.tgz")[2], "web-api")["version"] == "1.2.3"
    assert ask("/team/../team/web-api-1.2.3.tgz")[0] == 404


@pytest.mark.parametrize("path", ["/", "/v2/team/web/blobs/sha256:0", "/index.yaml"])
def test_what_no_registry_has_is_not_found(ask: Callable[..., Answer], path: str) -> None:
    assert ask(path)[0] == 404


def test_a_client_that_asks_for_the_protocol_is_welcome(ask: Callable[..., Answer]) -> None:
    assert ask("/v2/")[0] == 200
