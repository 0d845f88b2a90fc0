from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from sandbox.clusters import commands
from sandbox.clusters.files import DEFAULT_SERVICE_CIDR, Choices, Files

CHOICES = Choices("/clusters/aks", str(DEFAULT_SERVICE_CIDR), 10001, 10002, 10003)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_every_address_on_a_command_line_is_loopback(files: Files) -> None:
    lines = [
        *commands.etcd(files, CHOICES),
        *commands.kube_apiserver(files, CHOICES),
        *commands.kube_scheduler(files),
        *commands.kube_controller_manager(files),
        *commands.kwok(files),
    ]
    hosts = {host for line in lines for host in re.findall(r"https?://([^:/]+):\d", line)}
    assert hosts == {"127.0.0.1"}
    assert "--bind-address=127.0.0.1" in lines
    assert lines.count("--secure-port=0") == 2
    assert "--secure-port=10001" in lines


def test_etcd_and_the_api_server_meet_at_one_port_with_one_authority(files: Files) -> None:
    assert "--listen-client-urls=https://127.0.0.1:10002" in commands.etcd(files, CHOICES)
    assert {"--client-cert-auth", "--peer-client-cert-auth"} <= set(commands.etcd(files, CHOICES))
    assert "--etcd-servers=https://127.0.0.1:10002" in commands.kube_apiserver(files, CHOICES)
    assert f"--etcd-cafile={files.certificates.authority}" in commands.kube_apiserver(files, CHOICES)


def test_services_get_their_addresses_from_the_chosen_range(files: Files) -> None:
    assert "--service-cluster-ip-range=10.0.0.0/16" in commands.kube_apiserver(files, CHOICES)


def test_the_scheduler_is_the_only_one_and_reads_its_own_kubeconfig(files: Files) -> None:
    (flag, _) = commands.kube_scheduler(files)
    written = json.loads(Path(flag.removeprefix("--config=")).read_text())
    assert written["leaderElection"] == {"leaderElect": False}
    assert written["clientConnection"]["kubeconfig"] == str(files.directory / "kube-scheduler.kubeconfig")


def test_controllers_are_listed_once_each_in_order() -> None:
    assert list(commands.CONTROLLERS) == sorted(set(commands.CONTROLLERS))


def test_kwok_plays_the_nodes_with_the_annotation_by_the_stages_of_the_project(files: Files) -> None:
    line = commands.kwok(files)
    assert "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake" in line
    (stages,) = (flag.removeprefix("--config=") for flag in line if flag.startswith("--config="))
    found = {
        stage["metadata"]["name"]: stage["spec"]["resourceRef"]["kind"]
        for stage in yaml.safe_load_all(Path(stages).read_text())
    }
    assert found == {
        "node-is-ready": "Node",
        "pod-runs": "Pod",
        "pod-of-a-job-succeeds": "Pod",
        "pod-is-gone": "Pod",
    }
