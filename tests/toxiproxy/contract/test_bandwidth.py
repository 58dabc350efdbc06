"""bandwidth: `rate` kB/s (of 1000 bytes) for each connection, the wait before the bytes."""

from __future__ import annotations

import time

import pytest

from toxi_end import FIN, OPEN, SOON, Watch
from toxi_wire import Wire

EARLY = 0.02


@pytest.mark.parametrize(("rate", "size"), [(200, 200_000), (1000, 1_000_000), (20, 20_000)])
def test_the_rate_is_kept(wire: Wire, rate: int, size: int, stream: str, age: str) -> None:
    sender, receiver = wire.under(age, "bandwidth", stream, rate=rate).flow(stream)
    data = b"x" * size
    watch = Watch()
    with sender.feed(data):
        assert receiver.read(size) == data
    assert 1.0 - EARLY <= watch.seconds < 1.0 + SOON


def test_the_other_stream_is_free(wire: Wire, stream: str) -> None:
    pair = wire.under("newer", "bandwidth", stream, rate=1)
    sender, receiver = pair.flow("upstream" if stream == "downstream" else "downstream")
    data = b"x" * 200_000  # would take 200 s
    with sender.feed(data):
        assert receiver.read(len(data)) == data


def test_a_small_chunk_comes_whole_after_its_time(wire: Wire) -> None:
    wire.toxic("bandwidth", rate=10)
    pair = wire.connect()
    watch = Watch()
    pair.server.send(b"x" * 900)
    pieces = pair.client.pieces(900)
    assert watch.seconds >= 0.09 - EARLY
    assert [size for _, size in pieces] == [900]


def test_a_large_chunk_comes_in_pieces_of_a_tenth_of_a_second(wire: Wire) -> None:
    wire.toxic("bandwidth", rate=20)
    pair = wire.connect()
    pair.server.send(b"x" * 20_000)
    pieces = pair.client.pieces(20_000)
    assert len(pieces) >= 4, "it trickles"
    assert max(size for _, size in pieces) < 20_000


def test_idle_time_earns_nothing(wire: Wire) -> None:
    wire.toxic("bandwidth", rate=100)
    pair = wire.connect()
    time.sleep(0.5)
    watch = Watch()
    pair.server.send(b"x" * 30_000)
    assert len(pair.client.read(30_000)) == 30_000
    assert watch.seconds >= 0.3 - EARLY


def test_each_connection_has_the_rate_for_itself(wire: Wire) -> None:
    wire.toxic("bandwidth", rate=50)
    pairs = [wire.connect() for _ in range(3)]
    watch = Watch()
    for pair in pairs:
        pair.server.send(b"x" * 100_000)
    for pair in pairs:
        assert len(pair.client.read(100_000)) == 100_000
    assert 2 - EARLY <= watch.seconds < 5, "shared it would take 6 s"


def test_zero_lets_nothing_pass_and_loses_nothing(wire: Wire, stream: str, age: str) -> None:
    sender, receiver = wire.under(age, "bandwidth", stream, rate=0).flow(stream)
    sender.send(b"kept")
    assert receiver.quiet(0.3)
    wire.patch(rate=1000)
    assert receiver.read(4, 10) == b"kept"
    wire.patch(rate=0)
    sender.send(b"kept again")
    assert receiver.quiet(0.3)
    wire.remove()
    assert receiver.read(10, 10) == b"kept again"


def test_zero_lets_a_close_pass_that_has_no_data_before_it(wire: Wire, stream: str) -> None:
    wire.toxic("bandwidth", stream, rate=0)
    sender, receiver = wire.connect().flow(stream)
    sender.close()
    assert receiver.end(10) == FIN
    sender, receiver = wire.connect().flow(stream)
    sender.send(b"data")
    sender.close()
    assert receiver.end(0.3) == OPEN
    wire.remove()
    assert receiver.end(10) == FIN
    assert bytes(receiver.seen) == b"data"


@pytest.mark.parametrize("change", ["patch", "remove"])
def test_a_change_acts_on_what_is_under_way(wire: Wire, change: str) -> None:
    wire.toxic("bandwidth", rate=1)
    pair = wire.connect()
    data = bytes(range(250)) * 400
    with pair.server.feed(data):  # would take 100 s
        assert pair.client.read(50) == data[:50]
        if change == "patch":
            wire.patch(rate=100_000)
        else:
            wire.remove()
        assert pair.client.read(len(data) - 50) == data[50:]


def test_far_above_the_load_it_is_not_felt(wire: Wire) -> None:
    wire.toxic("bandwidth", rate=10_000_000)
    pair = wire.connect()
    data = bytes(range(256)) * 16384
    with pair.server.feed(data):
        assert pair.client.read(len(data)) == data


def test_behind_a_latency(wire: Wire) -> None:
    wire.toxic("latency", name="l", latency=500)
    wire.toxic("bandwidth", name="b", rate=100)
    pair = wire.connect()
    watch = Watch()
    pair.server.send(b"x" * 50_000)
    assert len(pair.client.read(50_000)) == 50_000
    assert 1 - EARLY <= watch.seconds < 1 + SOON
