"""What the provider tells people in the engine's display, beside errors."""

from __future__ import annotations

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class EngineLog:
    """Messages at a resource in the engine's display. Without an engine's address they go nowhere."""

    def __init__(self, address: str | None) -> None:
        self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address)) if address else None

    def warning(self, urn: str, message: str) -> None:
        """Show a warning at a resource."""
        self._log(urn, message, engine_pb2.WARNING)

    def info(self, urn: str, message: str) -> None:
        """Show a note at a resource."""
        self._log(urn, message, engine_pb2.INFO)

    def _log(self, urn: str, message: str, severity: engine_pb2.LogSeverity.ValueType) -> None:
        if self._stub is None:
            return
        try:
            self._stub.Log(engine_pb2.LogRequest(severity=severity, message=message, urn=urn))
        except grpc.RpcError:
            # The engine may be gone already when a cancelled run ends.
            return
