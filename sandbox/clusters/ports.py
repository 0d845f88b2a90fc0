"""A port of the loopback interface for a server that listens at the same one again after a restart.

It is below the ports that operating systems hand out to connections (Linux from 32768, macOS from 49152): one
of those could be taken between its choice and its use, and a connection to one on which nothing listens can
even reach itself.
"""

from __future__ import annotations

import random
import socket
from typing import Final

CHOICE: Final = range(20_000, 30_000)
"""The ports to choose from. Kubernetes begins its own, of Services of type NodePort, at 30000."""

LOOPBACK: Final = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a program could listen at *port*."""
    with socket.socket() as probe:
        # As servers do: the remains of a closed connection do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
    return True


def choose(kept: int | None) -> int:
    """*kept* if that is free, otherwise another free port.

    Raises:
        OSError: there is none.
    """
    for port in ([kept] if kept else []) + random.sample(CHOICE, len(CHOICE)):
        if is_free(port):
            return port
    raise OSError(f"no port from {CHOICE.start} to {CHOICE.stop - 1} is free")
