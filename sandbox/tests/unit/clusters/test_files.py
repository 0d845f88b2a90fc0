from __future__ import annotations

import csv
import json
import socket
import ssl
import stat
from pathlib import Path

import pytest

from sandbox.clusters.files import AUTHORITY, CERTIFICATE, DEFAULT_SERVICE_CIDR, KEY, TOKENS, Files

CLUSTER = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
    "/providers/Microsoft.ContainerService/managedClusters/aks-dev"
)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files.of(tmp_path, CLUSTER)


def test_a_cluster_has_one_directory_however_its_id_is_written(tmp_path: Path) -> None:
    directory = Files.of(tmp_path, CLUSTER).directory
    assert directory == Files.of(tmp_path, CLUSTER.upper()).directory
    assert directory != Files.of(tmp_path, CLUSTER + "2").directory
    assert directory.parent == tmp_path / "control-planes"


def test_there_is_no_endpoint_before_it_is_prepared(files: Files) -> None:
    assert files.read_choices() is None
    assert files.endpoint() is None


def test_the_kubeconfig_leads_to_the_endpoint_with_the_administrators_token(files: Files) -> None:
    choices = files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    endpoint = files.endpoint()
    assert endpoint is not None
    assert endpoint.server == f"https://127.0.0.1:{choices.api_server_port}"
    config = json.loads(endpoint.kubeconfig.read_text())
    assert config["current-context"] == "aks-dev"
    assert config["clusters"] == [
        {
            "name": "aks-dev",
            "cluster": {
                "server": endpoint.server,
                "certificate-authority": str(endpoint.certificate_authority),
            },
        }
    ]
    assert config["users"] == [{"name": "admin", "user": {"token": endpoint.token}}]
    assert endpoint.certificate_authority.is_file()


def test_the_api_server_knows_one_user_who_is_its_administrator(files: Files) -> None:
    choices = files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    with (files.directory / TOKENS).open(newline="") as lines:
        assert list(csv.reader(lines)) == [[choices.token, "admin", "admin", "system:masters"]]


def test_only_the_user_can_read_the_files(files: Files) -> None:
    files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    assert stat.S_IMODE(files.directory.stat().st_mode) == 0o700
    made = [path for path in files.directory.iterdir() if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}


def test_what_was_chosen_is_kept(files: Files) -> None:
    first = files.prepare(CLUSTER, "10.9.0.0/16")
    before = {path.name: path.read_bytes() for path in files.directory.iterdir() if path.is_file()}
    assert files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR) == first
    assert first.service_cidr == "10.9.0.0/16"
    assert {path.name: path.read_bytes() for path in files.directory.iterdir() if path.is_file()} == before


def test_what_an_earlier_sandbox_kept_is_read(files: Files) -> None:
    files.logs.mkdir(parents=True)
    earlier = {"cluster_id": CLUSTER, "service_cidr": "10.9.0.0/16", "api_server_port": 1, "etcd_port": 2}
    files.choices.write_text(json.dumps(earlier))
    choices = files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    assert (choices.cluster_id, choices.service_cidr) == (CLUSTER, "10.9.0.0/16")
    assert choices.token


def test_a_strict_client_trusts_the_server_at_loopback_and_at_the_service_address(files: Files) -> None:
    files.prepare(CLUSTER, "10.9.0.0/16")
    assert [_shake_hands(files, host) for host in ("127.0.0.1", "localhost", "10.9.0.1")] == [
        "kube-apiserver"
    ] * 3
    with pytest.raises(ssl.SSLCertVerificationError, match=r"192\.0\.2\.1"):
        _shake_hands(files, "192.0.2.1")


def _shake_hands(files: Files, host: str) -> str:
    """The common name that the server shows a client who connects to *host*."""
    client = ssl.create_default_context(cafile=str(files.directory / AUTHORITY))
    client.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.directory / CERTIFICATE, files.directory / KEY)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=host)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    waiting = [ours, theirs]
    while waiting:
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                continue
    shown = ours.getpeercert() or {}
    return dict(pair[0] for pair in shown["subject"])["commonName"]  # type: ignore[reportArgumentType]


def test_the_key_of_the_authority_is_nowhere(files: Files) -> None:
    files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    keys = [
        path.name for path in files.directory.rglob("*") if path.is_file() and b"PRIVATE" in path.read_bytes()
    ]
    assert keys == [KEY]


def test_an_incomplete_certificate_is_created_again(files: Files) -> None:
    files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    (files.directory / KEY).unlink()
    (files.directory / CERTIFICATE).write_text("half")
    files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    assert _shake_hands(files, "127.0.0.1") == "kube-apiserver"


def test_a_port_that_another_program_has_taken_is_replaced(files: Files) -> None:
    first = files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    with socket.create_server(("127.0.0.1", first.api_server_port)):
        second = files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    assert second.api_server_port != first.api_server_port
    assert second.token == first.token
    endpoint = files.endpoint()
    assert endpoint is not None
    assert endpoint.server == f"https://127.0.0.1:{second.api_server_port}"
    assert json.loads(endpoint.kubeconfig.read_text())["clusters"][0]["cluster"]["server"] == endpoint.server
