from __future__ import annotations

import csv
import ipaddress
import json
import socket
import stat
from pathlib import Path

import pytest

from sandbox.clusters.files import DEFAULT_SERVICE_CIDR, USERS, Files

CLUSTER = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
    "/providers/Microsoft.ContainerService/managedClusters/aks-dev"
)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files.of(tmp_path, CLUSTER)


def test_a_cluster_has_one_directory_however_its_id_is_written(tmp_path: Path) -> None:
    assert Files.of(tmp_path, CLUSTER) == Files.of(tmp_path, CLUSTER.upper())
    assert Files.of(tmp_path, CLUSTER) != Files.of(tmp_path, CLUSTER + "2")
    assert Files.of(tmp_path, CLUSTER).directory.parent == tmp_path / "control-planes"


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


def test_every_program_has_a_token_and_a_kubeconfig_of_its_own(files: Files) -> None:
    files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    with files.tokens.open(newline="") as lines:
        rows = list(csv.reader(lines))
    assert {user: groups for _, user, _, groups in rows} == {
        "admin": "system:masters",
        "system:kube-controller-manager": "system:masters",
        "system:kube-scheduler": "",
        "kwok": "system:masters",
    }
    assert len({token for token, *_ in rows}) == len(USERS)
    for token, user, *_ in rows:
        config = json.loads(files.kubeconfig_of(user).read_text())
        assert config["users"] == [{"name": user, "user": {"token": token}}]
    assert files.kubeconfig_of("system:kube-scheduler").name == "kube-scheduler.kubeconfig"


def test_only_the_user_can_read_the_tokens(files: Files) -> None:
    files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    assert stat.S_IMODE(files.directory.stat().st_mode) == 0o700
    made = [path for path in files.directory.iterdir() if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}


def test_what_was_chosen_is_kept(files: Files) -> None:
    first = files.prepare(CLUSTER, ipaddress.IPv4Network("10.9.0.0/16"))
    tokens = files.tokens.read_text()
    assert files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR) == first
    assert first.service_cidr == "10.9.0.0/16"
    assert files.tokens.read_text() == tokens


def test_a_port_that_another_program_has_taken_is_replaced_and_the_others_stay(files: Files) -> None:
    first = files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    with socket.socket() as other:
        other.bind(("127.0.0.1", first.api_server_port))
        other.listen()
        second = files.prepare(CLUSTER, DEFAULT_SERVICE_CIDR)
    assert second.api_server_port != first.api_server_port
    assert (second.etcd_port, second.etcd_peer_port) == (first.etcd_port, first.etcd_peer_port)
    endpoint = files.endpoint()
    assert endpoint is not None
    assert endpoint.server == f"https://127.0.0.1:{second.api_server_port}"
    assert json.loads(files.kubeconfig.read_text())["clusters"][0]["cluster"]["server"] == endpoint.server
