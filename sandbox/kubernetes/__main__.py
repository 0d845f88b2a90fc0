"""Serve the ``kubernetes`` stand-in to the engine."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from sandbox.kubernetes.cloud_backend import CloudClusters
from sandbox.kubernetes.engine_log import EngineLog
from sandbox.kubernetes.provider import KubernetesProvider
from sandbox.plugin import serve

CLOUD_FILE = "cloud.sqlite"


def _servicer() -> KubernetesProvider:
    root = os.environ.get("AKS_PLATFORM_SANDBOX")
    if not root:
        sys.exit(
            "AKS_PLATFORM_SANDBOX is not set: it names the directory of the sandbox. "
            "Run through `python -m sandbox`, which sets it."
        )
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    provider = KubernetesProvider(
        CloudClusters(Path(root) / CLOUD_FILE), EngineLog(arguments[0] if arguments else None)
    )
    signal.signal(signal.SIGINT, _ending_once_cancelled(provider))
    return provider


def _ending_once_cancelled(provider: KubernetesProvider) -> Callable[[int, FrameType | None], None]:
    """End at the engine's interrupt, which follows its Cancel; the engine waits 5 s for one that does not.

    Without a Cancel the interrupt comes from the terminal, and the engine wants to end in order.
    """

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        if provider.cancelled:
            # Every write was committed when it was answered: nothing is left to do.
            os._exit(0)

    return interrupted


if __name__ == "__main__":
    serve(_servicer)
