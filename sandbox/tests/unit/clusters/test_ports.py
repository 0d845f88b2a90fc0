"""Which port a control plane gets."""

from __future__ import annotations

import socket

import pytest

from sandbox.clusters import ports


def test_a_chosen_port_is_free_and_none_that_systems_give_out_by_themselves() -> None:
    chosen = ports.choose(None)
    assert ports.is_free(chosen)
    assert 20_000 <= chosen < 30_000


def test_a_port_of_before_is_kept_where_it_is_free_and_another_chosen_where_it_is_not() -> None:
    before = ports.choose(None)
    assert ports.choose(before) == before
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", before))
        holder.listen()
        assert not ports.is_free(before)
        assert ports.choose(before) != before


def test_that_no_port_is_free_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda _port: False)
    with pytest.raises(OSError, match="no port from 20000 to 29999 is free"):
        ports.choose(None)
