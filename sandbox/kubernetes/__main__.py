"""Serve the ``kubernetes`` stand-in to the engine."""

import os
import sys
from pathlib import Path

from sandbox.engine.directory import ROOT_VARIABLE
from sandbox.engine.plugin import serve
from sandbox.kubernetes.api_server_clusters import ApiServerClusters
from sandbox.kubernetes.engine_log import EngineLog
from sandbox.kubernetes.provider import KubernetesProvider


def _servicer() -> KubernetesProvider:
    root = os.environ.get(ROOT_VARIABLE)
    if not root:
        sys.exit(
            f"{ROOT_VARIABLE} is not set: it names the directory of the sandbox. "
            "Run through `python -m sandbox`, which sets it."
        )
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    log = EngineLog(arguments[0] if arguments else None)
    return KubernetesProvider(ApiServerClusters(Path(root)), log)


if __name__ == "__main__":
    serve(_servicer)
