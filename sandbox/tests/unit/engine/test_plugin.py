from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.azure.refusal import Refusal
from sandbox.engine.plugin import (
    UNKNOWN,
    ResourceInitFailed,
    reports_errors,
    to_python,
    to_struct,
)

SCALARS = st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8) | st.just(UNKNOWN)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_a_value_comes_back_from_the_wire_as_it_went(value: dict[str, Any]) -> None:
    assert to_python(to_struct(value)) == value


def test_a_property_without_a_value_is_left_out() -> None:
    struct = to_struct({"null": None, "deep": {"null": None}, "list": [None]})
    assert to_python(struct) == {"deep": {}, "list": [None]}


def test_a_secret_is_read_as_what_it_hides() -> None:
    mark = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    assert to_python(to_struct({"secret": {**mark, "value": {"a": 1}}})) == {"secret": {"a": 1}}


def test_an_output_stands_for_its_value_and_is_unknown_without_one() -> None:
    mark = {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
    struct = to_struct({"known": {**mark, "value": "x"}, "later": mark})
    assert to_python(struct) == {"known": "x", "later": UNKNOWN}


def test_every_kind_of_unknown_is_unknown() -> None:
    struct = to_struct({"a": "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"})
    assert to_python(struct) == {"a": UNKNOWN}


def test_a_value_without_a_wire_form_is_refused() -> None:
    with pytest.raises(ValueError, match="Unexpected type"):
        to_struct({"a": {1}})


class Context:
    def __init__(self) -> None:
        self.metadata: Any = ()

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.metadata = metadata

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise RuntimeError(code, details)


@reports_errors
class Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def Create(self, request: Any, context: Any) -> Any:
        raise self.error


def test_an_error_reaches_the_engine_as_its_text() -> None:
    with pytest.raises(RuntimeError) as caught:
        Failing(Refusal(409, "Conflict", "It is in use.")).Create(None, Context())
    assert caught.value.args == (
        grpc.StatusCode.UNKNOWN,
        'Status=409 Code="Conflict" Message="It is in use."',
    )


def test_a_resource_that_half_exists_reaches_the_engine_with_its_state() -> None:
    context = Context()
    with pytest.raises(RuntimeError):
        Failing(ResourceInitFailed("the-id", {"a": 1}, {"b": 2}, ["It took too long."])).Create(None, context)
    ((key, raw),) = context.metadata
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(raw).details[0].Unpack(detail)
    assert key == "grpc-status-details-bin"
    assert (detail.id, list(detail.reasons)) == ("the-id", ["It took too long."])
    assert (to_python(detail.properties), to_python(detail.inputs)) == ({"a": 1}, {"b": 2})
