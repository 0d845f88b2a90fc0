"""Ports of the loopback interface for programs that listen at the same one again after a restart.

They are taken from below those that operating systems give out by themselves (Linux from 32768 on, macOS from
49152): of these any connection that a program opens may get one between its choice and its use, and a
connection to one that nobody listens at may even reach itself.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Sequence
from typing import Final

CHOICE: Final = range(20_000, 30_000)
"""The ports to choose from. Kubernetes begins its own, of Services of type NodePort, at 30000."""

LOOPBACK: Final = "127.0.0.1"
"""The address at which everything of a control plane listens."""


def is_free(port: int) -> bool:
    """Whether a program could listen at *port*."""
    with socket.socket() as probe:
        # As servers do: what is left of a connection that has ended keeps none of them away.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
    return True


def choose(kept: Sequence[int | None]) -> list[int]:
    """As many different free ports as are *kept*: each of them where it is free, another where it is not.

    Args:
        kept: the ports of before, None where there was none.

    Raises:
        OSError: there are not enough free ones.
    """
    others = (port for port in random.sample(CHOICE, len(CHOICE)) if port not in kept and is_free(port))
    try:
        return [port if port is not None and is_free(port) else next(others) for port in kept]
    except StopIteration:
        raise OSError(f"no port from {CHOICE.start} to {CHOICE.stop - 1} is free") from None
