"""The leases by which kwok holds the nodes that it plays."""

from __future__ import annotations

import contextlib
import http.client
from typing import Final

from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.request import ask

_LEASES: Final = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"


def release(endpoint: Endpoint) -> None:
    """Take the leases from a kwok that has ended.

    Each kwok has a name of its own, and the next one would wait up to 40 s until those of the last have run
    out: meanwhile no pod starts. Without an answer nothing is released, and it waits.
    """
    with contextlib.suppress(OSError, http.client.HTTPException):
        ask(endpoint, _LEASES, "DELETE")
