"""How the sandbox's user signs in to every cluster of the sandbox: with one token, which `kubelogin` prints.

In Azure, too, one Entra token is good for all AKS API servers. The holder of this one is an administrator:
the sandbox ignores the admin groups of a cluster.
"""

from __future__ import annotations

import os
import secrets
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Final

_FILE: Final = "sign-in.token"
SERVER_ID: Final = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The Entra application of all AKS API servers: https://learn.microsoft.com/azure/aks/kubelogin-authentication"""


def token(control_planes: Path) -> str:
    """The token of the sandbox whose control planes lie in *control_planes*; made where there is none yet."""
    file = control_planes / _FILE
    draft = file.with_name(f"{_FILE}.{os.getpid()}")
    if not file.exists():
        control_planes.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32), encoding="ascii")
        # Where another process has been faster, its token stays: there is one only.
        with suppress(FileExistsError):
            file.hardlink_to(draft)
        draft.unlink()
    return file.read_text(encoding="ascii")


def kubelogin(control_planes: Path) -> str:
    """A `kubelogin`, as a shell script, that knows `get-token` for AKS and never prompts."""
    file = shlex.quote(str(control_planes / _FILE))
    return f"""#!/bin/sh
case "$1 $*" in
  "get-token "*" --server-id {SERVER_ID}"*) ;;
  *) echo "the sandbox's kubelogin gets tokens of AKS only: get-token --server-id {SERVER_ID}" >&2; exit 1 ;;
esac
token=$(cat {file}) || exit 1
printf '{{"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", '
printf '"status": {{"token": "%s"}}}}' "$token"
"""
