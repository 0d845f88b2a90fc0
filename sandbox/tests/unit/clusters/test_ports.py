"""Which port a control plane gets."""

from __future__ import annotations

import socket

import pytest

from sandbox.clusters import ports


def test_a_chosen_port_is_free_and_below_those_of_the_operating_system() -> None:
    chosen = ports.choose(None)
    assert ports.is_free(chosen)
    assert 20_000 <= chosen < 30_000


def test_a_port_of_before_is_kept_where_it_is_free_and_another_chosen_where_it_is_not() -> None:
    before = ports.choose(None)
    assert ports.choose(before) == before
    with socket.create_server(("127.0.0.1", before)):
        assert not ports.is_free(before)
        assert ports.choose(before) != before


def test_an_error_says_that_no_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda _port: False)
    with pytest.raises(OSError, match="no port from 20000 to 29999 is free"):
        ports.choose(None)
