"""The process behind a control plane: starts the programs, keeps them running, and ends them with itself."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandbox.clusters import api, commands, ports
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.files import Files
from sandbox.programs import binaries

_POLL_SECONDS: Final = 0.3
_RESTART_SECONDS: Final = 1.0
_START_SECONDS: Final = 120.0
_ETCD_STOP_SECONDS: Final = 3.0
_LOCK_SECONDS: Final = 2.0
_MOST_RESTARTS: Final = 5
_CALM_SECONDS: Final = 60.0
_NODE_LEASES: Final = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"

_GUARD: Final = "import os, signal, sys; sys.stdin.read(); os.killpg(int(sys.argv[1]), signal.SIGKILL)"
"""Kills a process group at the end of its standard input, which is the end of the process that holds it."""


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
    choices, endpoint = files.read_choices(), files.endpoint()
    if choices is None or endpoint is None:
        raise SupervisorError(f"{files.choices} is missing")
    # Before the lock: who waits for the API server would ask the other program, which may never answer.
    if not files.is_held() and not ports.is_free(choices.api_server_port):
        raise SupervisorError(f"another program listens at port {choices.api_server_port}")
    lock = _lock(files.lock)
    if lock is None:
        return
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    command_lines = {"guard": [sys.executable, "-IS", "-c", _GUARD, str(os.getpgrp())]}
    for name, arguments in commands.of(choices).items():
        command_lines[name] = [str(binaries.PROGRAMS[name].path), *arguments]
    supervisor = _Supervisor(files, endpoint, command_lines, lock, stopping)
    try:
        supervisor.start()
        # Imported here, so that the programs do not wait for it.
        from sandbox.clusters.nodes import loop  # noqa: PLC0415

        arguments = (endpoint, root, cluster_id, stopping)
        threading.Thread(target=loop.run, args=arguments, daemon=True).start()
        supervisor.watch()
    finally:
        stopping.set()
        supervisor.stop()


def _lock(path: Path) -> int | None:
    """Take *path*, with this process's id in it, until this process ends; None where another has it.

    Returns the file descriptor.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    # A process that checks whether there is a supervisor holds the lock for a moment.
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
    files: Files
    endpoint: Endpoint
    command_lines: dict[str, list[str]]
    lock: int
    stopping: threading.Event
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ends: dict[str, list[float]] = field(default_factory=dict)

    def start(self) -> None:
        """Start the programs, each when those that it needs are ready."""
        ready: dict[str, Callable[[], bool]] = {
            "etcd": (self.files.directory / commands.ETCD_SOCKET).is_socket,
            "kube-apiserver": lambda: api.answers(self.endpoint, "/readyz"),
        }
        for name in self.command_lines:
            self._start(name)
            if name in ready:
                self._wait(name, ready[name])

    def watch(self) -> None:
        """Start again what ends, for as long as the control plane is wanted."""
        while not self.stopping.wait(_POLL_SECONDS) and self.files.choices.exists():
            self._restart_ended()

    def stop(self) -> None:
        """End the programs. Only etcd has anything to lose."""
        for name, process in reversed(self.processes.items()):
            process.terminate() if name == "etcd" else process.kill()
        for process in self.processes.values():
            try:
                process.wait(_ETCD_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not (self.stopping.is_set() or ready()) and self.files.choices.exists():
            if time.monotonic() > deadline:
                raise SupervisorError(f"{name} is not ready after {_START_SECONDS:.0f} s")
            self._restart_ended()
            time.sleep(0.05)

    def _restart_ended(self) -> None:
        for name, process in list(self.processes.items()):
            if process.poll() is None:
                continue
            now = time.monotonic()
            lately = [end for end in self.ends.get(name, []) if end > now - _CALM_SECONDS]
            self.ends[name] = [*lately, now]
            if len(lately) == _MOST_RESTARTS:
                raise SupervisorError(
                    f"{name} ended {_MOST_RESTARTS + 1} times, at last with {process.returncode}"
                )
            ended = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {name} ended with {process.returncode}"
            print(f"{ended}; starting it again", file=sys.stderr, flush=True)
            self.stopping.wait(_RESTART_SECONDS)
            self._start(name)

    def _start(self, name: str) -> None:
        if self.stopping.is_set():
            return
        if name == "etcd":
            (self.files.directory / commands.ETCD_SOCKET).unlink(missing_ok=True)
        if name == "kwok":
            self._release_nodes()
        with (self.files.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command_lines[name],
                cwd=self.files.directory,
                # Nothing of the user's: a kubeconfig, a proxy or a Go setting would change what runs.
                env={"HOME": str(self.files.directory), "PATH": os.defpath},
                # Never written to: its end tells the guard that this process has ended.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(self.lock,),
                process_group=0 if name == "guard" else None,
            )

    def _release_nodes(self) -> None:
        """Take the leases of nodes from a kwok that has ended.

        Each kwok has its own name, and the next one would wait up to 40 s until those of the last have
        run out: meanwhile no pod starts. Without an answer nothing is released, and it waits.
        """
        with suppress(api.ApiError, *api.UNREACHABLE):
            api.Api(self.endpoint).delete(_NODE_LEASES)
