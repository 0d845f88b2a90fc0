"""Whether this machine reaches an API server, found out before Kubernetes is asked for anything."""

import asyncio
import socket
import time
from typing import Final
from urllib.parse import urlsplit

from components.cluster.kubeconfig import ApiServer
from components.cluster.settings import ApiServerSettings
from settings.errors import RefusedError

_HTTPS: Final = 443
_ATTEMPT_SECONDS: Final = 10
_PRIVATE_SECONDS: Final = 20
_RANGES_SECONDS: Final = 120
"""Changed ranges take up to two minutes to take effect.
https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"""


class UnreachableError(RefusedError):
    """The API server does not answer this machine."""


async def checked(server: ApiServer, settings: ApiServerSettings, *, preview: bool) -> ApiServer:
    """`server` itself, once something listens at its address, where `settings` restrict who reaches it.

    A preview does not look: it compares with the state, and needs the API server for little.

    Raises UnreachableError, with what to do, where an update would run into the provider's timeouts.
    """
    if settings.restricted and not preview:
        patience = _PRIVATE_SECONDS if settings.private_cluster.enabled else _RANGES_SECONDS
        reason = await asyncio.to_thread(what_is_wrong, server.url, patience)
        if reason:
            problem = f"This machine cannot reach the API server {server.url}: {reason}."
            raise UnreachableError(f"{problem} {_remedy(settings)}")
    return server


def what_is_wrong(url: str, patience: float) -> str | None:
    """Why nothing listens at `url`, after trying for `patience` seconds; None where something does."""
    place, deadline = urlsplit(url), time.monotonic() + patience
    while True:
        try:
            socket.create_connection((str(place.hostname), place.port or _HTTPS), _ATTEMPT_SECONDS).close()
        except socket.gaierror:
            reason = "its name does not resolve"
        except TimeoutError:
            reason = "it does not answer"
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
        else:
            return None
        if time.monotonic() > deadline:
            return reason
        time.sleep(1)


def _remedy(settings: ApiServerSettings) -> str:
    if settings.private_cluster.enabled:
        return (
            "The cluster is private: run Pulumi on a machine in its virtual network, or in one connected to "
            "it, which resolves names as that network does. See docs/network.md, section API server."
        )
    return "Add this machine's public address to cluster.apiServer.authorizedIpRanges."
