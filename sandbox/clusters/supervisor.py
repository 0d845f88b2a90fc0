"""The process behind a control plane: it starts the programs, keeps them running, and takes them along."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandbox.clusters import commands, node_leases, readiness
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.files import Files
from sandbox.clusters.processes import Process
from sandbox.programs import binaries

_POLL_SECONDS: Final = 0.3
_RESTART_SECONDS: Final = 1.0
_START_SECONDS: Final = 120.0
_ETCD_STOP_SECONDS: Final = 3.0
_LOCK_SECONDS: Final = 2.0
_MOST_RESTARTS: Final = 5
_CALM_SECONDS: Final = 60.0
_BEFORE_START: Final[Mapping[str, Callable[[Endpoint], None]]] = {"kwok": node_leases.release}


class SupervisorError(Exception):
    """The control plane cannot go on; the message says why."""


def serve(root: Path, cluster_id: str) -> None:
    """Run the control plane until SIGTERM, or until its directory is gone.

    Another supervisor of the same control plane makes this one return at once.

    Raises:
        SupervisorError: a program does not get ready, or ends again and again.
    """
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    files = Files.of(root, cluster_id)
    lock = _lock(files.lock)
    if lock is None:
        return
    supervisor = _Supervisor(root, cluster_id, files, lock, stopping)
    try:
        supervisor.run()
    finally:
        stopping.set()
        supervisor.stop()


def _lock(path: Path) -> int | None:
    """Take *path*, with this process's id in it, until this process ends; None where another has it.

    Returns the file descriptor.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    # Those who only ask whether there is a supervisor hold the lock too, for an instant.
    deadline = time.monotonic() + _LOCK_SECONDS
    while time.monotonic() < deadline:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
            return descriptor
    os.close(descriptor)
    return None


@dataclass
class _Supervisor:
    root: Path
    cluster_id: str
    files: Files
    lock: int
    stopping: threading.Event
    processes: dict[str, Process] = field(default_factory=dict)
    ends: dict[str, list[float]] = field(default_factory=dict)

    def run(self) -> None:
        choices = self.files.read_choices()
        if choices is None:
            raise SupervisorError(f"{self.files.choices} is missing")
        if taken := choices.taken_ports:
            raise SupervisorError(f"another program listens at port {taken[0]}")
        arguments = {
            "etcd": commands.etcd(self.files, choices),
            "kube-apiserver": commands.kube_apiserver(self.files, choices),
            "kube-controller-manager": commands.kube_controller_manager(self.files),
            "kube-scheduler": commands.kube_scheduler(self.files),
            "kwok": commands.kwok(self.files),
        }
        endpoint = self._endpoint()
        self._start("etcd", arguments)
        self._wait("etcd", lambda: readiness.listens(choices.etcd_port), arguments)
        self._start("kube-apiserver", arguments)
        self._wait("kube-apiserver", lambda: readiness.is_ready(endpoint), arguments)
        for name in arguments:
            if name not in self.processes:
                self._start(name, arguments)
        threading.Thread(target=self._run_loop, args=(endpoint,), daemon=True).start()
        while not self.stopping.wait(_POLL_SECONDS) and self.files.choices.exists():
            self._restart_ended(arguments)

    def stop(self) -> None:
        # All but etcd keep nothing of their own.
        for name in [*self.processes][::-1]:
            self.processes.pop(name).stop(_ETCD_STOP_SECONDS if name == "etcd" else 0)

    def _wait(self, name: str, ready: Callable[[], bool], arguments: dict[str, list[str]]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not ready():
            if self.stopping.is_set() or not self.files.choices.exists():
                return
            if time.monotonic() > deadline:
                raise SupervisorError(f"{name} is not ready after {_START_SECONDS:.0f} s")
            self._restart_ended(arguments)
            time.sleep(0.05)

    def _restart_ended(self, arguments: dict[str, list[str]]) -> None:
        for name, process in list(self.processes.items()):
            if process.exit_code is None:
                continue
            now = time.monotonic()
            lately = [end for end in self.ends.get(name, []) if end > now - _CALM_SECONDS]
            self.ends[name] = [*lately, now]
            if len(lately) == _MOST_RESTARTS:
                raise SupervisorError(
                    f"{name} ended {_MOST_RESTARTS + 1} times, at last with {process.exit_code}"
                )
            _log(f"{name} ended with {process.exit_code}; it is started again")
            process.stop(0)
            self.stopping.wait(_RESTART_SECONDS)
            self._start(name, arguments)

    def _start(self, name: str, arguments: dict[str, list[str]]) -> None:
        if self.stopping.is_set():
            return
        if name in _BEFORE_START:
            _BEFORE_START[name](self._endpoint())
        self.processes[name] = Process(
            [str(binaries.PROGRAMS[name].path), *arguments[name]],
            log=self.files.logs / f"{name}.log",
            # None of the user's: a kubeconfig, a proxy or a setting of Go's would change what runs.
            environment={"HOME": str(self.files.directory), "PATH": os.defpath},
            keep_open=self.lock,
        )

    def _endpoint(self) -> Endpoint:
        endpoint = self.files.endpoint()
        if endpoint is None:
            raise SupervisorError(f"{self.files.tokens} is missing")
        return endpoint

    def _run_loop(self, endpoint: Endpoint) -> None:
        # Imported here: the programs have started by now, and need not wait for the client's half a second.
        from sandbox.clusters.nodes import loop  # noqa: PLC0415

        while not self.stopping.is_set():
            try:
                loop.run(endpoint, self.root, self.cluster_id, self.stopping)
            except Exception:  # noqa: BLE001 - whatever it is, the nodes must not stay behind for good.
                if not self.stopping.is_set():
                    with (self.files.logs / "nodes.log").open("a", encoding="utf-8") as log:
                        traceback.print_exc(file=log)
            self.stopping.wait(_RESTART_SECONDS)


def _log(text: str) -> None:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}", file=sys.stderr, flush=True)
