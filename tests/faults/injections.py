"""What strikes a stack: each function goes by the name that faults.yaml gives it.

Those that strike while the stack is being built answer what the user is told.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal as signals
import socket
import subprocess
from typing import Final

import psutil

from sandbox.azure.cloud import Cloud
from sandbox.clusters.control_plane import all_of
from sandbox.engine.directory import CLOUD_FILE
from tests.faults.fault import Skipped
from tests.faults.trial import INGRESS, PLUGIN, STACK, Trial

_EARLIEST_SECONDS: Final = 1.0
_DISK_MEGABYTES: Final = 500
_CONTROLLER: Final = "nginx-ingress-controller"


def killed(trial: Trial, *, signal: list[str]) -> str:
    """An `up` that gets one of some signals at a random moment; SIGKILL gets every process of it."""
    number = signals.Signals[trial.dice.choice(signal)]
    with trial.start("up") as up:
        _wait_a_random_time(trial, up)
        with contextlib.suppress(psutil.NoSuchProcess):
            leader = psutil.Process(up.pid)
            everyone = [leader, *leader.children(recursive=True)] if number == signals.SIGKILL else [leader]
            for process in everyone:
                with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                    # Control planes are no part of it: they have sessions of their own.
                    if os.getsid(process.pid) == up.pid:
                        process.send_signal(number)
        return up.communicate()[0]


def disk_filled(trial: Trial) -> str:
    """An `up` whose disk is full from a random moment on; then somebody makes room, and looks."""
    trial.root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MEGABYTES}m", "tmpfs", str(trial.root)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        raise Skipped("only root can mount a small disk")
    trial.cleanup.callback(subprocess.run, ["umount", "--lazy", str(trial.root)], check=True)
    filler = trial.root / "lock.filler"
    with trial.start("up") as up, filler.open("wb", buffering=0) as file:
        _wait_a_random_time(trial, up)
        while up.poll() is None:
            with contextlib.suppress(OSError):
                while file.write(bytes(65536)):
                    pass
            with contextlib.suppress(subprocess.TimeoutExpired):
                up.wait(0.2)
        up.communicate()
    filler.unlink()
    return trial.run("preview")[1]


def _wait_a_random_time(trial: Trial, up: subprocess.Popen[str]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        up.wait(trial.dice.uniform(_EARLIEST_SECONDS, trial.seconds))


def program_killed(trial: Trial) -> None:
    """A random process of the control plane, its supervisor included."""
    (control_plane,) = all_of(trial.root)
    control_plane.ensure()
    supervisor = psutil.Process(int((control_plane.directory / "running.lock").read_text()))
    trial.dice.choice([supervisor, *supervisor.children(recursive=True)]).kill()


def control_plane_deleted(trial: Trial) -> None:
    """Its directory."""
    (control_plane,) = all_of(trial.root)
    control_plane.remove()


def state_cut_off(trial: Trial) -> None:
    """At a random place."""
    (state,) = (trial.root / "backend").glob(f".pulumi/stacks/*/{STACK}.json")
    text = state.read_text()
    state.write_text(text[: trial.dice.randrange(len(text))])


def backend_deleted(trial: Trial) -> None:
    """Every state."""
    shutil.rmtree(trial.root / "backend")


def lock_left(trial: Trial) -> None:
    """One whose process was killed, and is a zombie because nobody waits for it."""
    zombie = subprocess.Popen(["true"])
    trial.cleanup.callback(zombie.wait)
    holder = {"pid": zombie.pid, "username": "me", "hostname": socket.gethostname()}
    lock = (
        trial.root / "backend" / ".pulumi" / "locks" / "organization" / "aks-platform" / STACK / "left.json"
    )
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps(holder | {"timestamp": "2026-01-01T00:00:00Z"}))


def cloud_damaged(trial: Trial) -> None:
    """Random bytes in place of all of it."""
    for ending in ("-wal", "-shm"):
        (trial.root / f"{CLOUD_FILE}{ending}").unlink(missing_ok=True)
    (trial.root / CLOUD_FILE).write_bytes(trial.dice.randbytes(4096))


def deleted_in_azure(trial: Trial, *, type: str, name: str = "") -> None:  # noqa: A002 - Azure's word
    """A random resource of a type, with *name* in its name, and what goes with it."""
    with Cloud.open(trial.root / CLOUD_FILE) as cloud:
        found = [each for each in cloud.everything() if each.type.endswith(f"/{type}") and name in each.name]
        gone = trial.dice.choice(found)
        cloud.delete(gone.id)
        if group := gone.properties.get("nodeResourceGroup"):
            cloud.delete(f"{gone.id.lower().partition('/resourcegroups/')[0]}/resourceGroups/{group}")
    for control_plane in all_of(trial.root):
        if control_plane.goes_by(gone.id):
            control_plane.remove()


def deployment_deleted(trial: Trial) -> None:
    """The ingress controller's."""
    trial.apps().delete_namespaced_deployment(_CONTROLLER, INGRESS)


def service_deleted(trial: Trial) -> None:
    """The ingress controller's."""
    trial.project.core().delete_namespaced_service(_CONTROLLER, INGRESS)


def container_added(trial: Trial) -> None:
    """A second one in the device plugin's pods."""
    extra = {"name": "extra", "image": "example.invalid/extra"}
    patch = [{"op": "add", "path": "/spec/template/spec/containers/-", "value": extra}]
    trial.apps().patch_namespaced_daemon_set(*PLUGIN, patch)
