"""Pulumi's own Kubernetes provider in the home of a Pulumi CLI, run so that it meets the sandbox alone.

Its kubeconfigs sign in by the sandbox's `kubelogin`, and its charts come from the sandbox's registry.
"""

from __future__ import annotations

import shlex
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

from sandbox.clusters import sign_in
from sandbox.clusters.charts.registry import AUTHORITY_FILE
from sandbox.clusters.files import DIRECTORY
from sandbox.engine.directory import write
from sandbox.programs.binaries import KUBERNETES_PROVIDER, PROGRAMS

PROXY_VARIABLE: Final = "AKS_PLATFORM_CHART_REGISTRY"
"""The environment variable that tells the plugin the address of the chart registry's proxy."""

_REMEDY: Final = "Run 'python -m sandbox.clusters build' first."
_ON_LINUX: Final = sys.platform == "linux"

# An engine that is killed leaves its plugins behind. The provider itself looks every five minutes whether its
# engine is still there; Linux can tell it at once (PR_SET_PDEATHSIG, SIGKILL).
_ENDS_WITH_ENGINE: Final = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])"
)


def sdk_version() -> str | None:
    """The version of the provider that programs ask for here; None where none can: there is no SDK of it."""
    try:
        return metadata.version("pulumi-kubernetes")
    except metadata.PackageNotFoundError:
        return None


def directory(home: Path) -> Path:
    """The directory of the plugin in the *home* of a CLI; `kubelogin` is in its `bin`."""
    return home / "plugins" / f"resource-kubernetes-v{sdk_version()}"


def install(home: Path, root: Path) -> None:
    """Write the plugin into *home*, where programs can ask for it.

    Args:
        home: the CLI's home.
        root: the sandbox's directory.
    """
    if sdk_version() is None:
        return
    plugin = directory(home)
    write(plugin / "bin" / "kubelogin", sign_in.kubelogin(root / DIRECTORY), mode=0o755)
    write(plugin / KUBERNETES_PROVIDER, _script(plugin, home / AUTHORITY_FILE), mode=0o755)


def _script(directory: Path, authority: Path) -> str:
    helm = shlex.quote(str(directory / "helm"))
    launcher = f"{shlex.quote(sys.executable)} -IS -c {shlex.quote(_ENDS_WITH_ENGINE)} " * _ON_LINUX
    program = shlex.quote(str(PROGRAMS[KUBERNETES_PROVIDER].path))
    return f"""#!/bin/sh
export PATH={shlex.quote(str(directory / "bin"))}:"$PATH"
export HTTPS_PROXY="${PROXY_VARIABLE}" NO_PROXY= no_proxy=
export SSL_CERT_FILE={shlex.quote(str(authority))}
# Neither the repositories nor the logins of the user's Helm and Docker play a part.
export HELM_CACHE_HOME={helm}/cache HELM_CONFIG_HOME={helm}/config HELM_DATA_HOME={helm}/data
export DOCKER_CONFIG={helm}/docker
[ -x {program} ] || {{ echo "There is no {PROGRAMS[KUBERNETES_PROVIDER].title} yet. {_REMEDY}" >&2; exit 1; }}
exec {launcher}{program} "$@"
"""
