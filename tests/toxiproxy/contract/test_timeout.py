"""timeout: the data of its stream vanish, and after `timeout` ms without any both sides are closed."""

from __future__ import annotations

import time

import pytest

from toxi_end import FIN, SOON, Watch
from toxi_wire import Wire

EARLY = 0.01


def test_zero_drops_and_never_closes(wire: Wire, stream: str, age: str) -> None:
    pair = wire.under(age, "timeout", stream, timeout=0)
    sender, receiver = pair.flow(stream)
    sender.send(b"lost")
    assert receiver.quiet(0.4)
    # The other direction is untouched.
    receiver.send(b"heard")
    assert sender.read(5, 10) == b"heard"
    sender.close()
    assert receiver.end(10) == FIN, "a close passes at once"
    assert b"lost" not in receiver.seen


def test_both_sides_are_closed_in_time(wire: Wire, stream: str, age: str) -> None:
    watch = Watch()
    pair = wire.under(age, "timeout", stream, timeout=800)
    assert (pair.client.end(), pair.server.end()) == (FIN, FIN)
    assert 0.8 - EARLY <= watch.seconds < 0.8 + SOON


def test_each_dropped_chunk_starts_the_time_again(wire: Wire) -> None:
    wire.toxic("timeout", "upstream", timeout=1000)
    pair = wire.connect()
    watch = Watch()
    while watch.seconds < 2:
        pair.client.send(b"lost")
        time.sleep(0.1)
    assert pair.client.end() == FIN
    assert 3 - 0.2 <= watch.seconds < 3 + SOON
    assert pair.server.end() == FIN
    assert not pair.server.seen


def test_changing_it_starts_the_time_again(wire: Wire) -> None:
    wire.toxic("timeout", timeout=60_000)
    pair = wire.connect()
    time.sleep(0.2)
    watch = Watch()
    wire.patch(timeout=700)
    assert pair.client.end() == FIN
    assert 0.7 - EARLY <= watch.seconds < 0.7 + SOON


@pytest.mark.parametrize("toxicity", [0, 1])
@pytest.mark.parametrize("how", ["delete", "reset"])
def test_removing_it_closes_every_connection(wire: Wire, stream: str, toxicity: float, how: str) -> None:
    wire.toxic("timeout", stream, toxicity=toxicity, timeout=0)
    pair = wire.connect()
    pair.client.send(b"x")
    if toxicity == 0:
        assert pair.server.read(1) == b"x"
    if how == "delete":
        wire.remove()
    else:
        wire.api.ok("POST", "/reset")
    assert (pair.client.end(10), pair.server.end(10)) == (FIN, FIN)
    again = wire.connect()
    again.client.send(b"fresh")
    assert again.server.read(5) == b"fresh"


def test_negative_never_closes(wire: Wire) -> None:
    wire.toxic("timeout", timeout=-100)
    pair = wire.connect()
    pair.server.send(b"lost")
    assert pair.client.quiet(0.4)
