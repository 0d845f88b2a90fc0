"""Which ports a control plane gets."""

from __future__ import annotations

import socket

import pytest

from sandbox.clusters import ports


def test_chosen_ports_are_different_free_and_none_that_systems_give_out_by_themselves() -> None:
    chosen = ports.choose((None, None, None))
    assert len(set(chosen)) == 3
    assert all(map(ports.is_free, chosen))
    assert max(chosen) < 30_000


def test_a_port_of_before_is_kept_where_it_is_free_and_another_chosen_where_it_is_not() -> None:
    before = ports.choose((None, None, None))
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", before[1]))
        holder.listen()
        assert not ports.is_free(before[1])
        after = ports.choose(before)
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] not in before


def test_that_no_port_is_free_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda _port: False)
    with pytest.raises(OSError, match="no port from 20000 to 29999 is free"):
        ports.choose((None,))
