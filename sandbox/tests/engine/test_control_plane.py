"""Real control planes: etcd, the API server, the scheduler, the controllers and kwok."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from sandbox.clusters import ports
from sandbox.clusters.api import Api
from sandbox.clusters.control_plane import ControlPlane, all_of, remove_all
from sandbox.clusters.files import Files
from sandbox.programs import binaries
from sandbox.tests.engine.waiting import until

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("control-plane")]

CLUSTER = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
    "/providers/Microsoft.ContainerService/managedClusters/aks-test"
)
RUNNING = {"supervisor", "guard", *binaries.SERVERS}


@pytest.fixture(scope="session", autouse=True)
def _programs() -> None:
    for server in binaries.SERVERS:
        binaries.ensure(server)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("a sandbox")
    yield root
    remove_all(root)


@pytest.fixture(scope="module")
def shared(root: Path) -> ControlPlane:
    """A control plane that all tests of this file may find stopped, and leave stopped."""
    return ControlPlane(root, CLUSTER)


def _api(control_plane: ControlPlane) -> Any:
    return config.new_client_from_config(str(control_plane.ensure().kubeconfig))


def _core(control_plane: ControlPlane) -> Any:
    return client.CoreV1Api(_api(control_plane))


def _processes(control_plane: ControlPlane) -> dict[str, int]:
    """The process ids of what runs for *control_plane*, by the name of the program."""
    found: dict[str, int] = {}
    running = {process.pid: process.info for process in psutil.process_iter(["ppid", "cmdline", "cwd"])}
    ours = {"serve", str(control_plane.root)}
    serving = {pid for pid, each in running.items() if ours <= {*(each["cmdline"] or ())}}
    for pid, each in running.items():
        if pid in serving:
            # A program that is being started has its supervisor's command line until it has its own.
            if each["ppid"] not in serving:
                assert "supervisor" not in found
                found["supervisor"] = pid
        elif (each["cwd"] or "").startswith(str(control_plane.directory)):
            program = Path((each["cmdline"] or [""])[0]).name
            found[program if program in binaries.SERVERS else "guard"] = pid
    return found


def _all_processes(control_plane: ControlPlane) -> dict[str, int]:
    """The same once all run: those that need the API server are started after it is ready."""
    control_plane.ensure()
    return until(lambda: set(found := _processes(control_plane)) == RUNNING and found)


def _config_map(name: str) -> Any:
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name), data={"kept": "yes"})


def test_a_control_plane_answers_with_its_version_and_every_program_runs(shared: ControlPlane) -> None:
    endpoint = shared.ensure()
    assert Api(endpoint).get("/version")["gitVersion"] == "v1.36.3"
    assert set(_all_processes(shared)) == RUNNING
    assert shared.running() == endpoint
    assert shared.ensure() == endpoint


@pytest.mark.skipif(shutil.which("ss") is None, reason="nothing here tells who listens")
def test_it_listens_on_loopback_only_and_turns_strangers_away(shared: ControlPlane) -> None:
    endpoint = shared.ensure()
    listening = subprocess.check_output(["ss", "-Hltnp"], text=True).splitlines()
    pids = _all_processes(shared).values()
    ours = [line.split()[3] for line in listening if any(f"pid={pid}," in line for pid in pids)]
    assert ours == [endpoint.server.removeprefix("https://")]
    stranger = client.Configuration()
    stranger.host, stranger.ssl_ca_cert = endpoint.server, str(endpoint.certificate_authority)
    with pytest.raises(ApiException, match=r"\(403\)"):
        client.CoreV1Api(client.ApiClient(stranger)).list_node()


def test_a_program_that_is_killed_is_started_again(shared: ControlPlane) -> None:
    before = _all_processes(shared)
    for name in RUNNING - {"supervisor"}:
        os.kill(before[name], signal.SIGKILL)
    after = until(lambda: set(found := _processes(shared)) == RUNNING and found)
    assert {name for name in RUNNING if after[name] == before[name]} == {"supervisor"}
    until(shared.running)


def test_a_supervisor_that_is_killed_leaves_nothing_running_and_the_next_one_goes_on(
    shared: ControlPlane,
) -> None:
    shared.ensure()
    _core(shared).create_namespaced_config_map("default", _config_map("before-the-crash"))
    os.kill(_processes(shared)["supervisor"], signal.SIGKILL)
    until(lambda: not _processes(shared))
    assert shared.running() is None
    core = _core(shared)
    assert core.read_namespaced_config_map("before-the-crash", "default").data == {"kept": "yes"}


@pytest.fixture
def node(shared: ControlPlane) -> Iterator[None]:
    """A node that kwok plays, and no pod on it in the end."""
    core = _core(shared)
    core.create_node(_node("node-1"))
    core.patch_node_status("node-1", {"status": {"capacity": CAPACITY, "allocatable": CAPACITY}})
    yield
    until(lambda: not core.list_namespaced_pod("default").items)
    core.delete_node("node-1")


@pytest.mark.usefixtures("node")
def test_pods_run_on_a_node_that_kwok_plays_and_what_fits_none_stays_pending(shared: ControlPlane) -> None:
    core: Any = _core(shared)
    apps: Any = client.AppsV1Api(_api(shared))
    apps.create_namespaced_deployment("default", _deployment("small", replicas=3, cpu="100m"))
    apps.create_namespaced_deployment("default", _deployment("large", replicas=1, cpu="100"))

    until(lambda: apps.read_namespaced_deployment("small", "default").status.available_replicas == 3)
    pods = core.list_namespaced_pod("default", label_selector="app=small").items
    assert {(pod.status.phase, pod.spec.node_name) for pod in pods} == {("Running", "node-1")}
    assert len({pod.status.pod_ip for pod in pods}) == 3
    (large,) = core.list_namespaced_pod("default", label_selector="app=large").items
    until(
        lambda: [
            condition.message
            for condition in core.read_namespaced_pod(large.metadata.name, "default").status.conditions or []
            if condition.reason == "Unschedulable" and "1 Insufficient cpu" in condition.message
        ]
    )

    for name in ("small", "large"):
        apps.delete_namespaced_deployment(name, "default")


@pytest.mark.usefixtures("node")
def test_a_job_on_a_node_that_kwok_plays_succeeds(shared: ControlPlane) -> None:
    batch: Any = client.BatchV1Api(_api(shared))
    template = _deployment("job", replicas=1, cpu="100m").spec.template
    template.spec.restart_policy = "Never"
    job = client.V1Job(metadata=client.V1ObjectMeta(name="job"), spec=client.V1JobSpec(template=template))
    batch.create_namespaced_job("default", job)
    until(lambda: batch.read_namespaced_job("job", "default").status.succeeded == 1)
    batch.delete_namespaced_job("job", "default", propagation_policy="Background")


@pytest.mark.usefixtures("node")
def test_clients_that_need_it_after_a_stop_start_it_once_with_all_that_it_held(shared: ControlPlane) -> None:
    before = shared.ensure()
    holder = until(lambda: _lease(shared)).holder_identity
    _core(shared).create_namespaced_config_map("default", _config_map("kept"))
    shared.stop()
    assert _processes(shared) == {}
    assert shared.running() is None

    start = [sys.executable, "-m", "sandbox.clusters", "start", "--root", str(shared.root)]
    clients = [
        subprocess.Popen(
            [*start, "--cluster", CLUSTER], cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert [started.communicate()[0] for started in clients] == [f"{shared.directory}/kubeconfig\n"] * 3
    assert set(_all_processes(shared)) == RUNNING
    assert shared.ensure() == before
    assert _core(shared).read_namespaced_config_map("kept", "default").data == {"kept": "yes"}
    lease = until(lambda: (found := _lease(shared)) and found.holder_identity != holder and found)
    assert lease.lease_transitions is None, "a lease that had to run out would tell of its last holder"


def _lease(control_plane: ControlPlane) -> Any:
    """What the lease of the node that kwok plays says, if there is one."""
    found: Any = client.CoordinationV1Api(_api(control_plane))
    try:
        return found.read_namespaced_lease("node-1", "kube-node-lease").spec
    except ApiException:
        return None


def test_a_namespace_is_deleted_with_all_that_is_in_it(shared: ControlPlane) -> None:
    core = _core(shared)
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name="short-lived")))
    core.create_namespaced_config_map("short-lived", _config_map("goes-too"))
    core.delete_namespace("short-lived")
    until(lambda: "short-lived" not in {found.metadata.name for found in core.list_namespace().items})


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """The control plane of the same cluster in another sandbox."""
    root = tmp_path_factory.mktemp("another sandbox")
    yield ControlPlane(root, CLUSTER)
    remove_all(root)
    assert list(root.iterdir()) == []


def test_a_port_that_another_program_takes_in_the_last_moment_is_given_up(
    other: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose = ports.choose
    with socket.socket() as thief:

        def robbed(kept: int | None) -> int:
            chosen = choose(kept)
            if thief.getsockname()[1] == 0:
                thief.bind(("127.0.0.1", chosen))
                thief.listen()
            return chosen

        monkeypatch.setattr(ports, "choose", robbed)
        endpoint = other.ensure()
        assert not endpoint.server.endswith(f":{thief.getsockname()[1]}")
    assert Api(endpoint).get("/version")["gitVersion"] == "v1.36.3"


def test_two_sandboxes_side_by_side_share_nothing_and_removal_leaves_nothing(
    shared: ControlPlane, other: ControlPlane
) -> None:
    assert other.ensure().server != shared.ensure().server
    _core(other).create_namespaced_config_map("default", _config_map("only-here"))
    with pytest.raises(ApiException, match=r"\(404\)"):
        _core(shared).read_namespaced_config_map("only-here", "default")
    assert [found.cluster_id for found in all_of(other.root)] == [CLUSTER]
    other.remove()
    assert _processes(other) == {}
    assert all_of(other.root) == []
    assert not Files.of(other.root, CLUSTER).directory.exists()
    assert set(_all_processes(shared)) == RUNNING
    other.remove()


def test_a_control_plane_whose_directory_is_deleted_ends(shared: ControlPlane) -> None:
    shared.ensure()
    try:
        shutil.rmtree(shared.directory, ignore_errors=True)
        until(lambda: not _processes(shared))
    finally:
        for pid in _processes(shared).values():
            os.kill(pid, signal.SIGKILL)


CAPACITY = {"cpu": "4", "memory": "16Gi", "pods": "30"}


def _node(name: str) -> Any:
    return client.V1Node(
        metadata=client.V1ObjectMeta(
            name=name,
            annotations={"kwok.x-k8s.io/node": "fake"},
            labels={"kubernetes.io/hostname": name},
        )
    )


def _deployment(name: str, replicas: int, cpu: str) -> Any:
    container = client.V1Container(
        name="app",
        image="example.invalid/app",
        resources=client.V1ResourceRequirements(requests={"cpu": cpu}),
    )
    labels = {"app": name}
    return client.V1Deployment(
        metadata=client.V1ObjectMeta(name=name),
        spec=client.V1DeploymentSpec(
            replicas=replicas,
            selector=client.V1LabelSelector(match_labels=labels),
            template=client.V1PodTemplateSpec(
                metadata=client.V1ObjectMeta(labels=labels),
                spec=client.V1PodSpec(containers=[container]),
            ),
        ),
    )
