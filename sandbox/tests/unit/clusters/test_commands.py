from __future__ import annotations

import itertools
import re
from pathlib import Path

import yaml

from sandbox.clusters import commands
from sandbox.clusters.files import KUBECONFIG, Choices
from sandbox.programs import binaries

ARGUMENTS = commands.of(Choices("/clusters/aks", "10.9.0.0/16", 20001, "token"))


def _file(program: str) -> Path:
    """The configuration file that a program is given."""
    return Path(next(each.removeprefix("--config=") for each in ARGUMENTS[program] if "--config=" in each))


def test_every_server_has_its_arguments() -> None:
    assert set(ARGUMENTS) == set(binaries.SERVERS)


def test_only_the_api_server_listens_at_a_port_and_at_loopback_only() -> None:
    lines = list(itertools.chain.from_iterable(ARGUMENTS.values()))
    ports = [each for each in lines if re.search(r"port=|:\d{2,}", each)]
    assert ports == ["--secure-port=20001", "--secure-port=0", "--secure-port=0"]
    assert "--bind-address=127.0.0.1" in ARGUMENTS["kube-apiserver"]
    urls = [each.partition("=")[2] for each in ARGUMENTS["etcd"] if "urls=" in each]
    assert {url.partition("//")[0] for url in urls} == {"unix:"}


def test_services_get_their_addresses_from_the_chosen_range() -> None:
    assert "--service-cluster-ip-range=10.9.0.0/16" in ARGUMENTS["kube-apiserver"]


def test_the_scheduler_is_the_only_one_and_finds_the_kubeconfig() -> None:
    configuration = yaml.safe_load(_file("kube-scheduler").read_text())
    assert configuration["leaderElection"] == {"leaderElect": False}
    assert configuration["clientConnection"]["kubeconfig"] == KUBECONFIG


def test_controllers_are_listed_once_each_in_order() -> None:
    (listed,) = (each for each in ARGUMENTS["kube-controller-manager"] if each.startswith("--controllers="))
    controllers = listed.removeprefix("--controllers=").split(",")
    assert controllers == sorted(set(controllers))


def test_kwok_plays_the_nodes_with_the_annotation_by_the_stages_of_the_project() -> None:
    assert "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake" in ARGUMENTS["kwok"]
    found = {
        stage["metadata"]["name"]: stage["spec"]["resourceRef"]["kind"]
        for stage in yaml.safe_load_all(_file("kwok").read_text())
    }
    assert found == {
        "node-is-ready": "Node",
        "pod-runs": "Pod",
        "pod-of-a-job-succeeds": "Pod",
        "pod-is-gone": "Pod",
    }
