"""The environment variables that the Pulumi CLI runs with in the sandbox."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from sandbox.engine.directory import ROOT_VARIABLE

SUBSCRIPTION_ID: Final = "00000000-0000-0000-0000-000000000001"
TENANT_ID: Final = "00000000-0000-0000-0000-000000000002"

ENCRYPTION_SALT: Final = "v1:lRYi8NSWHGU=:v1:SaVtDi5nbJgmLy95:oh4du0O4XVAgdxrJ3/PTMq9e7vO6Gw=="
"""Tells Pulumi how a stack is encrypted with the sandbox's passphrase; made by `pulumi stack init`."""

_PASSPHRASE: Final = "sandbox"  # noqa: S105 - it guards nothing: no true secret enters a sandbox.
_FOREIGN: Final = ("PULUMI_", "ARM_", "AZURE_", "KUBECONFIG", "K8S_")
_KEPT: Final = ("PULUMI_K8S_DELETE_UNREACHABLE", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE")
"""What the Kubernetes provider's own messages tell users to set for one command."""


def environment(root: Path, *, home: Path, backend: Path, signed_in: bool) -> dict[str, str]:
    """The user's variables without those that name their clouds, clusters and Pulumi, and the sandbox's own.

    Args:
        root: the sandbox's directory.
        home: the CLI's home, where it looks for plugins.
        backend: the directory that keeps the state of stacks.
        signed_in: whether the user is signed in to the simulated Azure.
    """
    kept = {
        name: value for name, value in os.environ.items() if name in _KEPT or not name.startswith(_FOREIGN)
    }
    account = {"ARM_SUBSCRIPTION_ID": SUBSCRIPTION_ID, "ARM_TENANT_ID": TENANT_ID} if signed_in else {}
    local = ",".join(filter(None, (kept.get("no_proxy") or kept.get("NO_PROXY"), "127.0.0.1", "localhost")))
    return kept | {
        "PULUMI_HOME": str(home),
        # A kill between a file and its attributes would make the state unreadable.
        "PULUMI_BACKEND_URL": f"{backend.as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        **account,
        ROOT_VARIABLE: str(root),
        "no_proxy": local,
        "NO_PROXY": local,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", os.defpath))),
    }
