"""slow_close: only the close of its stream is held back, for `delay` ms."""

from __future__ import annotations

import time

from toxi_end import FIN, OPEN, SOON, Watch
from toxi_wire import Wire

EARLY = 0.01


def test_data_pass_and_the_close_comes_later(wire: Wire, stream: str, age: str) -> None:
    sender, receiver = wire.under(age, "slow_close", stream, delay=1000).flow(stream)
    sender.send(b"data")
    assert receiver.read(4, 0.9) == b"data"
    watch = Watch()
    sender.close()
    assert receiver.end() == FIN
    assert 1 - EARLY <= watch.seconds < 1 + SOON


def test_the_other_stream_closes_at_once(wire: Wire, stream: str) -> None:
    pair = wire.under("newer", "slow_close", stream, delay=60_000)
    sender, receiver = pair.flow("upstream" if stream == "downstream" else "downstream")
    sender.close()
    assert receiver.end(10) == FIN


def test_removing_it_closes_at_once(wire: Wire, stream: str) -> None:
    wire.toxic("slow_close", stream, delay=60_000)
    sender, receiver = wire.connect().flow(stream)
    sender.close()
    assert receiver.end(0.3) == OPEN
    wire.remove()
    assert receiver.end(10) == FIN


def test_changing_it_starts_the_wait_again(wire: Wire) -> None:
    wire.toxic("slow_close", delay=1000)
    pair = wire.connect()
    watch = Watch()
    pair.server.close()
    time.sleep(0.5)
    wire.patch(delay=1000)
    assert pair.client.end() == FIN
    assert 1.5 - EARLY <= watch.seconds < 1.5 + SOON


def test_several_add_up(wire: Wire) -> None:
    wire.toxic("slow_close", name="a", delay=500)
    wire.toxic("slow_close", name="b", delay=400)
    pair = wire.connect()
    watch = Watch()
    pair.server.close()
    assert pair.client.end() == FIN
    assert 0.9 - 2 * EARLY <= watch.seconds < 0.9 + SOON


def test_zero_or_less_is_no_delay(wire: Wire) -> None:
    for delay in (0, -60_000):
        wire.toxic("slow_close", delay=delay)
        pair = wire.connect()
        pair.server.close()
        assert pair.client.end(10) == FIN
        wire.remove()
