"""Control planes that do not run: how they are reported and removed. Real ones: tests/engine."""

from __future__ import annotations

import fcntl
import subprocess
from pathlib import Path

import pytest

from sandbox.clusters.__main__ import main
from sandbox.clusters.control_plane import ControlPlane, all_of, remove_all
from sandbox.clusters.files import DEFAULT_SERVICE_CIDR, Files

BASE = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups"
TYPE = "providers/Microsoft.ContainerService/managedClusters"
FIRST, SECOND = f"{BASE}/one/{TYPE}/aks", f"{BASE}/two/{TYPE}/aks"


def _prepared(root: Path, cluster_id: str) -> ControlPlane:
    Files.of(root, cluster_id).prepare(cluster_id, DEFAULT_SERVICE_CIDR)
    return ControlPlane(root, cluster_id)


def test_one_that_was_never_started_does_not_run_and_has_nothing_to_stop(tmp_path: Path) -> None:
    control_plane = ControlPlane(tmp_path, FIRST)
    assert control_plane.running() is None
    control_plane.stop()
    control_plane.remove()
    remove_all(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_those_of_a_sandbox_are_found_by_what_lies_there(tmp_path: Path) -> None:
    assert all_of(tmp_path) == []
    _prepared(tmp_path, FIRST)
    _prepared(tmp_path, SECOND)
    (tmp_path / "control-planes" / "half-made").mkdir()
    assert {found.cluster_id for found in all_of(tmp_path)} == {FIRST, SECOND}
    remove_all(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_those_who_only_ask_do_not_take_each_other_for_a_supervisor(tmp_path: Path) -> None:
    control_plane = _prepared(tmp_path, FIRST)
    lock = Files.of(tmp_path, FIRST).lock
    # Left by a supervisor that ended: its process id belongs to a stranger by now.
    with subprocess.Popen(["sleep", "60"]) as stranger, lock.open("wb") as asking:
        asking.write(str(stranger.pid).encode())
        asking.flush()
        fcntl.flock(asking, fcntl.LOCK_SH)
        assert control_plane.running() is None
        control_plane.stop()
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("name", ["aks", "AKS", FIRST, FIRST.upper()])
def test_a_cluster_goes_by_its_id_and_its_name_in_any_case(tmp_path: Path, name: str) -> None:
    control_plane = ControlPlane(tmp_path, FIRST)
    assert control_plane.goes_by(name)
    assert not control_plane.goes_by("ak")


def test_status_tells_of_each_that_it_is_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _prepared(tmp_path, FIRST)
    assert main(["status", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"stopped  {FIRST}\n"


def test_kubectl_without_a_cluster_says_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kubectl", "--root", str(tmp_path), "--", "get", "nodes"]) == 1
    assert capsys.readouterr().err == "error: There is no cluster here. Build one with `make up` first.\n"


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ([], "There are several clusters here"),
        (["--cluster", "aks"], "None, or more than one, of the clusters here goes by `aks`"),
        (["--cluster", "other"], "None, or more than one, of the clusters here goes by `other`"),
    ],
)
def test_kubectl_asks_which_of_several_clusters_is_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], wrong: str
) -> None:
    _prepared(tmp_path, FIRST)
    _prepared(tmp_path, SECOND)
    assert main(["kubectl", "--root", str(tmp_path), *arguments, "--", "get", "nodes"]) == 1
    first, *listed = capsys.readouterr().err.splitlines()
    assert first == f"error: {wrong}. Name one of these by its id with --cluster:"
    assert sorted(listed) == [f"  {FIRST}", f"  {SECOND}"]
