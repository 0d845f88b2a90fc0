"""Helm itself, run against a cluster.

Each run has a home of its own: neither the repositories nor the plugins of the user's Helm play a part.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from time import monotonic
from typing import Final

_LOOK_SECONDS: Final = 0.05
_OBSERVE_SECONDS: Final = 1.0
_WHAT_FAILED: Final = re.compile(r"(INSTALLATION|UPGRADE) FAILED: ")

_running: Final[set[subprocess.Popen[str]]] = set()
_starting: Final = Lock()


class HelmError(Exception):
    """Helm refuses or fails; the text is Helm's."""


def run(
    arguments: Sequence[str], *, kubeconfig: Path | None = None, observe: Callable[[], None] | None = None
) -> str:
    """Run Helm and answer its standard output.

    Args:
        arguments: the command and its arguments.
        kubeconfig: the cluster to talk to; None for a command that needs none.
        observe: called each second while Helm runs.

    Raises:
        HelmError: it fails.
        sandbox.programs.console.SetupError: Helm can be neither downloaded nor built.
    """
    # Imported here: only a program with a Helm release has a use for it.
    from sandbox.programs import binaries  # noqa: PLC0415

    helm = binaries.ensure("helm")
    with TemporaryDirectory(prefix="helm-") as home, _started(helm, arguments, home, kubeconfig) as process:
        observed = monotonic()
        while True:
            try:
                output, errors = process.communicate(timeout=_LOOK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                if observe is not None and monotonic() - observed >= _OBSERVE_SECONDS:
                    observe()
                    observed = monotonic()
    if process.returncode:
        raise HelmError(_said(errors) or f"helm ended with exit code {process.returncode}")
    return output


def end_all() -> None:
    """Ask every Helm that runs to end; each marks its release as failed first."""
    with _starting:
        for process in _running:
            process.terminate()


@contextmanager
def _started(
    helm: Path, arguments: Sequence[str], home: str, kubeconfig: Path | None
) -> Iterator[subprocess.Popen[str]]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HELM_", "KUBE"))}
    environment |= {f"HELM_{name}_HOME": f"{home}/{name.lower()}" for name in ("CACHE", "CONFIG", "DATA")}
    environment["KUBECONFIG"] = str(kubeconfig or os.devnull)
    # The API server is on this computer, whatever proxy the environment names.
    environment["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1")))
    with _starting:
        process = subprocess.Popen(
            [helm, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        _running.add(process)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        with _starting:
            _running.discard(process)


def _said(errors: str) -> str:
    _, _, reason = errors.partition("Error: ")
    return _WHAT_FAILED.sub("", reason or errors, count=1).strip()
