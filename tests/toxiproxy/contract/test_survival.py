"""Where the real server dies or loses data: the embedded one lives, and every byte arrives.

The real one would take other tests along, so these run on the embedded server alone; `docs/toxiproxy.md` lists them.
"""

from __future__ import annotations

import random
import time

import pytest

from toxi_end import FIN, RST
from toxi_fleet import EMBEDDED_ONLY
from toxi_wire import Wire

pytestmark = EMBEDDED_ONLY
DATA = random.Random(3).randbytes(300_000)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"average_size": 0, "size_variation": 2},
        {"average_size": 1, "size_variation": 2},
        {"average_size": -5},
        {"average_size": -5, "size_variation": -5},
        {"average_size": 5, "size_variation": -50},
        {"average_size": 2**62, "size_variation": 2**62},
        {"average_size": 100, "delay": -1},
    ],
)
def test_a_slicer_with_any_sizes_passes_everything(wire: Wire, stream: str, given: dict[str, int]) -> None:
    wire.toxic("slicer", stream, **given)
    sender, receiver = wire.connect().flow(stream)
    sender.send(DATA[:2000])
    assert receiver.read(2000) == DATA[:2000]


@pytest.mark.parametrize("rate", [-1, -(2**63), 2**63 - 1, 2**62])
def test_a_bandwidth_of_any_rate_is_survived(wire: Wire, rate: int) -> None:
    wire.toxic("bandwidth", rate=rate)
    pair = wire.connect()
    pair.server.send(DATA[:50_000])
    if rate > 0:
        assert pair.client.read(50_000) == DATA[:50_000]
    else:
        assert pair.client.quiet(0.2), "less than nothing is nothing"
        wire.remove()
        assert pair.client.read(50_000) == DATA[:50_000]


@pytest.mark.parametrize(("latency", "jitter"), [(0, 2**62), (2**62, 2**63 - 1), (2**63 - 1, 0), (-(2**63), -(2**63))])
def test_a_latency_of_any_size_is_survived(wire: Wire, latency: int, jitter: int) -> None:
    wire.toxic("latency", latency=latency, jitter=jitter)
    pair = wire.connect()
    pair.server.send(DATA[:100])
    pair.client.quiet(0.1)
    wire.remove()
    assert pair.client.read(100) == DATA[:100]


@pytest.mark.parametrize("type", ["timeout", "slow_close", "reset_peer"])
@pytest.mark.parametrize("value", [-1, -(2**63), 2**63 - 1])
def test_a_wait_of_any_length_is_survived(wire: Wire, type: str, value: int) -> None:
    wire.toxic(type, **{"delay" if type == "slow_close" else "timeout": value})
    pair = wire.connect()
    pair.server.send(b"x")
    pair.server.close()
    time.sleep(0.05)
    wire.remove()
    assert pair.client.end(10) in (FIN, RST)


def test_a_rate_changed_upwards_under_load(wire: Wire) -> None:
    wire.toxic("bandwidth", rate=100)
    pairs = [wire.connect() for _ in range(20)]
    for pair in pairs:
        pair.server.send(DATA[:40_000])
    for turn in range(150):
        wire.patch(rate=100 + turn)
    wire.patch(rate=1_000_000)
    for pair in pairs:
        assert pair.client.read(40_000) == DATA[:40_000]


@pytest.mark.parametrize("then", ["patch", "add"])
def test_latency_and_bandwidth_changed_behind_a_complete_answer(wire: Wire, then: str) -> None:
    wire.toxic("latency", name="l", latency=300)
    wire.toxic("bandwidth", name="b", rate=10)
    pair = wire.connect()
    pair.server.send(DATA[:60_000])
    pair.server.close()
    time.sleep(0.1)
    wire.remove("l")
    if then == "patch":
        wire.patch("b", rate=100_000)
    else:
        wire.remove("b")
        wire.toxic("noop", name="n")
    assert pair.client.end() == FIN
    assert bytes(pair.client.seen) == DATA[:60_000]


@pytest.mark.parametrize("removed", ["latency", "both"])
def test_removing_a_toxic_in_front_of_a_slow_one_loses_nothing(wire: Wire, removed: str) -> None:
    wire.toxic("latency", name="l", latency=200)
    wire.toxic("bandwidth", name="b", rate=4)
    pair = wire.connect()
    with pair.server.feed(DATA):
        assert pair.client.read(1000) == DATA[:1000]
        wire.remove("l")
        time.sleep(6)  # past the 5 s after which the real server gives up on a chunk
        if removed == "both":
            wire.remove("b")
        else:
            wire.patch("b", rate=100_000)
        assert pair.client.read(len(DATA) - 1000) == DATA[1000:]
