"""slicer: chunks are halved until a piece is at most the average, with `delay` µs after each."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from toxi_end import FIN, SOON, Watch
from toxi_wire import Wire

DATA = random.Random(2).randbytes(64_000)


@pytest.mark.parametrize(("average", "sizes", "count"), [(100, {62, 63}, 16), (300, {250}, 4), (2000, {1000}, 1)])
def test_pieces_lie_between_half_the_average_and_the_average(
    wire: Wire, average: int, sizes: set[int], count: int, age: str
) -> None:
    pair = wire.under(age, "slicer", average_size=average, delay=60_000)
    watch = Watch()
    pair.server.send(DATA[:1000])
    pieces = pair.client.pieces(1000)
    assert bytes(pair.client.seen[-1000:]) == DATA[:1000]
    assert watch.seconds >= (count - 1) * 0.059
    usual, times = Counter(size for _, size in pieces).most_common(1)[0]
    # A machine that is held up sees some pieces joined.
    assert usual in sizes and times >= count // 4


def test_both_streams(wire: Wire, stream: str) -> None:
    wire.toxic("slicer", stream, average_size=100, delay=20_000)
    sender, receiver = wire.connect().flow(stream)
    watch = Watch()
    sender.send(DATA[:1000])
    assert receiver.read(1000) == DATA[:1000]
    assert 15 * 0.019 <= watch.seconds < 16 * 0.02 + SOON


def test_variation_varies_and_loses_nothing(wire: Wire) -> None:
    wire.toxic("slicer", average_size=1024, size_variation=512, delay=10_000)
    pair = wire.connect()
    pair.server.send(DATA[:30_000])
    pieces = pair.client.pieces(30_000)
    assert bytes(pair.client.seen) == DATA[:30_000]
    sizes = [size for _, size in pieces]
    assert len(sizes) >= 8
    assert len(set(sizes)) > 3


@pytest.mark.parametrize(
    "given", [{"average_size": 1}, {"average_size": 7, "size_variation": 3}, {"average_size": 1500}]
)
def test_without_a_delay_everything_arrives(wire: Wire, stream: str, given: dict[str, int]) -> None:
    wire.toxic("slicer", stream, **given)
    sender, receiver = wire.connect().flow(stream)
    with sender.feed(DATA):
        assert receiver.read(len(DATA)) == DATA
    sender.close()
    assert receiver.end() == FIN


def test_one_byte_at_a_time(wire: Wire) -> None:
    wire.toxic("slicer", average_size=1, delay=10_000)
    pair = wire.connect()
    watch = Watch()
    pair.server.send(DATA[:24])
    assert pair.client.read(24) == DATA[:24]
    assert watch.seconds >= 23 * 0.009


@pytest.mark.parametrize("change", ["patch", "remove"])
def test_a_change_releases_the_rest(wire: Wire, change: str) -> None:
    wire.toxic("slicer", average_size=10, delay=1_000_000)
    pair = wire.connect()
    pair.server.send(DATA[:1000])  # would take 128 s
    assert pair.client.read(1) == DATA[:1]
    if change == "patch":
        wire.patch(average_size=10, delay=0)
    else:
        wire.remove()
    assert pair.client.read(999, 10) == DATA[1:1000]
    pair.server.send(DATA[:1000])
    assert pair.client.read(1000, 10) == DATA[:1000]
