"""The control plane of one simulated AKS cluster, as its clients see it: there when it is asked for."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sandbox.clusters import api, ports
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.files import DEFAULT_SERVICE_CIDR, DIRECTORY, Files
from sandbox.programs import binaries

_CHECKOUT: Final = Path(__file__).resolve().parents[2]
_START_SECONDS: Final = 180.0
_STOP_SECONDS: Final = 15.0
_POLL_SECONDS: Final = 0.05
_LOG_LINES: Final = 5
_DEFAULT_SERVICE_ACCOUNT: Final = "/api/v1/namespaces/default/serviceaccounts/default"

# Supervisors outlive this process. Kept here, they are not reported as processes that were forgotten.
_STARTED: Final[list[subprocess.Popen[bytes]]] = []


class ControlPlaneError(Exception):
    """A control plane does not start or stop; the message says why and where its logs are."""


class ControlPlane:
    """etcd, kube-apiserver, kube-scheduler, kube-controller-manager and kwok for one simulated cluster.

    Making one of these starts nothing. Processes and data belong to the sandbox's root directory and to the
    cluster's Azure id (in any case), not to the calling process. Everything that runs ends with the
    supervisor, a process that stays until it is stopped or its directory is deleted.

    Attributes:
        root: the sandbox's directory.
        cluster_id: the cluster's Azure id.
        directory: where its data, certificates, logs and kubeconfig are; it may not exist.
    """

    def __init__(self, root: Path, cluster_id: str) -> None:
        """Stand for the cluster with the Azure id *cluster_id* in the sandbox at *root*."""
        self.root = root.resolve()
        self.cluster_id = cluster_id
        self._files = Files.of(self.root, cluster_id)
        self._supervisor_log = self._files.logs / "supervisor.log"
        self.directory = self._files.directory

    def goes_by(self, name: str) -> bool:
        """Whether *name* is the cluster's Azure id or the last part of it, in any case."""
        own = self.cluster_id.lower().rstrip("/")
        return name.lower() in (own, own.rsplit("/", 1)[-1])

    def ensure(self, service_cidr: str = DEFAULT_SERVICE_CIDR) -> Endpoint:
        """The endpoint of the control plane, which is started, and its programs installed, if necessary.

        Returns when the API server is ready and pods can be made in the namespace `default`.

        Args:
            service_cidr: where the addresses of Services come from, as `Choices` has it; used at the first
                start only.

        Raises:
            ControlPlaneError: it does not start.
            sandbox.programs.console.SetupError: its programs can neither be downloaded nor built.
        """
        if running := self.running():
            return running
        for server in binaries.SERVERS:
            binaries.ensure(server)
        self._files.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _held(self._files.start_lock):
            return self._started(service_cidr)

    def running(self) -> Endpoint | None:
        """The endpoint if the control plane is running and ready; starts nothing."""
        if not self._files.is_held():
            return None
        endpoint = self._files.endpoint()
        # Pods can be made once the controllers have made the service account of the namespace `default`.
        ready = endpoint is not None and api.answers(endpoint, "/readyz", _DEFAULT_SERVICE_ACCOUNT)
        return endpoint if ready else None

    def stop(self) -> None:
        """Stop its processes, if there are any, and return when they have ended; the data stay.

        Raises:
            ControlPlaneError: they do not stop.
        """
        if not self._files.directory.exists():
            return
        with _held(self._files.start_lock):
            self._stop()

    def remove(self) -> None:
        """Stop its processes and delete its directory.

        Raises:
            ControlPlaneError: they do not stop.
        """
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _started(self, service_cidr: str) -> Endpoint:
        deadline = time.monotonic() + _START_SECONDS
        supervisor: subprocess.Popen[bytes] | None = None
        while time.monotonic() < deadline:
            if ready := self.running():
                return ready
            if supervisor is not None and supervisor.poll() is not None:
                choices = self._files.read_choices()
                if choices is None or ports.is_free(choices.api_server_port):
                    raise ControlPlaneError(self._why("does not start"))
                # Another program has taken the port that the API server was to have.
                supervisor = None
            if supervisor is None and not self._files.is_held():
                self._files.prepare(self.cluster_id, service_cidr)
                supervisor = self._start_supervisor()
                _STARTED.append(supervisor)
            time.sleep(_POLL_SECONDS)
        self._stop()
        raise ControlPlaneError(self._why(f"is not ready after {_START_SECONDS:.0f} s"))

    def _start_supervisor(self) -> subprocess.Popen[bytes]:
        for log in self._files.logs.glob("*.log"):
            log.replace(log.with_suffix(".log.before"))
        with self._supervisor_log.open("ab") as output:
            return subprocess.Popen(
                [
                    sys.executable, "-m", "sandbox.clusters", "serve",
                    "--root", str(self.root), "--cluster", self.cluster_id,
                ],
                cwd=_CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )  # fmt: skip

    def _stop(self) -> None:
        start = time.monotonic()
        asked = False
        while self._files.is_held():
            elapsed = time.monotonic() - start
            if elapsed > 2 * _STOP_SECONDS:
                raise ControlPlaneError(self._why("does not end"))
            if not asked or elapsed > _STOP_SECONDS:
                asked = self._signal(signal.SIGTERM if elapsed <= _STOP_SECONDS else signal.SIGKILL)
            time.sleep(_POLL_SECONDS)

    def _signal(self, number: signal.Signals) -> bool:
        """Send the supervisor a signal; False if it has not written its process id yet."""
        written = self._files.lock.read_text(encoding="ascii")
        if not written:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(written), number)
        return True

    def _why(self, what: str) -> str:
        said: list[str] = []
        with contextlib.suppress(OSError):
            said = self._supervisor_log.read_text(encoding="utf-8").splitlines()[-_LOG_LINES:]
        first = f"The control plane of {self.cluster_id} {what}. Its logs are in {self._files.logs}."
        return "\n  ".join([first, *said])


def all_of(root: Path) -> list[ControlPlane]:
    """The control planes of the sandbox at *root*, running or not."""
    found = (Files(directory).read_choices() for directory in sorted((root / DIRECTORY).glob("*")))
    return [ControlPlane(root, choices.cluster_id) for choices in found if choices is not None]


def remove_all(root: Path) -> None:
    """Stop all control planes of the sandbox at *root* and delete their data."""
    for control_plane in all_of(root):
        control_plane.remove()
    shutil.rmtree(root / DIRECTORY, ignore_errors=True)


@contextlib.contextmanager
def _held(lock: Path) -> Iterator[None]:
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
