"""What the provider stand-ins share: serving the engine over gRPC, and values between Python and the wire.

On the wire a value is a protobuf ``Struct`` in which some strings and objects have a special meaning:
unknown values, secrets, outputs and assets. See the Pulumi engine's documentation of the resource provider
protocol.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial, wraps
from types import FrameType
from typing import Any, Final, TypeAlias, TypeVar

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

Value: TypeAlias = Any
"""Anything that a property can hold."""

MAX_MESSAGE_BYTES = 400 * 1024 * 1024
MAX_PARALLEL_REQUESTS = 32

_Servicer = TypeVar("_Servicer")

UNKNOWN: Final = rpc.UNKNOWN
"""Stands for a value that is known only after something has been created; compare with `is`."""

# An unknown value carries the kind of value it will be; to a provider they are all unknown.
_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET_MARK: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - no secret, but the mark of one
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"


def to_python(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A protobuf struct as plain Python, without properties that have no value, at any depth.

    Whole numbers become ``int``, unknown values :data:`UNKNOWN`. Secrets, outputs and resource references
    become what they stand for. Assets and archives stay objects in their wire form.
    """
    return _fields(struct.fields)


def _fields(fields: Mapping[str, struct_pb2.Value]) -> dict[str, Any]:
    read = ((key, _value(value)) for key, value in fields.items())
    return {key: value for key, value in read if value is not None}


def _value(value: struct_pb2.Value) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _object(value.struct_value.fields)
    return None


def _object(fields: Mapping[str, struct_pb2.Value]) -> Value:
    signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
    if signature == _SECRET_MARK:
        return _value(fields["value"])
    if signature == _OUTPUT:
        return _value(fields["value"]) if "value" in fields else UNKNOWN
    if signature == _RESOURCE_REFERENCE:
        return _value(fields["id"]) if "id" in fields else fields["urn"].string_value
    return _fields(fields)


def to_struct(mapping: Mapping[str, Any]) -> struct_pb2.Struct:
    """Plain Python as a protobuf struct.

    Raises:
        ValueError: a value is neither a dict, a list, a tuple, a string, a number, a bool nor None.
    """
    struct = struct_pb2.Struct()
    struct.update(mapping)
    return struct


def listen(
    register: Callable[[grpc.Server], None],
    *,
    workers: int = MAX_PARALLEL_REQUESTS,
    interceptors: list[grpc.ServerInterceptor] | None = None,
) -> grpc.Server:
    """Serve what *register* adds to a server, and print the port: the only line that the engine reads."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=workers),
        interceptors=interceptors,
        options=[
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
        ],
    )
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    return server


def serve(servicer_factory: Callable[[], ResourceProviderServicer]) -> None:
    """Serve a provider to the engine until the engine ends this process or is gone itself.

    Each request runs in its own thread. The engine ends a plugin by ``Cancel`` and an interrupt; an
    interrupt without a ``Cancel`` before it is the terminal's, and left to the engine, which wants to end in
    order.
    """
    cancelled = _Cancelled()
    signal.signal(signal.SIGINT, cancelled.interrupted)
    engine, servicer = os.getppid(), servicer_factory()
    server = listen(
        partial(provider_pb2_grpc.add_ResourceProviderServicer_to_server, servicer), interceptors=[cancelled]
    )
    # An engine that is killed leaves its plugins behind; they notice by their new parent.
    while os.getppid() == engine and server.wait_for_termination(timeout=1.0):
        pass


class _Cancelled(grpc.ServerInterceptor):
    """Notes the engine's ``Cancel``, after which its interrupt ends the process at once.

    The engine waits 5 s for each plugin that outlives its interrupt, and gives all of them together 5 s to
    answer ``Cancel``: one that lingers makes the next look as if it had crashed.
    """

    def __init__(self) -> None:
        self._seen = False

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler | None],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler | None:
        if handler_call_details.method.endswith("/Cancel"):
            self._seen = True
        return continuation(handler_call_details)

    def interrupted(self, _number: int, _frame: FrameType | None) -> None:
        """End the process if the engine has asked for it: every write was kept when it was answered."""
        if self._seen:
            os._exit(0)


@dataclass(eq=False)
class ResourceInitFailed(Exception):  # noqa: N818 - the protocol's word
    """A resource exists now, but is not what was asked for: the engine records it and repairs it later.

    Attributes:
        id: id of the resource that exists.
        outputs: its state, as far as it could be read.
        inputs: what had been asked for.
        reasons: one sentence for each thing that failed.
    """

    id: str
    outputs: Mapping[str, Any]
    inputs: Mapping[str, Any]
    reasons: list[str]

    def __str__(self) -> str:
        return "; ".join(self.reasons)


def reports_errors(servicer: type[_Servicer]) -> type[_Servicer]:
    """Let a servicer's methods raise: the engine gets the exception's text, without a Python traceback.

    A :class:`ResourceInitFailed` reaches the engine with the state that it carries.
    """
    for name, method in list(vars(servicer).items()):
        if name[0].isupper():
            setattr(servicer, name, _reporting(method))
    return servicer


def _reporting(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def reporting(self: Value, request: Value, context: grpc.ServicerContext) -> Value:
        try:
            return method(self, request, context)
        except ResourceInitFailed as error:
            context.set_trailing_metadata((("grpc-status-details-bin", _init_failed_status(error)),))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the engine is to say it
            context.abort(grpc.StatusCode.UNKNOWN, str(error) or type(error).__name__)

    return reporting


def _init_failed_status(error: ResourceInitFailed) -> bytes:
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.id,
        properties=to_struct(error.outputs),
        reasons=error.reasons,
        inputs=to_struct(error.inputs),
    )
    status.details.add().Pack(detail)
    return status.SerializeToString()
