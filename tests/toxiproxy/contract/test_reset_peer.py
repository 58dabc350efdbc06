"""reset_peer: the first data or close of its stream are dropped, and after `timeout` ms both sides get an RST."""

from __future__ import annotations

import pytest

from toxi_end import FIN, RST, SOON, Watch
from toxi_wire import Wire

EARLY = 0.01


@pytest.mark.parametrize("timeout", [0, 600])
def test_data_are_answered_with_a_reset_of_both(wire: Wire, stream: str, timeout: int) -> None:
    wire.toxic("reset_peer", stream, timeout=timeout)
    pair = wire.connect()
    sender, receiver = pair.flow(stream)
    watch = Watch()
    sender.send(b"dropped")
    assert (pair.client.end(), pair.server.end()) == (RST, RST)
    assert timeout / 1000 - EARLY <= watch.seconds < timeout / 1000 + SOON
    assert not receiver.seen


def test_downstream_lets_the_request_through(wire: Wire) -> None:
    wire.toxic("reset_peer", "downstream", timeout=0)
    pair = wire.connect()
    pair.client.send(b"request")
    assert pair.server.read(7) == b"request"
    pair.server.send(b"answer")
    assert (pair.client.end(), bytes(pair.client.seen)) == (RST, b"")


def test_a_close_sets_it_off_as_well(wire: Wire, stream: str) -> None:
    wire.toxic("reset_peer", stream, timeout=0)
    sender, receiver = wire.connect().flow(stream)
    sender.close()
    assert receiver.end() == RST


def test_a_silent_connection_stays(wire: Wire, stream: str, age: str) -> None:
    pair = wire.under(age, "reset_peer", stream, timeout=0)
    assert pair.client.quiet(0.4)
    assert pair.server.quiet(0.1)


def test_an_older_connection_is_closed_not_reset(wire: Wire, stream: str) -> None:
    pair = wire.under("older", "reset_peer", stream, timeout=0)
    sender, receiver = pair.flow(stream)
    sender.send(b"dropped")
    assert (pair.client.end(), pair.server.end()) == (FIN, FIN)
    assert bytes(receiver.seen) == b"."


@pytest.mark.parametrize("how", ["toxicity", "removed"])
def test_a_connection_opened_under_it_ends_with_a_reset_whatever_closes_it(wire: Wire, how: str) -> None:
    wire.toxic("reset_peer", toxicity=0 if how == "toxicity" else 1, timeout=0)
    pair = wire.connect()
    if how == "removed":
        wire.remove()
    pair.server.send(b"passes")
    assert pair.client.read(6) == b"passes"
    pair.server.close()
    assert pair.client.end() == RST


@pytest.mark.parametrize("length", [1, 1000, 100_000])
def test_a_reset_in_the_middle_of_an_answer(wire: Wire, length: int) -> None:
    wire.toxic("reset_peer", name="r", toxicity=0, timeout=0)
    wire.toxic("limit_data", name="l", bytes=length)
    pair = wire.connect()
    data = bytes(range(256)) * 800
    with pair.server.feed(data):
        assert pair.client.read(length) == data[:length]
        assert pair.client.end() == RST
    assert len(pair.client.seen) == length
