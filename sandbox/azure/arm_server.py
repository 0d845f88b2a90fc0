"""Serves the simulated Azure Resource Manager over HTTPS, on loopback only."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme
import uvicorn

from sandbox.azure.arm_api import IDENTITY_PATH, ArmApi
from sandbox.azure.assembly import resource_manager
from sandbox.engine.engine_error import EngineError
from sandbox.engine.environment import SUBSCRIPTION_ID, TENANT_ID

_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Address:
    """Where Azure Resource Manager answers.

    Attributes:
        url: its address, for example ``https://127.0.0.1:40123``.
        authority: the file of the certificate authority that clients have to trust.
    """

    url: str
    authority: Path

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables by which Microsoft's clients sign in here, and trust it."""
        return {
            "ARM_ENDPOINT": self.url,
            "IDENTITY_ENDPOINT": f"{self.url}{IDENTITY_PATH}",
            "IDENTITY_HEADER": "sandbox",
            "REQUESTS_CA_BUNDLE": str(self.authority),
        }


@contextlib.contextmanager
def serving(root: Path, *, port: int = 0) -> Iterator[Address]:
    """Serve the cloud of the sandbox at *root* while the block runs.

    Args:
        root: the sandbox's directory; the certificate authority is written into its ``pulumi-home``.
        port: the port to listen at; by default one that is free.

    Raises:
        EngineError: the port is taken.
    """
    with contextlib.ExitStack() as stack:
        manager = resource_manager(root, SUBSCRIPTION_ID, TENANT_ID, retries=False)
        stack.callback(manager.cloud.close)
        listening = stack.enter_context(socket.socket())
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((_HOST, port))
        except OSError as error:
            raise EngineError(f"Port {port} cannot be used ({error.strerror}): choose another.") from error
        listening.listen()
        authority = trustme.CA()
        file = root / "pulumi-home" / "arm-authority.pem"
        file.parent.mkdir(parents=True, exist_ok=True)
        authority.cert_pem.write_to_path(str(file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(_HOST, "localhost").configure_cert(context)
        config = uvicorn.Config(
            ArmApi(manager).application,
            ssl_context_factory=lambda *_: context,
            log_level="warning",
            access_log=False,
            lifespan="off",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield Address(f"https://{_HOST}:{listening.getsockname()[1]}", file)
        finally:
            server.should_exit = server.force_exit = True
            thread.join()
