"""latency: each chunk leaves `latency` ± `jitter` ms after it arrived."""

from __future__ import annotations

import selectors
import time

from toxi_end import FIN, SOON, Watch
from toxi_wire import Wire

EARLY = 0.01
"""Seconds that a timer may be early."""


def test_its_stream_is_delayed_and_the_other_is_not(wire: Wire, stream: str, age: str) -> None:
    pair = wire.under(age, "latency", stream, latency=1500)
    slow, slow_end = pair.flow(stream)
    fast, fast_end = pair.flow("upstream" if stream == "downstream" else "downstream")
    watch = Watch()
    slow.send(b"slow")
    fast.send(b"fast")
    assert fast_end.read(4) == b"fast"
    assert slow_end.quiet(0.01), "the untouched direction is first"
    assert slow_end.read(4) == b"slow"
    assert 1.5 - EARLY <= watch.seconds < 1.5 + SOON


def test_several_add_up(wire: Wire, stream: str) -> None:
    wire.toxic("latency", stream, name="a", latency=400)
    wire.toxic("latency", stream, name="b", latency=300)
    sender, receiver = wire.connect().flow(stream)
    watch = Watch()
    sender.send(b"x")
    assert receiver.read(1) == b"x"
    assert 0.7 - 2 * EARLY <= watch.seconds < 0.7 + SOON


def test_both_streams_at_once(wire: Wire) -> None:
    wire.toxic("latency", "upstream", name="u", latency=300)
    wire.toxic("latency", "downstream", name="d", latency=400)
    pair = wire.connect()
    watch = Watch()
    pair.client.send(b"question")
    assert pair.server.read(8) == b"question"
    pair.server.send(b"answer")
    assert pair.client.read(6) == b"answer"
    assert 0.7 - 2 * EARLY <= watch.seconds < 0.7 + SOON


def test_chunks_wait_side_by_side_and_keep_their_spacing(wire: Wire) -> None:
    wire.toxic("latency", latency=1000)
    pair = wire.connect()
    watch = Watch()
    for index in range(10):
        pair.server.send(b"%d" % index)
        time.sleep(0.05)
    pieces = pair.client.pieces(10)
    assert bytes(pair.client.seen) == b"0123456789"
    assert watch.seconds < 1.5 + SOON, "one after the other would be 10 s"
    assert pieces[-1][0] - pieces[0][0] > 0.2, "they come as they were sent, not together"


def test_jitter_spreads_and_keeps_order(wire: Wire) -> None:
    wire.toxic("latency", latency=500, jitter=400)
    pairs = [wire.connect() for _ in range(20)]
    watch, arrived = Watch(), []
    with selectors.DefaultSelector() as selector:
        for pair in pairs:
            pair.server.send(b"x")
            selector.register(pair.client.socket, selectors.EVENT_READ)
        while len(arrived) < len(pairs):
            for key, _ in selector.select(10):
                arrived.append(watch.seconds)
                selector.unregister(key.fileobj)
    assert arrived[0] >= 0.1 - EARLY
    assert arrived[-1] < 0.9 + SOON
    assert arrived[-1] - arrived[0] > 0.1

    sent = b"".join(b"%03d " % index for index in range(200))
    for start in range(0, len(sent), 4):
        pairs[0].server.send(sent[start : start + 4])
    assert pairs[0].client.read(1) == b"x"
    assert pairs[0].client.read(len(sent)) == sent


def test_jitter_above_latency_means_no_delay_at_times(wire: Wire) -> None:
    wire.toxic("latency", latency=0, jitter=100)
    pair = wire.connect()
    sent = b"".join(b"%03d " % index for index in range(50))
    for start in range(0, len(sent), 4):
        pair.server.send(sent[start : start + 4])
    assert pair.client.read(len(sent)) == sent


def test_negative_values_are_no_delay(wire: Wire) -> None:
    wire.toxic("latency", latency=-30_000, jitter=-30_000)
    pair = wire.connect()
    pair.server.send(b"x")
    assert pair.client.read(1, 10) == b"x"


def test_a_close_is_not_delayed_unless_data_wait_before_it(wire: Wire, stream: str) -> None:
    wire.toxic("latency", stream, latency=30_000)
    sender, receiver = wire.connect().flow(stream)
    sender.close()
    assert receiver.end(10) == FIN

    wire.patch(latency=800)
    sender, receiver = wire.connect().flow(stream)
    watch = Watch()
    sender.send(b"data")
    sender.close()
    assert receiver.end() == FIN
    assert bytes(receiver.seen) == b"data"
    assert watch.seconds >= 0.8 - EARLY


def test_removing_it_releases_what_waits_in_order(wire: Wire, stream: str, age: str) -> None:
    sender, receiver = wire.under(age, "latency", stream, latency=60_000).flow(stream)
    for index in range(20):
        sender.send(b"%02d" % index)
        time.sleep(0.005)
    assert receiver.quiet(0.2)
    wire.remove()
    expected = b"".join(b"%02d" % index for index in range(20))
    assert receiver.read(len(expected), 10) == expected
    sender.send(b"x")
    assert receiver.read(1, 10) == b"x"


def test_changing_it_counts_from_the_arrival(wire: Wire) -> None:
    wire.toxic("latency", latency=60_000)
    pair = wire.connect()
    watch = Watch()
    pair.server.send(b"first")  # waiting now: leaves with the change
    assert pair.client.quiet(0.2)
    pair.server.send(b"second")
    assert pair.client.quiet(0.1)
    wire.patch(latency=1500)
    assert pair.client.read(11) == b"firstsecond"
    assert watch.seconds < 1.5 + SOON
    again = Watch()
    pair.server.send(b"third")
    assert pair.client.read(5) == b"third"
    assert again.seconds >= 1.5 - EARLY


def test_a_latency_of_zero_changes_nothing(wire: Wire) -> None:
    wire.toxic("latency", latency=0)
    pair = wire.connect()
    data = bytes(range(256)) * 4096
    with pair.server.feed(data):
        assert pair.client.read(len(data)) == data
