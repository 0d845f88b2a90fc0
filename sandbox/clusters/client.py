"""How the ``kubernetes`` client reaches a control plane."""

from __future__ import annotations

from kubernetes.client import Configuration

from sandbox.clusters.endpoint import Endpoint


def configuration(endpoint: Endpoint, connections: int) -> Configuration:
    """The client's configuration for an API server, without the token.

    Args:
        endpoint: the API server.
        connections: how many may be open at once.
    """
    made = Configuration()
    made.host = endpoint.server
    made.ssl_ca_cert = str(endpoint.certificate_authority)
    made.connection_pool_maxsize = connections
    # The API server is on this computer, whatever proxy the environment names.
    made.proxy = None
    return made
