"""What every request to the provider shares: its options, its API server and the engine's display."""

from __future__ import annotations

from threading import Event

from sandbox.kubernetes.backend import Backend, Clusters, ClusterUnreachableError
from sandbox.kubernetes.engine_log import EngineLog
from sandbox.kubernetes.options import Options


class Session:
    """The configured provider. Whether its cluster is there is asked anew each time.

    Attributes:
        options: how the provider was configured.
        log: the engine's display.
        cancelled: set when the engine wants running requests to end.
    """

    def __init__(self, clusters: Clusters, log: EngineLog, options: Options, cancelled: Event) -> None:
        self.options = options
        self.log = log
        self.cancelled = cancelled
        self._clusters = clusters

    def backend(self) -> Backend:
        """The API server.

        Raises:
            ClusterUnreachableError: there is none; the text is the real provider's reason.
        """
        if self.options.cluster is None:
            raise ClusterUnreachableError(self.options.unreachable)
        try:
            return self._clusters.connect(self.options.cluster)
        except ClusterUnreachableError as error:
            raise ClusterUnreachableError(
                f"unable to load schema information from the API server: {error}"
            ) from error

    def reachable(self) -> Backend | None:
        """The API server, or None."""
        try:
            return self.backend()
        except ClusterUnreachableError:
            return None
