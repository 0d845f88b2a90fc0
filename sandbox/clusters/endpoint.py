"""How a client reaches a control plane."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Endpoint:
    """The API server of a running control plane, and its administrator's credentials.

    Attributes:
        server: its address, `https://127.0.0.1:<port>`; the port stays the same over restarts.
        certificate_authority: the file with the certificate (PEM) that signed the server's.
        token: the bearer token of a member of `system:masters`.
        kubeconfig: a file with all of the above, for `kubectl --kubeconfig`.
    """

    server: str
    certificate_authority: Path
    token: str
    kubeconfig: Path
